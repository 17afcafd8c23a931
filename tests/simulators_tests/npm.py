"""Clients that others wrote for Node.js: installed once, and let loose on a simulator."""

import asyncio
import fcntl
import json
import os
from pathlib import Path
import shutil
import subprocess
from typing import Any


def _cache() -> Path:
    own = os.environ.get("ROOM_BOOKINGS_CACHE")
    if own:
        return Path(own)
    caches = os.environ.get("XDG_CACHE_HOME")
    return (Path(caches) if caches else Path.home() / ".cache") / "room_bookings"


def versions(here: Path) -> dict[str, str]:
    """The pinned version of each package that the package.json in a folder asks for."""
    pinned: dict[str, str] = json.loads((here / "package.json").read_text())[
        "dependencies"
    ]
    return pinned


def install(here: Path, name: str, *options: str) -> Path:
    """The folder of that name in the project's cache with the packages of `here`.

    They are installed where they are missing; `options` are npm's.
    """
    folder = _cache() / name
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{folder}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "node_modules" / ".package-lock.json").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            for each in ("package.json", "package-lock.json"):
                shutil.copy(here / each, folder)
            subprocess.run(
                (
                    "npm",
                    "ci",
                    "--ignore-scripts",
                    *options,
                    "--omit=optional",
                    "--no-audit",
                ),
                cwd=folder,
                check=True,
                timeout=240,
            )
    return folder


async def walk(here: Path, folder: Path, *arguments: str) -> dict[str, Any]:
    """What the walk.mjs in `here` saw with the packages in `folder`."""
    process = await asyncio.create_subprocess_exec(
        "node",
        str(here / "walk.mjs"),
        str(folder),
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    seen: dict[str, Any] = json.loads(out)
    return seen
