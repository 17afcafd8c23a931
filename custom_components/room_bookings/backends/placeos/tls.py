"""TLS contexts, made off the event loop because that reads the disk."""

import asyncio
from functools import cache
import ssl

from .address import PlaceosAddress


@cache
def _context(*, verify: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


async def context_for(address: PlaceosAddress) -> ssl.SSLContext | None:
    """The TLS context for a server; None where it is spoken to in the clear."""
    if not address.encrypted:
        return None
    loop = asyncio.get_running_loop()
    verify = address.verify_ssl
    return await loop.run_in_executor(None, lambda: _context(verify=verify))
