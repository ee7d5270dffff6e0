"""The web client's files, from memory: read once, with their tags, and compressed on first use."""

import gzip
import hashlib
import re
from mimetypes import MimeTypes
from pathlib import Path
from typing import Final

from msgspec import Struct

from tertulia.edges.server.caller import Headers
from tertulia.edges.server.headers import RawHeaders

COMPRESS_FROM: Final = 1024
"""Bytes; below it gzip saves no packet."""
_IMMUTABLE: Final = b"public, max-age=31536000, immutable"
_REVALIDATE: Final = b"no-cache"
# Vite puts the hash of the content into the names in this folder.
_HASHED: Final = "/assets/"
_FILE: Final = re.compile(
    r"\.(?:css|gif|html?|ico|jpe?g|js|json|map|mjs|png|svg|txt|wasm|webmanifest|webp|woff2?|xml)$"
)
_TEXT: Final = re.compile(r"text/|application/(?:javascript|json|manifest\+json)|image/svg\+xml")
_NO_FILE: Final = b"There is no such file.\n"
_NOT_BUILT: Final = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Tertulia</title></head><body>
<h1>The server runs; the web page isn't built</h1>
<p>Run <code>make run</code> in the source folder, which builds it. The API works without it:
<a href="/api/openapi.json">its description</a>.</p>
</body></html>
"""


class File(Struct, frozen=True):
    """`packed` is the content in gzip, empty where that is no shorter."""

    content: bytes
    packed: bytes
    media_type: bytes
    tag: bytes
    cache: bytes


class StaticFiles:
    """The files below a folder, by path. What looks like a page gets `index.html`, for the client to route."""

    def __init__(self, folder: Path | None) -> None:
        self._files: Final[dict[str, File]] = {}
        types = MimeTypes()
        types.add_type("application/manifest+json", ".webmanifest")
        types.add_type("text/javascript", ".js")
        for path in sorted(folder.rglob("*")) if folder is not None and folder.is_dir() else ():
            name = "/" + path.relative_to(folder).as_posix() if folder is not None else ""
            if path.is_file() and "/." not in name:
                self._files[name] = _load(path.read_bytes(), types.guess_type(name)[0], name)

    @property
    def built(self) -> bool:
        return "/index.html" in self._files

    def answer(self, path: str, headers: Headers) -> tuple[int, RawHeaders, bytes]:
        """Status, headers and content for a path. The path is only ever compared, so it can't leave the folder."""
        file = self._files.get("/index.html" if path == "/" else path)
        if file is None:
            if path.startswith(_HASHED) or _FILE.search(path):
                return (
                    404,
                    [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", _REVALIDATE)],
                    _NO_FILE,
                )
            file = self._files.get("/index.html")
        if file is None:
            return 503, [(b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-store")], _NOT_BUILT
        return reply(file, headers)


def reply(file: File, headers: Headers) -> tuple[int, RawHeaders, bytes]:
    """The file, or 304 where the client has it (RFC 9110, 13.1.2), packed where the client can unpack."""
    answer = [(b"etag", file.tag), (b"cache-control", file.cache), (b"vary", b"Accept-Encoding")]
    if matches(headers.get(b"if-none-match"), file.tag):
        return 304, answer, b""
    answer.append((b"content-type", file.media_type))
    if file.packed and accepts_gzip(headers.get(b"accept-encoding", b"")):
        return 200, [*answer, (b"content-encoding", b"gzip")], file.packed
    return 200, answer, file.content


def make_file(content: bytes, media_type: bytes, cache: bytes = _REVALIDATE) -> File:
    packed = b""
    if len(content) >= COMPRESS_FROM and _TEXT.match(media_type.decode("ascii")):
        packed = gzip.compress(content, 6, mtime=0)
    # Weak: both encodings of the same content have the tag (RFC 9110, 8.8.1).
    tag = b'W/"' + hashlib.blake2b(content, digest_size=12).hexdigest().encode("ascii") + b'"'
    return File(content, packed if len(packed) < len(content) else b"", media_type, tag, cache)


def matches(given: bytes | None, tag: bytes) -> bool:
    """Whether `If-None-Match` names the tag, by weak comparison."""
    if given is None:
        return False
    bare = tag.removeprefix(b"W/")
    return given.strip() == b"*" or any(one.strip().removeprefix(b"W/") == bare for one in given.split(b","))


def accepts_gzip(header: bytes) -> bool:
    """Whether `Accept-Encoding` names gzip and doesn't weigh it with 0."""
    for one in header.lower().split(b","):
        name, _, weight = one.partition(b";")
        if name.strip() == b"gzip":
            return weight.replace(b" ", b"") not in (b"q=0", b"q=0.0", b"q=0.00", b"q=0.000")
    return False


def _load(content: bytes, media_type: str | None, name: str) -> File:
    kind = media_type or "application/octet-stream"
    if kind.startswith("text/") or kind == "application/javascript":
        kind += "; charset=utf-8"
    return make_file(content, kind.encode("ascii"), _IMMUTABLE if name.startswith(_HASHED) else _REVALIDATE)
