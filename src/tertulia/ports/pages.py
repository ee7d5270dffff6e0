"""Pages of the web that messages link to."""

from typing import Protocol

from msgspec import Struct


class Page(Struct, frozen=True, kw_only=True):
    """What a page says of itself, as it says it: of any length and with any characters. `site` is the host of the link
    in ASCII. `picture` is the address of one, or "", and `alt` what it shows."""

    site: str
    title: str
    description: str = ""
    picture: str = ""
    alt: str = ""


class Pages(Protocol):
    """Asks only where anybody on the internet could ask: never this machine, its network, or what only looks like a
    public address. Bounded in bytes, time and redirects; sends nothing that tells who asks, or for whom.

    Nothing is raised: what can't be had is None, and says why in a line of the log, without the address's path.
    """

    async def page(self, url: str) -> Page | None:
        """None also where it has no title."""
        ...

    async def picture(self, url: str) -> bytes | None:
        """A content that calls itself a picture; nobody has looked into it."""
        ...
