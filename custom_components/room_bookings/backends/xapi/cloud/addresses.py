"""Which addresses may see a token.

The cloud names its own addresses in tokens and answers: where to send the secret,
where to poll, where the next page is. Each is checked before it is used.
"""

from dataclasses import dataclass
from typing import Final

from yarl import URL

from ....rooms.errors import RejectedError
from ...addresses import is_loopback

DEFAULT_API_URL: Final = "https://webexapis.com/v1"
# Seen in Cisco's own integrations (facts 7.2): these hosts and those below them.
_CISCO: Final = (
    "webexapis.com",
    "wbx2.com",
    "ciscospark.com",
    "webexapis-usgov.webex.com",
)
# Where the keys of a region are published (facts 7.2).
_DEFAULT_REGION: Final = "us-east-2_a"
_JWKS: Final = {
    "us-west-2_r": "https://xapi-r.wbx2.com/jwks",
    "us-east-2_a": "https://xapi-a.wbx2.com/jwks",
    "eu-central-1_k": "https://xapi-k.wbx2.com/jwks",
    "us-east-1_int13": "https://xapi-intb.wbx2.com/jwks",
    "us-gov-west-1_a1": "https://xapi.gov.ciscospark.com/jwks",
}


class UntrustedAddressError(RejectedError):
    """An address that is not the cloud's own."""

    def __init__(self) -> None:
        """Say nothing about which address it was."""
        super().__init__("an address outside the cloud was named")


@dataclass(frozen=True, slots=True)
class Cloud:
    """The cloud that the user named, and which addresses belong to it."""

    api_url: str = DEFAULT_API_URL

    @property
    def is_ciscos(self) -> bool:
        """Whether this is Cisco's own cloud."""
        return self._owns_by_name(URL(self.api_url))

    @property
    def is_secure(self) -> bool:
        """Whether nobody on the way can read along."""
        url = URL(self.api_url)
        return url.scheme == "https" or is_loopback(url)

    def trusted(self, address: object) -> URL:
        """The address, if the cloud's secrets may go there; else UntrustedAddressError."""
        try:
            url = URL(str(address))
            port = url.port
        except ValueError:
            raise UntrustedAddressError from None
        if url.user is not None or url.password is not None:
            raise UntrustedAddressError
        api = URL(self.api_url)
        if (url.scheme, url.host, port) == (api.scheme, api.host, api.port):
            return url
        if self.is_ciscos and self._owns_by_name(url):
            return url
        raise UntrustedAddressError

    def keys_address(self, region: object) -> URL:
        """Where the keys are published that sign this region's tokens."""
        if not self.is_ciscos:
            return URL(self.api_url).origin() / "jwks"
        known = _JWKS.get(str(region)) if region else _JWKS[_DEFAULT_REGION]
        if known is None:
            raise UntrustedAddressError
        return URL(known)

    @staticmethod
    def _owns_by_name(url: URL) -> bool:
        host = url.host or ""
        return (
            url.scheme == "https"
            and url.port == 443
            and any(host == name or host.endswith(f".{name}") for name in _CISCO)
        )
