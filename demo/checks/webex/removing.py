"""What must not have been left anywhere, and the end of the entry."""

import json
import re
import sqlite3

from demo.check import expect_that, step
from demo.checks.entry import diagnostics_hide, no_issue_is_left, remove
from demo.checks.part import Part
from demo.homeassistant import DOMAIN
from demo.systems.webex import Webex


class Removing(Part[Webex]):
    """An administrator looks for traces, and removes the entry."""

    repairs = no_issue_is_left

    @step("diagnostics hold no secret and no private title")
    async def diagnostics(self) -> str:
        """Of the entry, and of each device."""
        looked = await diagnostics_hide(self.scene, set())
        return f"{looked} downloads looked through"

    @step("the entry's stored secrets are in no diagnostics and in no log")
    async def stored(self) -> str:
        """Tokens that nobody typed in, too."""
        storage = self.scene.home.folder / ".storage/core.config_entries"
        entries = json.loads(storage.read_text())["data"]["entries"]
        (entry,) = [e for e in entries if e["entry_id"] == self.scene.entry_id]
        found = {
            value
            for key, value in _leaves(entry["data"])
            if re.search("token|secret|code|password", key) and len(value) > 8
        }
        expect_that("secrets are stored", found)
        self.scene.secrets |= found
        await self.diagnostics()
        self.scene.hides("the log", self.scene.home.log)
        return f"{len(self.scene.secrets)} secrets"

    @step("the log holds no traceback, no blocking call, no complaint about us")
    async def log(self) -> str:
        """Debug level and all."""
        ours = [record for record in self._log_records() if DOMAIN in record]
        for record in ours:
            line = record.splitlines()[0]
            expect_that("a blocking call", "blocking call" not in record, record)
            expect_that("a misuse", "Detected that" not in record, record)
            # Home Assistant tells so of every action that raised, as the walks made some do.
            if "Error during service call" not in line:
                expect_that("an error", " ERROR " not in line, record)
            expect_that("a bearer token", not re.search(r"Bearer \S", record), line)
            # How Home Assistant itself tells, at debug level, why it asks for credentials.
            if not line.endswith("Full exception"):
                expect_that("a traceback", "Traceback" not in record, record)
        return f"{len(ours)} records of ours"

    def _log_records(self) -> list[str]:
        return re.split(
            r"^(?=\d{4}-\d\d-\d\d )", self.scene.home.log, flags=re.MULTILINE
        )

    @step("the recorder holds no private title and no organiser")
    async def recorder(self) -> str:
        """Every text in Home Assistant's database."""
        database = self.scene.home.folder / "home-assistant_v2.db"
        rows = 0
        connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        try:
            for query in (
                "select state from states",
                "select shared_attrs from state_attributes",
                "select shared_data from event_data",
            ):
                for (text,) in connection.execute(query):
                    rows += 1
                    self.scene.hides("the recorder", text or "")
                    expect_that(
                        "an organiser", '"organizer":' not in (text or ""), text
                    )
        finally:
            connection.close()
        expect_that("something was recorded", rows > 100, rows)
        return f"{rows} rows looked through"

    @step("remove the entry: its devices and entities go")
    async def remove(self) -> None:
        """Nothing of it is left in Home Assistant."""
        await remove(self.scene)


def _leaves(tree: object, key: str = "") -> list[tuple[str, str]]:
    if isinstance(tree, dict):
        return [leaf for k, value in tree.items() for leaf in _leaves(value, k)]
    if isinstance(tree, list):
        return [leaf for value in tree for leaf in _leaves(value, key)]
    return [(key, tree)] if isinstance(tree, str) else []
