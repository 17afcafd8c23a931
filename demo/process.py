"""A child process whose output is kept in a file, and which always ends with the demo."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
import os
from pathlib import Path
import shutil
import signal
import socket

STOP_SECONDS = 30
KILL_SECONDS = 5


def free_port() -> int:
    """Return a TCP port of the loopback interface that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class Process:
    """A program in a process group of its own, so that a Ctrl-C reaches the demo alone."""

    def __init__(
        self, *command: str, output: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        """Describe the program; output is where its stdout and stderr are appended."""
        # Should the demo be killed, its children must not live on.
        leash = ("setpriv", "--pdeathsig", "TERM") if shutil.which("setpriv") else ()
        self._command = (*leash, *command)
        self._environment = {**os.environ, **(environment or {})}
        self._process: asyncio.subprocess.Process | None = None
        self.output = output

    @property
    def runs(self) -> bool:
        """Whether the program was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start the program."""
        with self.output.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=self._environment,
                start_new_session=True,
            )

    async def stop(self) -> None:
        """Ask the program to end, and make it end if it does not."""
        if self._process is None:
            return
        for how, seconds in (
            (signal.SIGTERM, STOP_SECONDS),
            (signal.SIGKILL, KILL_SECONDS),
        ):
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, how)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), seconds)
                break
        self._process = None

    async def kill(self) -> None:
        """End the program at once, as a power cut would."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()
            self._process = None

    def tail(self, lines: int) -> str:
        """Return the last lines of the output."""
        text = self.output.read_text(errors="replace") if self.output.exists() else ""
        return "\n".join(text.splitlines()[-lines:])
