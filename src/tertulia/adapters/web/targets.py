"""Where a link leads to: its parts, as they go over the wire."""

import re
from typing import Final
from urllib.parse import quote, urlsplit

from msgspec import Struct

from tertulia.adapters.web.refusals import RefusedError

PORTS: Final = {"http": 80, "https": 443}
_HOST: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?")
_HOST_MAX: Final = 253
"""RFC 1035, 2.3.4, without the dot at the end."""
_IPV6: Final = re.compile(r"[0-9a-f:.]+")
_DIFFERENT: Final = re.compile("[\u00df\u1e9e\u03c2\u200c\u200d]")
"""What browsers (UTS 46) and the standard library (RFC 3490) make different names of."""
_KEPT: Final = "/?:@!$&'()*+,;=-._~%"
"""Characters of a path and a query that stay as they are (RFC 3986, 3.3 and 3.4)."""


class Target(Struct, frozen=True):
    """`host` is in ASCII, without brackets; `path` has the query and nothing that isn't allowed in a request line."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The field `Host` (RFC 9110, 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def target_of(url: str) -> Target:
    """Raises RefusedError for what isn't http or https, or would say who asks."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise RefusedError("no address") from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise RefusedError("no address of the web")
    if "@" in parts.netloc:
        raise RefusedError("a name or password in the address")
    path = quote(parts.path or "/", safe=_KEPT)
    query = f"?{quote(parts.query, safe=_KEPT)}" if parts.query else ""
    return Target(parts.scheme, _ascii(parts.hostname), PORTS[parts.scheme] if port is None else port, path + query)


def _ascii(host: str) -> str:
    """A host name as the resolver and the other side know it (IDNA, RFC 3490)."""
    if ":" in host:
        if not _IPV6.fullmatch(host):
            raise RefusedError("no address")
        return host
    if _DIFFERENT.search(host):
        raise RefusedError("a name that isn't the same everywhere")
    try:
        name = host.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError:
        raise RefusedError("no name of a host") from None
    if len(name) > _HOST_MAX or not _HOST.fullmatch(name):
        raise RefusedError("no name of a host")
    return name
