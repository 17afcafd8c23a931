"""Home Assistant's config, options and reconfigure flows, step by step, as the frontend drives them."""

from typing import Any, Self

from .client import Client

CONFIG = "/api/config/config_entries/flow"
OPTIONS = "/api/config/config_entries/options/flow"
REPAIRS = "/api/repairs/issues/fix"


class Flow:
    """A flow under way; what it shows now is in its properties."""

    def __init__(self, client: Client, path: str, shown: dict[str, Any]) -> None:
        """Keep where the flow lives and its first answer; use the class methods to begin one."""
        self._client = client
        self._path = path
        self.shown = shown

    @classmethod
    async def add(cls, client: Client, domain: str) -> Self:
        """Begin to add an integration."""
        return await cls._begin(
            client, CONFIG, {"handler": domain, "show_advanced_options": True}
        )

    @classmethod
    async def through(
        cls, client: Client, domain: str, option: str, *forms: dict[str, Any]
    ) -> Self:
        """Go through adding an integration: a menu's option, and the forms that follow."""
        flow = await cls.add(client, domain)
        await flow.choose(option)
        for answers in forms:
            await flow.submit(answers)
        return flow

    @classmethod
    async def reconfigure(cls, client: Client, domain: str, entry_id: str) -> Self:
        """Begin to change what a config entry was made with."""
        return await cls._begin(
            client, CONFIG, {"handler": domain, "entry_id": entry_id}
        )

    @classmethod
    async def options(cls, client: Client, entry_id: str) -> Self:
        """Begin to change a config entry's options."""
        return await cls._begin(client, OPTIONS, {"handler": entry_id})

    @classmethod
    async def repair(cls, client: Client, domain: str, issue_id: str) -> Self:
        """Begin to put a repair issue right."""
        return await cls._begin(
            client, REPAIRS, {"handler": domain, "issue_id": issue_id}
        )

    @classmethod
    async def resume(cls, client: Client, flow_id: str) -> Self:
        """Take part in a flow that Home Assistant itself has begun, such as reauth."""
        path = f"{CONFIG}/{flow_id}"
        return cls(client, CONFIG, await client.request("GET", path))

    @classmethod
    async def _begin(cls, client: Client, path: str, what: dict[str, Any]) -> Self:
        return cls(client, path, await client.request("POST", path, json=what))

    async def choose(self, menu_option: str) -> None:
        """Answer a menu."""
        await self.submit({"next_step_id": menu_option})

    async def submit(self, answers: dict[str, Any]) -> None:
        """Answer a form."""
        path = f"{self._path}/{self.shown['flow_id']}"
        self.shown = await self._client.request("POST", path, json=answers)

    @property
    def type(self) -> str:
        """What is shown: form, menu, create_entry or abort."""
        kind: str = self.shown["type"]
        return kind

    @property
    def step(self) -> str | None:
        """The name of the form or menu that is shown."""
        return self.shown.get("step_id")

    @property
    def errors(self) -> dict[str, str]:
        """What the form complains about."""
        return self.shown.get("errors") or {}

    @property
    def reason(self) -> str | None:
        """Why the flow ended without an entry."""
        return self.shown.get("reason")

    @property
    def entry_id(self) -> str:
        """The config entry that the flow created. Raises LookupError."""
        if self.type != "create_entry":
            raise LookupError(f"no entry was created: {self.shown}")
        entry_id: str = self.shown["result"]["entry_id"]
        return entry_id

    def field(self, name: str) -> dict[str, Any]:
        """Return the description of a form's field, in sections too. Raises LookupError."""
        for field in self._fields(self.shown.get("data_schema") or []):
            if field["name"] == name:
                return field
        raise LookupError(f"{self.step} has no field {name}: {self.shown}")

    def filled_in(self, name: str) -> Any:
        """Return what a form's field shows before anybody answers."""
        field = self.field(name)
        suggested = (field.get("description") or {}).get("suggested_value")
        return field.get("default") if suggested is None else suggested

    def _fields(self, fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
        inner = [self._fields(f["schema"]) for f in fields if "schema" in f]
        return [*fields, *(field for group in inner for field in group)]
