"""Sharing where one is: once, and live."""

import json
from collections.abc import Callable
from typing import Final

from playwright.sync_api import expect
from tests.browser.guests import Guest

Invite = Callable[..., Guest]

MADRID: Final = {"latitude": 40.4168, "longitude": -3.7038, "accuracy": 20}
LISBON: Final = {"latitude": 38.7223, "longitude": -9.1393, "accuracy": 20}


def test_a_place_and_a_live_location_reach_the_other(invite: Invite) -> None:
    """The browser is asked after a click alone; the other sees each move, and the end; the server has no position."""
    ana = invite("Ana", geolocation=MADRID, permissions=["geolocation"])
    ben = invite("Ben")
    conversation = ana.visit(ben)
    ben.visit(ana)
    ana.page.get_by_role("button", name="Share where you are").click()
    ana.page.get_by_role("button", name="Where I am now").click()
    expect(ana.page.get_by_role("dialog")).to_have_count(0)
    place = ben.log.get_by_role("article").first
    expect(place.get_by_text("40.4168° N, 3.7038° W")).to_be_visible()
    expect(place.get_by_text("to within 20 m")).to_be_visible()
    link = place.get_by_role("link", name="Open in a map")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(ben.page.get_by_role("link", name="Ana").first).to_contain_text("Location")

    ana.page.get_by_role("button", name="Share where you are").click()
    ana.page.get_by_role("button", name="Live for 15 minutes").click()
    live = ben.log.get_by_role("article").last
    expect(live.get_by_text("Live location until")).to_be_visible()
    expect(live.get_by_text("40.4168° N")).to_be_visible()
    expect(live.get_by_role("button")).to_have_count(0)
    ana.context.set_geolocation(LISBON)  # type: ignore[arg-type]
    # A position is told every five seconds at most.
    expect(live.get_by_text("38.7223° N, 9.1393° W")).to_be_visible(timeout=15_000)
    assert "38.72" not in json.dumps([ben.get(f"/api/conversations/{conversation}/log")])
    ana.log.get_by_role("button", name="Stop sharing").click()
    expect(live.get_by_text("This message was deleted.")).to_be_visible()
    expect(ana.log.get_by_text("This message was deleted.")).to_be_visible()


def test_who_may_not_say_where_they_are_is_told_how_to_change_it(invite: Invite) -> None:
    """Nothing is sent, and the choice stays open."""
    ana, ben = invite("Ana"), invite("Ben")
    ana.visit(ben)
    ana.page.get_by_role("button", name="Share where you are").click()
    ana.page.get_by_role("button", name="Live for 1 hour").click()
    expect(ana.page.get_by_text("The browser may not say where you are.")).to_be_visible()
    expect(ana.page.get_by_role("button", name="Live for 1 hour")).to_be_enabled()
    expect(ana.log.get_by_role("article")).to_have_count(0)
