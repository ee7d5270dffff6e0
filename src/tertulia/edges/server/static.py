"""The web client's files: Starlette finds them; here is what they are sent as, kept in memory with tag and gzip."""

import gzip
import hashlib
import os
import re
from mimetypes import guess_type
from pathlib import Path
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

from tertulia.edges.server.exchange import Kind, exchange_in

COMPRESS_FROM: Final = 1024
"""Bytes; below it gzip saves no packet."""
IMMUTABLE: Final = "public, max-age=31536000, immutable"
REVALIDATE: Final = "no-cache"
# Vite puts the hash of the content into the names in this folder.
HASHED: Final = "/assets/"
DRAWINGS: Final = "/stickers/"
_FILE: Final = re.compile(
    r"\.(?:css|gif|html?|ico|jpe?g|js|json|map|mjs|png|svg|txt|wasm|webmanifest|webp|woff2?|xml)$"
)
_TEXT: Final = re.compile(r"text/|application/(?:javascript|json|manifest\+json)|image/svg\+xml")
# What a machine's own list of types may have otherwise or not at all.
_TYPES: Final = {".js": "text/javascript", ".webmanifest": "application/manifest+json"}
_CONDITIONS: Final = StaticFiles()
_NOT_BUILT: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Tertulia</title></head><body>
<h1>The server runs; the web page isn't built</h1>
<p>Run <code>make run</code> in the source folder, which builds it. The API works without it:
<a href="/api/openapi.json">its description</a>.</p>
</body></html>
"""


class Content:
    """Bytes that stay the same, with a tag of what is in them (a file's time may be any), and packed once: that costs a
    hundred times what sending does."""

    def __init__(self, content: bytes, media_type: str, cache: str = REVALIDATE) -> None:
        self._content: Final = content
        self._media_type: Final = media_type
        tag = hashlib.blake2b(content, digest_size=12).hexdigest()
        self._headers: Final = {"etag": f'"{tag}"', "cache-control": cache, "vary": "Accept-Encoding"}
        packs = len(content) >= COMPRESS_FROM and _TEXT.match(media_type)
        packed = gzip.compress(content, 6, mtime=0) if packs else content
        self._packed: Final = packed if len(packed) < len(content) else b""

    def response(self, headers: Headers) -> Response:
        """It, or 304 where the client has it, in gzip where the client can unpack."""
        response = Response(None, 200, self._headers)
        if _CONDITIONS.is_not_modified(response.headers, headers):
            response = NotModifiedResponse(response.headers)
        elif self._packed and _accepts_gzip(headers.get("accept-encoding", "")):
            response = Response(self._packed, 200, {**self._headers, "content-encoding": "gzip"}, self._media_type)
        else:
            response = Response(self._content, 200, self._headers, self._media_type)
        # Weak, since both encodings have it (RFC 9110, 8.8.1).
        response.headers["etag"] = f"W/{self._headers['etag']}"
        return response


class WebClient(StaticFiles):
    """The files below a folder. What looks like a page gets `index.html`, for the client to route."""

    def __init__(self, folder: Path | None) -> None:
        super().__init__(directory=folder if folder is not None and folder.is_dir() else None)
        self._contents: Final[dict[str, tuple[int, Content]]] = {}

    async def get_response(self, path: str, scope: Scope) -> Response:
        asked: str = scope["path"]
        missing = "/." in asked
        try:
            if not missing:
                return await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code == 405:
                raise
        _mark(scope)
        if missing or asked.startswith(HASHED) or _FILE.search(asked):
            return PlainTextResponse("There is no such file.\n", 404, {"cache-control": REVALIDATE})
        try:
            return await super().get_response("index.html", scope)
        except HTTPException:
            return HTMLResponse(_NOT_BUILT, 503, {"cache-control": "no-store"})

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,  # noqa: ARG002  StaticFiles' own signature
    ) -> Response:
        _mark(scope)
        if scope["path"].startswith(DRAWINGS):
            # Shown by <img> alone; as a page of its own it may do nothing.
            exchange_in(scope).kind = Kind.CONTENT
        path = os.fspath(full_path)
        changed, content = self._contents.get(path, (0, None))
        if content is None or changed != stat_result.st_mtime_ns:
            content = _load(Path(path), IMMUTABLE if scope["path"].startswith(HASHED) else REVALIDATE)
            self._contents[path] = stat_result.st_mtime_ns, content
        return content.response(Headers(scope=scope))


def _mark(scope: Scope) -> None:
    exchange = exchange_in(scope)
    exchange.operation, exchange.kind = "static", Kind.PAGE


def _load(path: Path, cache: str) -> Content:
    return Content(path.read_bytes(), media_type_of(path.name), cache)


def media_type_of(name: str) -> str:
    """What a file of that name is, whatever the machine's own list of types says."""
    return _TYPES.get(Path(name).suffix) or guess_type(name)[0] or "application/octet-stream"


def _accepts_gzip(header: str) -> bool:
    """Whether `Accept-Encoding` names gzip and doesn't weigh it with 0."""
    for one in header.lower().split(","):
        name, _, weight = one.partition(";")
        if name.strip() == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
