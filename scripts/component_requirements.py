"""Prints what Home Assistant components require from PyPI, dependencies included.

Home Assistant installs a component's requirements when it first loads it. Asking the installed Home
Assistant for them beforehand keeps its start quick and calm, at exactly the versions it wants.

Run by a virtual environment's own interpreter: component_requirements.py [--defaults] COMPONENT...
With --defaults also those that every Home Assistant sets up unasked.
"""

import json
from pathlib import Path
import sys

from homeassistant import bootstrap

COMPONENTS = Path(bootstrap.__file__).parent / "components"


def requirements(wanted: list[str]) -> set[str]:
    """Return the requirement lines of the components and of all they depend on."""
    found: set[str] = set()
    seen: set[str] = set()
    while wanted:
        component = wanted.pop()
        if component in seen:
            continue
        seen.add(component)
        manifest = json.loads((COMPONENTS / component / "manifest.json").read_text())
        found.update(manifest.get("requirements", []))
        wanted.extend(manifest.get("dependencies", []))
    return found


if __name__ == "__main__":
    components = sys.argv[1:]
    if components[0] == "--defaults":
        components[:1] = bootstrap.DEFAULT_INTEGRATIONS
    print("\n".join(sorted(requirements(components))))
