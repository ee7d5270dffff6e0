"""The home on one machine with previews on, and a site beside it that it may ask: names lead to it, and this machine is
let through at its port alone.

Run: python -m tests.browser.previewing <port> <folder>
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Final

from tests.adapters.web.site import answer, opened_site, page, pages_of
from tests.conformance.places import EmbeddedPlace
from tests.fixtures import pictures

from tertulia.homes.local import Started, serve
from tertulia.homes.settings import read_settings

PICTURE: Final = '<meta property="og:image" content="/a.png"><meta property="og:image:alt" content="A round table">'
SAID: Final = '<meta property="og:description" content="What the page says of itself, in a sentence or two.">'
NAMES: Final = ("pages.example", "xn--80ak6aa92e.example", f"{'long.' * 20}pages.example")
LONG: Final = NAMES[2]


class PreviewingPlace(EmbeddedPlace):
    """Such a server as a process of its own; `site_port` is its site's."""

    site_port: int

    def _command(self) -> list[str]:
        return [sys.executable, "-m", "tests.browser.previewing", str(self._port), str(self._folder / "data")]

    def _wait_for_address(self) -> None:
        super()._wait_for_address()
        self.site_port = int((self._folder / "data" / "site-port").read_text())

    def link(self, path: str = "/", host: str = NAMES[0]) -> str:
        return f"http://{host}:{self.site_port}{path}"


async def main(port: int, folder: Path) -> None:
    settings = read_settings({**os.environ, "TERTULIA_PREVIEWS": "on"}, port=port, data=folder)
    async with opened_site() as site:
        site.answers["/"] = answer(page("A page about tables", SAID))
        site.answers["/pic"] = answer(page("Round tables", SAID, PICTURE))
        site.answers["/a.png"] = answer(pictures.png((600, 400)), kind="image/png")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "site-port").write_text(str(site.port))

        def started(server: Started) -> None:
            sys.stdout.write(json.dumps({"url": server.url}) + "\n")
            sys.stdout.flush()

        await serve(settings, started, pages_of(site, *NAMES))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
