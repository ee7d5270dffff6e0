"""Where the home on one machine listens, and by which names it may be addressed there."""

import socket
from typing import Final
from urllib.parse import urlsplit

from tertulia.edges.server.caller import hostname_of
from tertulia.homes.settings import Settings

LOOPBACK_HOSTS: Final = ("localhost", "127.0.0.1", "[::1]")


def hosts(settings: Settings) -> tuple[str, ...]:
    """By which names the server may be addressed where only this machine can reach it; else any (DNS rebinding)."""
    if settings.public or settings.trusted_proxies:
        return ()
    listed = (urlsplit(origin).netloc for origin in settings.origins)
    return (*LOOPBACK_HOSTS, *map(hostname_of, listed))


def listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(4096)
    except OSError:
        listener.close()
        raise
    return listener
