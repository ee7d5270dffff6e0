"""What an operator can set, in one frozen object: from the environment, and from the command line over it."""

import math
from collections.abc import Mapping
from enum import StrEnum
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from msgspec import Struct

from tertulia.domain import limits

PREFIX: Final = "TERTULIA_"


class SettingError(ValueError):
    """A setting that can't be; the sentence says which and what it may be."""


class SignUp(StrEnum):
    """Who may make an account."""

    OPEN = "open"
    INVITE = "invite"
    CLOSED = "closed"


class Settings(Struct, frozen=True, kw_only=True):
    """All of it. Each field can be set as `TERTULIA_` and its name in capitals; lists are separated by commas.

    `data` is the folder that holds everything. `origins` are further web origins whose pages may use the API.
    `trusted_proxies` are addresses or networks whose `X-Forwarded-For` is believed. `https` says that people reach the
    server by https. `media_bytes_max` is how many bytes a file may have that people upload. `rate_factor` multiplies
    every rate limit; 0 switches them off. `previews`: the server looks at the public pages that messages link to, and
    shows what they say of themselves. `edit_seconds`: for how long whoever wrote a message can change it; 0 is for
    ever. `ffmpeg` makes sounds and films that every browser plays: `auto` is the one of the extra `tertulia[media]`,
    where it is installed, `off` none, else a program's path. `clock_offset_file` names a file that holds microseconds
    to add to the clock: it is there to test what a jumping clock does.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    data: Path = Path("data")
    sign_up: SignUp = SignUp.OPEN
    origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    https: bool = False
    demo: bool = False
    metrics_token: str = ""
    log_json: bool = False
    log_level: str = "INFO"
    rate_factor: float = 1.0
    media_bytes_max: int = limits.MEDIA_BYTES_MAX
    previews: bool = False
    edit_seconds: int = 0
    ffmpeg: str = "auto"
    admin_username: str = ""
    admin_password_file: Path | None = None
    clock_offset_file: Path | None = None

    @property
    def public(self) -> bool:
        """Whether others than this machine can reach the server."""
        return self.host not in ("127.0.0.1", "::1", "localhost")


def read_settings(environment: Mapping[str, str], **given: Any) -> Settings:
    """The settings of the environment, and those `given` that are not None over them. Raises SettingError."""
    values: dict[str, Any] = {}
    for name in Settings.__struct_fields__:
        text = environment.get(PREFIX + name.upper())
        if text is not None:
            values[name] = _parse(name, text)
    values.update({name: value for name, value in given.items() if value is not None})
    return _checked(Settings(**values))


def _parse(name: str, text: str) -> Any:
    default = getattr(Settings(), name)
    try:
        match name:
            case "port" | "media_bytes_max" | "edit_seconds":
                return int(text)
            case "rate_factor":
                return float(text)
            case "sign_up":
                return SignUp(text)
            case "data" | "admin_password_file" | "clock_offset_file":
                return Path(text)
        if isinstance(default, bool):
            return _parse_bool(text)
        if isinstance(default, tuple):
            return tuple(part.strip() for part in text.split(",") if part.strip())
    except ValueError:
        message = f"{PREFIX}{name.upper()} can't be {text!r}."
        raise SettingError(message) from None
    return text


def _parse_bool(text: str) -> bool:
    if text.lower() not in ("1", "0", "true", "false", "yes", "no", "on", "off", ""):
        raise ValueError
    return text.lower() in ("1", "true", "yes", "on")


def _checked(settings: Settings) -> Settings:
    if not 0 <= settings.port <= 65535:
        message = f"A port is a number up to 65535, not {settings.port}."
        raise SettingError(message)
    if not 0 <= settings.rate_factor < math.inf:
        message = "The factor of the rate limits is 0 or more."
        raise SettingError(message)
    if not 1 <= settings.media_bytes_max <= limits.MEDIA_BYTES_CEILING:
        message = f"A file may have from 1 to {limits.MEDIA_BYTES_CEILING:,} bytes, not {settings.media_bytes_max:,}."
        raise SettingError(message)
    if not 0 <= settings.edit_seconds <= limits.EDIT_SECONDS_CEILING:
        message = f"Messages can be changed for 0 (for ever) to {limits.EDIT_SECONDS_CEILING:,} seconds."
        raise SettingError(message)
    for origin in settings.origins:
        if not _is_origin(origin):
            message = f"An origin looks like https://chat.example.org, and isn't {origin!r}."
            raise SettingError(message)
    for proxy in settings.trusted_proxies:
        try:
            ip_network(proxy) if "/" in proxy else ip_address(proxy)
        except ValueError:
            message = f"A trusted proxy is an address or a network such as 10.0.0.0/8, and isn't {proxy!r}."
            raise SettingError(message) from None
    if settings.demo and settings.public:
        message = "A demonstration has known passwords: it runs on 127.0.0.1 only."
        raise SettingError(message)
    return settings


def _is_origin(text: str) -> bool:
    """Scheme, host and port and nothing else (RFC 6454, 6.2)."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and text == f"{parts.scheme}://{parts.netloc}"
