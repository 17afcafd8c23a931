"""Where a TMS server is, and who we are to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self


class Authentication(StrEnum):
    """How the account is proven; AUTO takes what the server offers."""

    AUTO = "auto"
    NTLM = "ntlm"
    BASIC = "basic"


@dataclass(frozen=True, slots=True, kw_only=True)
class TmsAddress:
    r"""A server (`https://tms.example.com`, no path) and the account to use there.

    `username` is `DOMAIN\user` or `user`.
    """

    url: str
    username: str
    password: str = field(repr=False)
    authentication: Authentication = Authentication.AUTO
    verify_ssl: bool = True

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """The address out of what is stored for an entry."""
        return cls(
            url=data["url"],
            username=data["username"],
            password=data["password"],
            authentication=Authentication(data["authentication"]),
            verify_ssl=data["verify_ssl"],
        )
