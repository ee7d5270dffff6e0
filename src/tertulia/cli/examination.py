"""What the doctor looks at. Each look says what it saw in a sentence, and what to do where that is wrong."""

import os
import shutil
import sqlite3
import time
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx
import msgspec
from msgspec import Struct

from tertulia.client.endpoints import Endpoints, endpoints_from

_SPACE_LEAST: Final = 200 * 1024 * 1024
_SKEW_MOST: Final = 30.0
"""Seconds by which clocks may differ: longer than that, tokens of five minutes begin to fail."""
_SQLITE_LEAST: Final = (3, 34, 0)
"""The first version with the trigram tokenizer (sqlite.org/fts5.html, 4.3.4)."""
_STATIC: Final = Path(__file__).resolve().parent.parent / "static"
_SECONDS: Final = 10.0


class Finding(Struct, frozen=True, omit_defaults=True):
    """One look. `remedy` is what to do."""

    what: str
    ok: bool
    said: str
    remedy: str = ""


def examine_machine(data: Path, *, required: bool, ffmpeg: str = "auto") -> list[Finding]:
    """This machine. The data folder must be there only where it is asked for; `ffmpeg` is the setting."""
    return [_sqlite(), _web_client(), _transcoding(ffmpeg), *_folder(data, required=required)]


async def examine_server(url: str, origin: str) -> list[Finding]:
    """The server at `url`, as a browser with pages from `origin` meets it."""
    async with httpx.AsyncClient(timeout=_SECONDS) as http:
        try:
            answer = await http.get(f"{url}/config.json")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return [_unreachable(url, error)]
        findings = [_identity(url, answer), _clock(answer)]
        if findings[0].ok:
            endpoints = endpoints_from(url, answer.content)
            findings += [await _ready(http, url), await _websocket(endpoints, origin or _origin_of(url))]
            if origin:
                findings.append(await _origin(http, endpoints, origin))
    return findings


def _sqlite() -> Finding:
    version = ".".join(map(str, sqlite3.sqlite_version_info))
    with sqlite3.connect(":memory:") as connection:
        options = {option for (option,) in connection.execute("PRAGMA compile_options")}
    connection.close()
    ok = "ENABLE_FTS5" in options and sqlite3.sqlite_version_info >= _SQLITE_LEAST
    remedy = "" if ok else "Use a Python whose SQLite is 3.34 or newer and has FTS5: search needs both."
    return Finding("SQLite", ok, f"version {version}, {'with' if 'ENABLE_FTS5' in options else 'without'} FTS5", remedy)


def _web_client() -> Finding:
    if (_STATIC / "index.html").is_file():
        return Finding("web client", True, "it is built")
    return Finding("web client", False, "it is not built", "In a checkout: make run. An installed package has it.")


def _transcoding(ffmpeg: str) -> Finding:
    from tertulia.adapters.ffmpeg.finding import AUTO, find_ffmpeg

    try:
        program = find_ffmpeg(ffmpeg)
    except ValueError as error:
        return Finding("transcoding", False, str(error), "Correct TERTULIA_FFMPEG, or leave it out.")
    if program is None:
        how = "pip install 'tertulia[media]' would bring it" if ffmpeg == AUTO else "it is switched off"
        return Finding("transcoding", True, f"not here: sounds and films stay as they were sent ({how})")
    return Finding("transcoding", True, f"by {program.name}")


def _folder(data: Path, *, required: bool) -> list[Finding]:
    if not (data / "chat.db").is_file():
        said = f"there is no data in {data}" + ("" if required else " yet; `tertulia serve` makes it")
        return [Finding("data folder", not required, said, "Name the folder with --data." if required else "")]
    findings = [_permissions(data)]
    usage = shutil.disk_usage(data)
    enough = usage.free >= _SPACE_LEAST
    remedy = "" if enough else "Make room: a full disk ends every send with `unavailable`."
    return [*findings, Finding("disk", enough, f"{usage.free // 2**20:,} MiB are free", remedy)]


def _permissions(data: Path) -> Finding:
    files = [path for path in (data, data / "chat.db", data / "accounts.db", data / "media") if path.exists()]
    unusable = [path for path in files if not os.access(path, os.R_OK | os.W_OK)]
    if unusable:
        return Finding(
            "data folder",
            False,
            f"{unusable[0]} can't be read and written by this user",
            f"It belongs to user {unusable[0].stat().st_uid}, and this is {os.getuid()}. Change one of them.",
        )
    open_to_all = [path for path in files if path.stat().st_mode & 0o077]
    if open_to_all:
        return Finding(
            "data folder",
            False,
            f"{open_to_all[0]} is open to other users of this machine",
            f"It holds password hashes and everything that was said: chmod -R go= {data}",
        )
    return Finding("data folder", True, f"{data} is this user's alone")


def _unreachable(url: str, error: Exception) -> Finding:
    scheme = urlsplit(url).scheme
    said = f"nothing answers at {url} ({str(error) or type(error).__name__})"
    if scheme not in {"http", "https"}:
        return Finding("server", False, said, "An address begins with http:// or https://.")
    remedy = "Is it running, and on that port? One on 127.0.0.1 is for its own machine; a firewall may be between."
    if "CERTIFICATE" in str(error).upper():
        remedy = "Its certificate is not one that this machine trusts: is the name right, and the chain whole?"
    return Finding("server", False, said, remedy)


def _identity(url: str, answer: httpx.Response) -> Finding:
    try:
        config = msgspec.json.decode(answer.content, type=dict[str, object])
    except msgspec.DecodeError:
        config = {}
    if answer.is_success and {"api", "ws"} <= config.keys():
        return Finding("server", True, f"Tertulia answers at {url}")
    if answer.is_redirect:
        return Finding("server", False, f"{url} leads elsewhere", f"Use {answer.headers.get('location', '')}")
    said = f"what answers at {url} is not Tertulia (HTTP {answer.status_code} for /config.json)"
    return Finding("server", False, said, "Is a proxy before it sending everything below / to it, unchanged?")


def _clock(answer: httpx.Response) -> Finding:
    date = answer.headers.get("date")
    if not date:
        return Finding("clock", True, "the server doesn't say what time it has")
    skew = parsedate_to_datetime(date).timestamp() - time.time()
    ok = abs(skew) <= _SKEW_MOST
    remedy = "" if ok else "Set both clocks by NTP: tokens expire by them."
    return Finding("clock", ok, f"the server's differs from this machine's by {skew:+.0f} s", remedy)


async def _ready(http: httpx.AsyncClient, url: str) -> Finding:
    try:
        answer = await http.get(f"{url}/readyz")
    except httpx.HTTPError as error:
        return Finding("readiness", False, f"no answer from /readyz ({error})", "Look at the server's log.")
    if answer.status_code in {httpx.codes.OK, httpx.codes.NOT_FOUND}:
        return Finding("readiness", True, "it takes requests")
    return Finding("readiness", False, f"it says that it is not ready: {answer.text.strip()}", "Look at its log.")


async def _websocket(endpoints: Endpoints, origin: str) -> Finding:
    """A handshake with a ticket that is no good: a server takes it and then says so; a proxy that passes no upgrades,
    or a server that doesn't take the origin, refuses it."""
    from websockets.asyncio.client import connect
    from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
    from websockets.typing import Origin

    url = f"{endpoints.websocket}?ticket=doctor"
    try:
        async with connect(url, origin=Origin(origin), open_timeout=_SECONDS, compression=None) as socket:
            await socket.recv()
    except ConnectionClosed:
        pass
    except InvalidStatus as refused:
        return _refused(refused.response.status_code, origin)
    except (OSError, TimeoutError, InvalidHandshake) as error:
        said = f"no handshake at {endpoints.websocket} ({error})"
        return Finding("WebSocket", False, said, "A proxy before it must pass the headers Upgrade and Connection.")
    return Finding("WebSocket", True, f"connections to {endpoints.websocket} pass")


def _refused(status: int, origin: str) -> Finding:
    if status == httpx.codes.FORBIDDEN:
        return Finding(
            "WebSocket",
            False,
            f"the web origin {origin} is refused (403)",
            f"Start the server with --origin {origin}, or TERTULIA_ORIGINS; behind a proxy also pass the header Host.",
        )
    said = f"the handshake was answered with HTTP {status}, not 101"
    remedy = "A proxy before the server passes no WebSockets: let it pass Upgrade and Connection (HTTP/1.1) for /ws."
    return Finding("WebSocket", False, said, remedy)


async def _origin(http: httpx.AsyncClient, endpoints: Endpoints, origin: str) -> Finding:
    headers = {"origin": origin, "access-control-request-method": "POST"}
    try:
        answer = await http.options(f"{endpoints.api}/api/conversations", headers=headers)
    except httpx.HTTPError as error:
        return Finding("web origin", False, f"no answer to a preflight request ({error})", "Look at the server's log.")
    same = _origin_of(endpoints.api) == origin
    if same or answer.headers.get("access-control-allow-origin") == origin:
        return Finding("web origin", True, f"pages from {origin} may use the API")
    remedy = f"Start the server with --origin {origin}, exactly so: scheme, name and port."
    return Finding("web origin", False, f"pages from {origin} may not use the API", remedy)


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
