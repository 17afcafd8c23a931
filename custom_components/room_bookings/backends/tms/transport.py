"""HTTP as zeep's own transport does not do it: limited, timed, checked, and silent."""

from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC
from http.client import HTTPException
import struct
import threading
from typing import Any, Final, Never, override

from requests import RequestException, Response, Session
from requests.auth import AuthBase
from spnego.exceptions import SpnegoError
from urllib3.exceptions import HTTPError
from zeep.transports import Transport

from ...rooms.errors import (
    AnswerLostError,
    AuthFailedError,
    BusyTryLaterError,
    PermissionDeniedError,
    RoomError,
    UnreachableError,
)
from ..patience import retry_after
from .address import Authentication, TmsAddress
from .document import refused
from .line import Line, LineAdapter
from .logon import logon, offered

_PIECE: Final = 64 * 1024
_XML: Final = frozenset({"text/xml", "application/xml", "application/soap+xml"})
# The operations that change something, by how their names begin.
_CHANGING: Final = ("Save", "Delete", "End")
_NETWORK: Final = (RequestException, HTTPError, HTTPException, OSError)
# What the NTLM libraries make of a challenge that is none; nothing was asked yet then.
_NO_CHALLENGE: Final = (
    SpnegoError,
    AttributeError,
    IndexError,
    KeyError,
    NotImplementedError,
    TypeError,
    ValueError,
    struct.error,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long to wait, in seconds: for a connection, for the next bytes, for everything."""

    connect: float = 10.0
    # An application pool of IIS takes its time to start.
    read: float = 75.0
    deadline: float = 120.0


@dataclass(frozen=True, slots=True)
class Reply:
    """A good answer, as zeep wants it."""

    content: bytes
    status_code: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"


class SealedTransport(Transport):
    """Fetches nothing: all documents are here."""

    def __init__(self, session: Session | None = None) -> None:
        """Own a session, if one is given."""
        super().__init__(session=session)  # type: ignore[no-untyped-call]

    @override
    def load(self, url: str) -> Never:
        """Refuse."""
        raise UnreachableError("nothing is loaded from elsewhere")

    @override
    def get(self, address: str, params: Any, headers: Any) -> Never:
        """Refuse."""
        raise UnreachableError("nothing is loaded from elsewhere")


class HttpTransport(SealedTransport):
    """Requests to one server by one account, one at a time.

    Raises only RoomError: of a request that may have changed something and whose answer is
    not known, AnswerLostError.
    """

    def __init__(self, address: TmsAddress, line: Line, limits: Limits) -> None:
        """Say nothing yet."""
        session = Session()
        # Neither proxies nor .netrc, and no certificates beside those of `verify`.
        session.trust_env = False
        session.verify = address.verify_ssl
        # Compressed, a small answer could be a large one.
        session.headers["Accept-Encoding"] = "identity"
        for scheme in ("https://", "http://"):
            session.mount(scheme, LineAdapter(line))
        super().__init__(session)
        self._address = address
        self._line = line
        self._limits = limits
        self._auth: AuthBase | None = None
        self._refused = False

    @override
    def post(self, address: str, message: bytes, headers: dict[str, str]) -> Reply:
        """Send it, and return an answer of XML with status 200."""
        if self._refused:
            raise AuthFailedError("the account was refused before")
        changing = changes(headers["SOAPAction"].strip('"').rpartition("/")[2])
        self._line.call()
        deadline = threading.Timer(self._limits.deadline, self._line.cut)
        deadline.daemon = True
        deadline.start()
        try:
            auth = self._auth or self._logon(address)
            with closing(self._send(address, message, headers, auth)) as response:
                self._auth = auth
                return self._reply(response, changing)
        except _NETWORK as error:
            perhaps_done = changing and self._line.perhaps_done
            raise _failure(type(error).__name__, perhaps_done) from error
        finally:
            deadline.cancel()
            # Late, it would cut off the next call.
            deadline.join()

    def close(self) -> None:
        """Let go of the connection."""
        self.session.close()

    def _send(
        self,
        address: str,
        message: bytes,
        headers: dict[str, str],
        auth: AuthBase | None,
    ) -> Response:
        try:
            return self.session.post(
                address,
                data=message,
                headers=headers,
                auth=auth,
                timeout=(self._limits.connect, self._limits.read),
                allow_redirects=False,
                stream=True,
            )
        except _NETWORK:
            raise
        except _NO_CHALLENGE:
            raise UnreachableError("no challenge of NTLM") from None

    def _logon(self, address: str) -> AuthBase:
        """What proves the account; where that is for the server to say, it is asked once."""
        chosen = self._address.authentication
        if chosen is Authentication.AUTO:
            # NTLM tells nothing unless it is asked to.
            chosen = Authentication.NTLM
            with closing(self._send(address, b"", {}, None)) as response:
                if response.status_code == 401:
                    chosen = offered(response.headers.get("WWW-Authenticate", ""))
                elif response.status_code not in (200, 400, 405, 411, 415, 500):
                    self._reply(response, changing=False)
        return logon(self._address, chosen)

    def _reply(self, response: Response, changing: bool) -> Reply:
        """The answer, if it is one; by status and type before anything reads it."""
        status = response.status_code
        if status == 401:
            # One failed logon; the next could lock the account.
            self._refused = True
            raise AuthFailedError("the account was refused")
        if status == 403:
            raise PermissionDeniedError
        wait = retry_after(response.headers.get("Retry-After"), zone=UTC)
        if status == 429 or (status == 503 and wait is not None):
            raise BusyTryLaterError(wait)
        if status != 200 and status < 500:
            raise UnreachableError(f"status {status}")
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if (
            kind.strip().lower() not in _XML
            or response.headers.get("Content-Encoding", "identity") != "identity"
        ):
            raise _failure(f"status {status} without XML", changing)
        try:
            body = b"".join(response.iter_content(_PIECE))
        except _NETWORK as error:
            raise _failure(type(error).__name__, changing) from error
        if status == 200:
            return Reply(body)
        try:
            refusal = refused(body)
        except UnreachableError:
            refusal = None
        raise refusal or _failure(f"status {status}", changing)


def _failure(problem: str, perhaps_done: bool) -> RoomError:
    return AnswerLostError(problem) if perhaps_done else UnreachableError(problem)


def changes(operation: str) -> bool:
    """Whether that operation changes something."""
    return operation.startswith(_CHANGING)
