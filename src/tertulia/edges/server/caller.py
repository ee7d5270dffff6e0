"""Who calls, as far as the connection and the headers tell: address, scheme, host, origin, request id."""

import itertools
import os
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final

from msgspec import Struct
from starlette.types import Scope

from tertulia.api.http import given_id

Headers = dict[bytes, bytes]


class Caller(Struct, frozen=True):
    """`address` is the caller's own, also behind trusted proxies; "" where there is none (a Unix socket).

    `forwarded` says that the request came through a proxy that is not trusted, so that `address` may be the proxy's.
    """

    address: str
    forwarded: bool
    https: bool
    host: str
    origin: str
    request_id: str

    @property
    def hostname(self) -> str:
        """`host` without its port."""
        return hostname_of(self.host)

    @property
    def own_origin(self) -> str:
        """The web origin of the server's own pages, as the caller addressed it (RFC 6454, 6.2)."""
        return f"{'https' if self.https else 'http'}://{self.host}"


def hostname_of(host: str) -> str:
    """The host without its port; an IPv6 address keeps its brackets."""
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() and (":" not in name or name.endswith("]")) else host


class CallerReader:
    """Reads callers from ASGI scopes."""

    def __init__(self, trusted_proxies: Iterable[str] = (), *, https: bool = False) -> None:
        self._trusted: Final = tuple(ip_network(proxy, strict=False) for proxy in trusted_proxies)
        self._known: dict[str, bool] = {}
        self._https: Final = https
        self._ids: Final = itertools.count(1)
        # Unique over restarts, so that a log that spans them can be searched.
        self._prefix: Final = os.urandom(6).hex()

    def read(self, scope: Scope, headers: Headers) -> Caller:
        client = scope.get("client")
        address = client[0] if client else ""
        chain = headers.get(b"x-forwarded-for")
        https = self._https or scope["scheme"] in ("https", "wss")
        trusted = bool(self._trusted) and self.trusts(address)
        if trusted:
            https = https or headers.get(b"x-forwarded-proto", b"").strip().lower() == b"https"
            address = self._first_untrusted(address, chain)
        return Caller(
            address=address,
            forwarded=not trusted and (chain is not None or b"forwarded" in headers),
            https=https,
            host=headers.get(b"host", b"").decode("latin-1").lower(),
            origin=headers.get(b"origin", b"").decode("latin-1"),
            request_id=self._request_id(headers.get(b"x-request-id")),
        )

    def trusts(self, address: str) -> bool:
        """Whether the address is one of the operator's proxies. A Unix socket is: only this machine can reach it."""
        if not address:
            return True
        known = self._known.get(address)
        if known is None:
            known = _inside(address, self._trusted)
            if len(self._known) >= 1024:
                self._known.clear()
            self._known[address] = known
        return known

    def _first_untrusted(self, address: str, chain: bytes | None) -> str:
        """The last address of the chain that no trusted proxy wrote down for another of them: what stands before it,
        the caller could have made up."""
        if chain is None:
            return address
        for hop in reversed(chain.decode("latin-1").split(",")):
            candidate = _bare(hop.strip())
            if candidate is None:
                return address
            address = candidate
            if not self.trusts(candidate):
                return address
        return address

    def _request_id(self, given: bytes | None) -> str:
        kept = given_id(given.decode("latin-1")) if given is not None else ""
        return kept or f"{self._prefix}-{next(self._ids):x}"


def is_loopback(address: str) -> bool:
    """Whether the address is this machine's own. A Unix socket's is."""
    if not address:
        return True
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _bare(hop: str) -> str | None:
    """The address of one hop, without a port or brackets; None where it is none."""
    if hop.startswith("["):
        hop = hop[1:].partition("]")[0]
    elif hop.count(":") == 1:
        hop = hop.partition(":")[0]
    try:
        return str(ip_address(hop))
    except ValueError:
        return None


def _inside(address: str, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return any(parsed in network for network in networks)
