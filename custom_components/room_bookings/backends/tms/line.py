"""The connections of one client: how far a request came, and a way to cut them off."""

import socket
import threading
from typing import Any, Final, override

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import RequestException
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

# Real answers are far smaller; the authentication reads some before they are looked at.
LARGEST: Final = 16 * 1024 * 1024
# What follows "NTLMSSP\0" in a token of the first kind, in Base64.
_NTLM_OPENING: Final = "TlRMTVNTUAAB"


class TooLargeError(RequestException):
    """An answer without end."""


class Line:
    """What became of the request under way; cut off, the request fails at once."""

    def __init__(self) -> None:
        """Nothing is under way."""
        self._lock = threading.Lock()
        self._connection: HTTPConnection | None = None
        self._socket: socket.socket | None = None
        self._cut = False
        self._hung_up = False
        self._fresh = False
        self._connected = False
        self._authorization: str | None = None

    @property
    def perhaps_done(self) -> bool:
        """Whether the server may have acted on the request.

        It does not before it knows who asks, which NTLM proves per connection: a request
        without credentials on a new connection was not acted on, nor was the first of the
        two with a token (facts 3).
        """
        if self._fresh and not self._connected:
            return False
        if self._authorization is None:
            return not self._fresh
        return _NTLM_OPENING not in self._authorization

    def call(self) -> None:
        """A call begins; it may take several requests."""
        with self._lock:
            self._cut = self._hung_up

    def request(self, authorization: str | None) -> None:
        """A request begins, on a connection that is there unless it says otherwise."""
        self._authorization = authorization
        self._fresh = self._connected = False

    def connecting(self, connection: HTTPConnection) -> None:
        """A new connection is tried."""
        self._fresh = True
        with self._lock:
            if self._cut:
                raise OSError("cut off")
            self._connection = connection
            self._socket = None

    def connected(self, connection: HTTPConnection) -> None:
        """The connection is there, and the request goes out."""
        with self._lock:
            if self._cut:
                raise OSError("cut off")
            # The connection lets go of it where an answer ends with it.
            self._socket = connection.sock
        self._connected = True

    def cut(self) -> None:
        """Let the request under way fail; from any thread."""
        with self._lock:
            self._cut = True
            sock, connection = self._socket, self._connection
        if sock is None and connection is not None:
            sock = connection.sock
        if sock is not None:
            try:
                # Not TLS's own, which would tamper with what the other thread reads from.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
            except OSError:
                # It has just closed by itself.
                return

    def hang_up(self) -> None:
        """Cut off, for good."""
        with self._lock:
            self._hung_up = True
        self.cut()


class LineAdapter(HTTPAdapter):
    """The adapter of requests, on a watched line, with answers of limited size."""

    def __init__(self, line: Line) -> None:
        """Keep one connection: NTLM proves who we are per connection."""
        self._line = line
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    @override
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Let the connections tell the line."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(self._line)

    @override
    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: dict[str, str] | None = None,
    ) -> Response:
        """Send one request; the steps of NTLM come here one by one."""
        authorization = request.headers.get("Authorization")
        self._line.request(None if authorization is None else str(authorization))
        return super().send(request, stream, timeout, verify, cert, proxies)

    @override
    def build_response(self, req: PreparedRequest, resp: Any) -> Response:
        """The response, which ends somewhere."""
        response = super().build_response(req, resp)
        response.__class__ = _LimitedResponse
        return response


class _LimitedResponse(Response):
    """A response that is not read beyond what is reasonable."""

    @override
    def iter_content(
        self, chunk_size: int | None = 1, decode_unicode: Any = False
    ) -> Any:
        """As it comes, never more than LARGEST."""
        total = 0
        for chunk in super().iter_content(chunk_size, decode_unicode):
            total += len(chunk)
            if total > LARGEST:
                self.close()
                raise TooLargeError
            yield chunk


def _pools(line: Line) -> dict[str, type[HTTPConnectionPool]]:
    """Pools of connections that tell the line."""

    class WatchedHttp(HTTPConnection):
        @override
        def connect(self) -> None:
            line.connecting(self)
            super().connect()
            line.connected(self)

    class WatchedHttps(HTTPSConnection):
        @override
        def connect(self) -> None:
            line.connecting(self)
            super().connect()
            line.connected(self)
            # The user chose whether to verify; urllib3 would warn at each request.
            self.is_verified = True

    class HttpPool(HTTPConnectionPool):
        ConnectionCls = WatchedHttp

    class HttpsPool(HTTPSConnectionPool):
        ConnectionCls = WatchedHttps

    return {"http": HttpPool, "https": HttpsPool}
