"""What an administrator does with a config entry, and what Home Assistant asks then."""

import json
from typing import Any

from demo.check import expect, expect_that, step
from demo.flows import Flow
from demo.homeassistant import DOMAIN
from demo.waiting import until

from .part import Part
from .scene import Scene


async def reload(scene: Scene) -> None:
    """Reload the entry; that it is back has to be waited for."""
    await scene.home.client.request(
        "POST", f"/api/config/config_entries/entry/{scene.entry_id}/reload"
    )


@step("reload: the same states, and no events")
async def reload_quietly(part: Part[Any]) -> None:
    """The first listing is a baseline."""
    before, mark = await part.scene.snapshot(), part.scene.home.states.mark()
    await reload(part.scene)
    await part.scene.reloaded(mark)
    await part.scene.comes_back(before)


async def reauth_flow(scene: Scene) -> Flow:
    """Return the flow in which Home Assistant asks for other credentials. Raises TooLate."""
    client = scene.home.client

    async def asked() -> str | None:
        for flow in await client.call("config_entries/flow/progress"):
            if (flow["handler"], flow["context"]["source"]) == (DOMAIN, "reauth"):
                flow_id: str = flow["flow_id"]
                return flow_id
        return None

    flow = await Flow.resume(client, await until("a reauth flow", asked, 30))
    expect("the form", (flow.type, flow.step), ("form", "reauth_confirm"))
    return flow


async def confirm_reauth(scene: Scene, flow: Flow, answers: dict[str, Any]) -> None:
    """Answer what Home Assistant asks for; the entry is loaded anew."""
    mark = scene.home.states.mark()
    await flow.submit(answers)
    expect("the flow", (flow.type, flow.reason), ("abort", "reauth_successful"))
    await scene.reloaded(mark)


@step("no repair issue is left")
async def no_issue_is_left(part: Part[Any]) -> None:
    """Everything that broke is whole again."""
    expect("issues", await part.scene.issues(), [])


async def diagnostics_hide(scene: Scene, titles: set[str]) -> int:
    """Look through the entry's diagnostics and its devices'; how many there are.

    Raises Mismatch if they show a secret, or one of the titles.
    """
    path = f"/api/diagnostics/config_entry/{scene.entry_id}"
    devices = [room.device_id for room in scene.rooms.values()]
    for each in (path, *(f"{path}/device/{device}" for device in devices)):
        answer = json.dumps(await scene.home.client.request("GET", each))
        scene.hides(each, answer)
        for title in titles:
            expect_that(f"{each} shows a title", f'"{title}"' not in answer)
    return 1 + len(devices)


async def log_and_diagnostics_hide(scene: Scene, titles: set[str]) -> None:
    """Raise Mismatch if diagnostics show a secret or a title, or the log a secret."""
    expect_that("there are titles", titles)
    await diagnostics_hide(scene, titles)
    scene.hides("the log", scene.home.log)


@step("remove the entry: its devices, entities and repair issues go")
async def remove_and_hear_nothing(part: Part[Any]) -> None:
    """Nothing of it is left in Home Assistant, and nothing is asked any more."""
    await part.system.forget_requests()
    await remove(part.scene)
    expect("what was asked", await part.system.asked(), [])


async def remove(scene: Scene) -> None:
    """Remove the entry. Raises Mismatch if anything of it is left in Home Assistant."""
    client = scene.home.client
    await client.request("DELETE", f"/api/config/config_entries/entry/{scene.entry_id}")
    entities = await client.call("config/entity_registry/list")
    ours = [
        e["entity_id"]
        for e in entities
        if e["config_entry_id"] == scene.entry_id or e["platform"] == DOMAIN
    ]
    expect("entities left", ours, [])
    await scene.find_rooms()
    expect("devices left", list(scene.rooms), [])
    storage = scene.home.folder / ".storage"
    files = [f.name for f in storage.iterdir() if scene.entry_id in f.name]
    expect("files left", files, [])
