"""How the account is proven: NTLM, or Basic where nobody can listen (facts 3)."""

import logging

from requests.auth import AuthBase, HTTPBasicAuth
from requests_ntlm import HttpNtlmAuth
from yarl import URL

from ...rooms.errors import AuthFailedError
from ..addresses import is_loopback
from .address import Authentication, TmsAddress
from .errors import InsecureBasicError

# Its debug log holds the tokens, from which a weak password can be guessed.
logging.getLogger("spnego._ntlm").addFilter(
    lambda record: record.levelno > logging.DEBUG
)


def logon(address: TmsAddress, authentication: Authentication) -> AuthBase:
    """What proves the account; raises InsecureBasicError rather than tell the password to all."""
    if authentication is not Authentication.BASIC:
        ntlm: AuthBase = HttpNtlmAuth(address.username, address.password, send_cbt=True)
        return ntlm
    url = URL(address.url)
    if url.scheme != "https" and not is_loopback(url):
        raise InsecureBasicError("Basic over http")
    return HTTPBasicAuth(_bytes(address.username), _bytes(address.password))


def offered(challenge: str) -> Authentication:
    """What to use of what a server offers; raises AuthFailedError if that is neither."""
    schemes = {part.strip().partition(" ")[0].lower() for part in challenge.split(",")}
    if schemes & {"ntlm", "negotiate"}:
        return Authentication.NTLM
    if "basic" in schemes:
        return Authentication.BASIC
    raise AuthFailedError("neither NTLM nor Basic is offered")


def _bytes(text: str) -> bytes:
    """As IIS reads Basic, and UTF-8 for what cannot be said so."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode()
