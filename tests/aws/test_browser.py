"""Two people, each in a browser, on a deployed stack that sends codes by e-mail."""

from collections.abc import Iterator
from typing import Final

import httpx
import pytest
from playwright.sync_api import Browser, expect
from tests.aws.place import CONFIRMATION_CODE, AwsPlace, Cloud
from tests.browser import guests
from tests.browser.guests import PASSWORD, Guest, quiet

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]

PATIENCE_MS: Final = 30_000
"""Each function's first call begins a container."""


@pytest.fixture(scope="module", autouse=True)
def patience() -> Iterator[None]:
    expect.set_options(timeout=PATIENCE_MS)
    yield
    expect.set_options(timeout=guests.PATIENCE_MS)


@pytest.fixture(scope="module")
def place(cloud: Cloud) -> Iterator[AwsPlace]:
    running = cloud.place({"TERTULIA_CONFIRM_BY_EMAIL": "true"})
    yield running
    running.close()


def sign_up_with_a_code(guest: Guest) -> None:
    page = guest.page
    page.goto("/sign-up")
    page.get_by_label("Your name").fill(guest.name)
    page.get_by_label("Username").fill(guest.username)
    page.get_by_label("E-mail").fill(f"{guest.username}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    page.get_by_label("Code", exact=True).fill(CONFIRMATION_CODE)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="Pull up a chair")).to_be_visible()


def test_the_page_knows_that_codes_are_sent(place: AwsPlace) -> None:
    """So that it asks for an address and for the code."""
    config = httpx.get(f"{place.base_url}/config.json", timeout=60, trust_env=False).json()
    assert config["codes"] is True
    assert config["sign_up"] == "open"


def test_two_people_confirm_their_accounts_and_talk(place: AwsPlace, browser: Browser) -> None:
    """They see each other's messages at once, a reload keeps the page, and no page complains: not of its
    Content-Security-Policy either."""
    ana, ben = (Guest(browser, place.base_url, name, storage_state=None) for name in ("Ana María", "Ben Okafor"))
    sign_up_with_a_code(ana)
    sign_up_with_a_code(ben)
    ana.begin_with(ben)
    ana.say("Hello Ben!")
    ben.open("Ana María")
    ben.sees("Hello Ben!")
    ben.say("I am here.")
    ana.sees("Hello Ben!", "I am here.")
    address = ana.page.url
    ana.page.reload()
    ana.sees("Hello Ben!", "I am here.")
    assert ana.page.url == address
    ana.say("Still here.")
    ben.sees("Hello Ben!", "I am here.", "Still here.")
    for guest in (ana, ben):
        quiet(guest)

        guest.close()
