"""A server, a browser, and guests in it."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.browser.guests import Guest
from tests.conformance.places import EmbeddedPlace, Place, RemotePlace

WHOLE_CHROMIUM: Final = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
"""Chromium with all its parts: its notifications, for one, are missing from the one without windows."""
_PLACES: Final = ("/usr/bin/chromium-headless-shell", WHOLE_CHROMIUM)
CHROMIUM: Final = os.environ.get("CHROMIUM") or next(filter(os.path.exists, _PLACES), _PLACES[-1])
"""The part of Chromium without windows where it is there: it takes half the time."""
STATIC: Final = Path(__file__).parents[2] / "src" / "tertulia" / "static" / "index.html"

Invite = Callable[..., Guest]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")
            item.add_marker("slow")


@pytest.fixture(scope="module")
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    if not STATIC.exists():
        pytest.fail("The web client isn't built: run `make web`.")
    url = request.config.getoption("--url")
    running: Place = RemotePlace(url) if url else EmbeddedPlace(tmp_path_factory.mktemp("home"))
    yield running
    running.close()


@pytest.fixture(scope="module")
def chromium() -> str:
    """Where the browser of a module's tests is; a module may ask for another."""
    return CHROMIUM


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    if not Path(chromium).exists():
        pytest.fail(f"There is no Chromium at {chromium}: install it (Debian: apt-get install chromium).")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def invite(place: Place, browser: Browser) -> Iterator[Invite]:
    """Makes guests: `invite("Ana")` is somebody new, signed in."""
    guests: list[Guest] = []

    def come(name: str, *, arrive: bool = True, **options: object) -> Guest:
        if not arrive:
            options = {"storage_state": None, **options}
        guest = Guest(browser, place.base_url, name, **options)
        guests.append(guest)
        if arrive:
            guest.arrive()
        return guest

    yield come
    # Each of them, also where the page of one has complained.
    with ExitStack() as leaving:
        for guest in guests:
            leaving.callback(guest.close)
