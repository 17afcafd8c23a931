"""Which servers may be spoken to in the clear."""

from ipaddress import ip_address

from yarl import URL


def is_loopback(url: URL) -> bool:
    """Whether the server is this machine, so that nobody on the way can read along."""
    host = url.host or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_web_address(url: URL) -> bool:
    """Whether the url names a server over http or https, and no secrets."""
    return url.scheme in ("http", "https") and bool(url.host) and url.user is None
