"""`WebPages`: the port `Pages`. Redirects are followed by hand, so that each step is looked at like the first."""

import asyncio
import logging
from typing import Final
from urllib.parse import urljoin

from msgspec import Struct

from tertulia.adapters.web import answers, heads
from tertulia.adapters.web.answers import Body
from tertulia.adapters.web.dialing import Dialer
from tertulia.adapters.web.refusals import RefusedError
from tertulia.adapters.web.targets import Target, target_of
from tertulia.domain import limits
from tertulia.ports.pages import Page

_OK: Final = 200
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PAGE_TYPES: Final = frozenset({"text/html", "application/xhtml+xml"})
_PICTURE_TYPES: Final = frozenset({"image/jpeg", "image/jpg", "image/png", "image/gif", "image/webp"})
_logger: Final = logging.getLogger("tertulia.previews")


class Had(Struct, frozen=True):
    """An answer of 200, and where it came from in the end."""

    target: Target
    content_type: str
    body: Body


class WebPages:
    """`seconds` is for one page or picture, with all its redirects."""

    def __init__(self, dialer: Dialer | None = None, *, seconds: float = limits.PREVIEW_SECONDS) -> None:
        self._dialer: Final = dialer or Dialer()
        self._seconds: Final = seconds

    async def page(self, url: str) -> Page | None:
        had = await self._have(url, "text/html", _PAGE_TYPES, limits.PREVIEW_PAGE_BYTES)
        if had is None:
            return None
        said = await asyncio.to_thread(heads.read, had.body.content, had.content_type)
        if not said.title:
            return None
        site, picture = target_of(url).host, _picture_of(had.target, said.picture)
        return Page(site=site, title=said.title, description=said.description, picture=picture, alt=said.alt)

    async def picture(self, url: str) -> bytes | None:
        had = await self._have(url, "image/webp, image/*", _PICTURE_TYPES, limits.PREVIEW_PICTURE_BYTES)
        return had.body.content if had is not None and had.body.whole else None

    def close(self) -> None:
        self._dialer.close()

    async def _have(self, url: str, accept: str, types: frozenset[str], most: int) -> Had | None:
        host = ""
        try:
            async with asyncio.timeout(self._seconds):
                for _ in range(limits.PREVIEW_REDIRECTS_MAX + 1):
                    target = target_of(url)
                    host = target.host
                    answer = await self._ask(target, accept, types, most)
                    if isinstance(answer, Had):
                        return answer
                    url = _joined(url, answer)
                raise RefusedError("too many redirects")
        except RefusedError as refusal:
            reason = refusal.reason
        except TimeoutError:
            reason = "too slow"
        except OSError as error:
            # Sockets, names and TLS. What the other side said isn't told.
            reason = type(error).__name__
        _logger.info("nothing to show from %s: %s", host or "an address", reason)
        return None

    async def _ask(self, target: Target, accept: str, types: frozenset[str], most: int) -> Had | str:
        """What was had, or where it is instead. Raises RefusedError, OSError."""
        async with self._dialer.dial(target) as (reader, writer):
            writer.write(answers.request(target, accept))
            await writer.drain()
            head = await answers.read_head(reader)
            if head.status in _REDIRECTS and "location" in head.fields:
                return head.fields["location"]
            content_type = head.fields.get("content-type", "")
            bare = content_type.partition(";")[0].strip().lower()
            if head.status != _OK or bare not in types:
                raise RefusedError("not what is looked for")
            return Had(target, content_type, await answers.read_body(reader, head, most))


def _picture_of(page: Target, reference: str) -> str:
    """The address of a page's picture; "" where it names none."""
    if not reference:
        return ""
    try:
        return _joined(f"{page.scheme}://{page.authority}{page.path}", reference)
    except RefusedError:
        return ""


def _joined(base: str, reference: str) -> str:
    """An address as it stands in a page or an answer, from where that was."""
    try:
        return urljoin(base, reference.strip())
    except ValueError:
        raise RefusedError("no address") from None
