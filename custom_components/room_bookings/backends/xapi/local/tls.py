"""Certificates of devices: verified, pinned, or neither, always before anything is said."""

import asyncio
from collections.abc import Callable
import contextlib
from functools import cache
from hashlib import sha256
import ssl

from ....rooms.errors import CertificateChangedError, UnreachableError
from .address import DeviceAddress

_TIMEOUT = 10.0


@cache
def _verifying() -> ssl.SSLContext:
    return ssl.create_default_context()


@cache
def _accepting() -> ssl.SSLContext:
    """Accepts any certificate: whoever uses it compares the fingerprint, or was told not to."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def context_for(address: DeviceAddress) -> ssl.SSLContext:
    """The TLS context for a device; made off the event loop, because it reads the disk."""
    verify = address.verify_ssl and address.fingerprint is None
    make: Callable[[], ssl.SSLContext] = _verifying if verify else _accepting
    return await asyncio.get_running_loop().run_in_executor(None, make)


def check_pin(address: DeviceAddress, transport: asyncio.Transport | None) -> None:
    """Raise CertificateChangedError unless the peer shows the pinned certificate, if one is pinned."""
    if address.fingerprint is None or not address.verify_ssl:
        return
    shown = fingerprint_of(transport)
    if shown != address.fingerprint:
        raise CertificateChangedError(shown)


def fingerprint_of(transport: asyncio.BaseTransport | None) -> str:
    """The SHA-256 of the certificate that the peer shows, in lower-case hex."""
    tls = transport.get_extra_info("ssl_object") if transport is not None else None
    certificate = tls.getpeercert(binary_form=True) if tls is not None else None
    if certificate is None:
        raise UnreachableError("no certificate")
    return sha256(certificate).hexdigest()


async def shown_fingerprint(address: DeviceAddress) -> str:
    """Ask a device for its certificate, and say nothing else to it; raises UnreachableError."""
    context = await asyncio.get_running_loop().run_in_executor(None, _accepting)
    try:
        async with asyncio.timeout(_TIMEOUT):
            _, writer = await asyncio.open_connection(
                address.name, address.port, ssl=context, server_hostname=address.name
            )
    except (OSError, TimeoutError, ValueError) as error:
        raise UnreachableError("no connection") from error
    try:
        return fingerprint_of(writer.transport)
    finally:
        writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(_TIMEOUT):
                await writer.wait_closed()
