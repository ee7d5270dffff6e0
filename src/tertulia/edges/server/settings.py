"""What the operator decides about the HTTP edge."""

from pathlib import Path

from msgspec import Struct

from tertulia.domain import limits


class MediaConfig(Struct, frozen=True, kw_only=True):
    """What files may be: their bytes, of which those that are more than `part_bytes` come in parts of so many, and how
    many of them a message carries."""

    bytes_max: int = limits.MEDIA_BYTES_MAX
    part_bytes: int = limits.MEDIA_PART_BYTES
    files_max: int = limits.ATTACHMENTS_MAX


class WebConfig(Struct, frozen=True, kw_only=True):
    """What the web client reads at `/config.json`: where things are, who may sign up, what files may be, whether it
    is a demonstration.

    `codes`: whether the accounts can send codes, with which one confirms a new account and resets a password.
    `edit_seconds`: for how long whoever wrote a message can change it; 0 is for ever.
    """

    api: str = "/api"
    ws: str = "/ws"
    media: MediaConfig = MediaConfig()
    sign_up: str = "open"
    demo: bool = False
    codes: bool = False
    edit_seconds: int = 0


class HttpSettings(Struct, frozen=True, kw_only=True):
    """All of it, made in `homes/`.

    `hosts` are the names by which the server may be addressed, without a port; any where there are none. A server that
    only this machine can reach needs them: else a page of any site could have its own name resolve to this machine, and
    be of the server's own origin (DNS rebinding). `origins` are the foreign web origins (`https://chat.example.org`, no
    path) whose pages may use the API; a page of the server's own origin always may.

    `trusted_proxies` are addresses and networks whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed. `https`
    says that people reach the server by https even where a request doesn't show it. `metrics_token` opens `/metrics` to
    others than this machine. `connect` and `media` are further origins that the web page talks to and gets files from.
    `web` is the content of `/config.json`. `static` is the folder of the web client.
    """

    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    https: bool = False
    metrics_token: str = ""
    connect: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    web: WebConfig = WebConfig()
    static: Path | None = None
