"""Where a server's APIs are: it says so in `/config.json`, the same that the web client reads."""

from urllib.parse import urljoin, urlsplit, urlunsplit

import msgspec
from msgspec import Struct

_WEBSOCKET_SCHEMES = {"http": "ws", "https": "wss"}


class Endpoints(Struct, frozen=True, kw_only=True):
    """`api` is the address under which the paths of the operations lie; `websocket` is that of `/ws`."""

    api: str
    websocket: str


class _Config(Struct, frozen=True):
    api: str = "/api"
    ws: str = "/ws"


def endpoints_from(url: str, config: bytes) -> Endpoints:
    """The addresses for the server at `url`. A `config` that is not the product's counts as an empty one."""
    base = url.rstrip("/") + "/"
    try:
        known = msgspec.json.decode(config, type=_Config) if config else _Config()
    except msgspec.DecodeError:
        known = _Config()
    api = urljoin(base, known.api).rstrip("/").removesuffix("/api")
    websocket = urlsplit(urljoin(base, known.ws))
    scheme = _WEBSOCKET_SCHEMES.get(websocket.scheme, websocket.scheme)
    return Endpoints(api=api, websocket=urlunsplit(websocket._replace(scheme=scheme)))
