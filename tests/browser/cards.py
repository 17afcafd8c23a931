"""A dashboard of one card, for cards with a configuration that the strategy does not give them."""

from typing import Any

from demo.client import Client

PATH = "one-card"


async def lay_out(client: Client, card: dict[str, Any]) -> str:
    """Have the card fill a view, in place of the one before; the view's address."""
    dashboards = await client.call("lovelace/dashboards/list")
    if PATH not in {dashboard["url_path"] for dashboard in dashboards}:
        await client.call(
            "lovelace/dashboards/create", url_path=PATH, title="Card", mode="storage"
        )
    view = {"type": "panel", "path": "card", "cards": [card]}
    config = {"views": [view]}
    await client.call("lovelace/config/save", url_path=PATH, config=config)
    return f"/{PATH}/card"
