"""The dashboard that the demo opens on: the integration's own strategy, as one click offers it."""

from .client import Client

PATH = "meeting-rooms"
BOARD = "board"
STRATEGY = "custom:room-bookings"


async def make(client: Client) -> None:
    """Create the dashboard and make it the one that opens first."""
    await client.call(
        "lovelace/dashboards/create",
        url_path=PATH,
        title="Meeting rooms",
        icon="mdi:door",
        mode="storage",
        show_in_sidebar=True,
        require_admin=False,
    )
    await client.call(
        "lovelace/config/save", url_path=PATH, config={"strategy": {"type": STRATEGY}}
    )
    await client.call(
        "frontend/set_system_data", key="core", value={"default_panel": PATH}
    )


def view(path: str) -> str:
    """Return the address of one of its views."""
    return f"/{PATH}/{path}"
