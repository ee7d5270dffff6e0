"""Searching messages: what is found, going there, and coming back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, expect
from tests.browser.guests import Guest, today

Invite = Callable[..., Guest]
NARROW: Final = {"width": 320, "height": 640}


def write(guest: Guest, conversation: str, *texts: str) -> None:
    for text in texts:
        guest.post(f"/api/conversations/{conversation}/messages", {"id": uuid4().hex, "text": text})


def panel(guest: Guest) -> Locator:
    return guest.page.get_by_role("complementary", name="Search messages")


def search(guest: Guest, text: str) -> None:
    box = panel(guest).get_by_role("textbox", name="Search for")
    box.fill(text)
    box.press("Enter")


def count(guest: Guest) -> Locator:
    return panel(guest).get_by_role("status")


def test_what_was_written_is_found_and_marked_as_text(invite: Invite) -> None:
    """Author, time and place of each; markup stays text; what was found is marked whatever its case."""
    ana, ben = invite("Ana"), invite("Ben")
    conversation = ana.visit(ben)
    write(ben, conversation, "Shall we have TEA?", "<img src=x onerror=alert(1)> tea & cake", "coffee")
    ana.page.keyboard.press("Control+Shift+F")
    expect(panel(ana).get_by_role("textbox")).to_be_focused()
    search(ana, "in:here tea")
    expect(count(ana)).to_have_text("2 results")
    results = panel(ana).get_by_role("listitem")
    expect(results.first).to_contain_text("<img src=x onerror=alert(1)> tea & cake")
    expect(results.first).to_contain_text("Ben")
    expect(panel(ana).locator("mark")).to_have_text(["tea", "TEA"])
    assert panel(ana).locator("img").count() == 0


def test_a_search_is_narrowed(invite: Invite) -> None:
    """By phrase, author, conversation, day and link; a wrong filter says what is right."""
    ana, ben, cleo = invite("Ana"), invite("Ben"), invite("Cleo")
    one, other = ana.visit(cleo), ana.visit(ben)
    write(ana, other, "green tea https://example.org")
    write(ben, other, "tea that is green")
    write(cleo, one, "green tea too")
    ana.page.get_by_role("button", name="Search", exact=True).click()
    now, tomorrow = today(), today() + timedelta(days=1)
    for text, expected in (
        ("green tea", "3 results"),
        ('"green tea"', "2 results"),
        (f"green from:{ben.username}", "1 result"),
        ("green from:me", "1 result"),
        ("green in:cleo", "1 result"),
        ("green in:here", "2 results"),
        ("green has:link", "1 result"),
        (f"green before:{now}", "No results"),
        (f"green after:{tomorrow}", "No results"),
        (f"green after:{now - timedelta(days=1)} before:{tomorrow}", "3 results"),
    ):
        search(ana, text)
        expect(count(ana)).to_have_text(expected)
    search(ana, "green before:soon")
    expect(count(ana)).to_contain_text("After before: comes a day")


@pytest.mark.parametrize("wide", [True, False])
def test_one_goes_to_a_result_and_comes_back_to_where_one_was(invite: Invite, wide: bool) -> None:
    """Far back in history; the results keep their place, on a narrow page too, also by the browser's way back."""
    ana = invite("Ana") if wide else invite("Ana", viewport=NARROW)
    ben = invite("Ben")
    conversation = str(ana.post("/api/conversations", {"kind": "direct", "members": [ben.username]})["id"])
    write(ben, conversation, *(f"needle {number}" for number in range(30)))
    write(ben, conversation, *(f"hay {number}" for number in range(90)))
    ana.open(ben.name)
    ana.page.get_by_role("button", name="Search", exact=True).click()
    search(ana, "needle")
    expect(count(ana)).to_have_text("25 results so far")
    panel(ana).get_by_role("button", name="Search further").click()
    expect(count(ana)).to_have_text("30 results")
    results = panel(ana).get_by_role("listitem")
    results.nth(24).get_by_role("button").click()
    landed = ana.message("needle 5").first
    expect(landed).to_be_in_viewport()
    expect(landed).to_be_focused()
    assert ana.page.url.split("/")[-1].isdigit()
    if wide:
        expect(results.nth(24)).to_be_in_viewport()
    else:
        expect(panel(ana)).to_be_hidden()
        ana.page.get_by_role("button", name="Back to results").click()
    expect(results.nth(24).get_by_role("button")).to_have_attribute("aria-current", "true")
    expect(results.nth(24)).to_be_in_viewport()
    results.nth(25).get_by_role("button").click()
    expect(ana.message("needle 4").first).to_be_focused()
    ana.page.go_back()
    expect(results.nth(25)).to_be_in_viewport()
    expect(results.nth(25).get_by_role("button")).to_be_focused()


def test_the_switcher_leads_to_the_search_and_escape_gives_the_focus_back(invite: Invite) -> None:
    """`?` and words in the switcher search; Escape closes the panel and the composer has the focus again."""
    ana, ben = invite("Ana"), invite("Ben")
    conversation = ana.visit(ben)
    write(ben, conversation, "the umbrella")
    keys = ana.page.keyboard
    ana.composer.focus()
    keys.press("Control+k")
    keys.type("? umbrella")
    keys.press("Enter")
    expect(count(ana)).to_have_text("1 result")
    keys.press("ArrowDown")
    expect(panel(ana).locator(".result")).not_to_be_focused()
    panel(ana).locator("input").press("Tab")
    expect(panel(ana).locator(".result")).to_be_focused()
    keys.press("Escape")
    expect(panel(ana)).to_have_count(0)
    expect(ana.composer).to_be_focused()


def test_an_address_leads_to_a_message(invite: Invite) -> None:
    """The address of a message opens its conversation there, with the rows around it."""
    ana, ben = invite("Ana"), invite("Ben")
    conversation = str(ana.post("/api/conversations", {"kind": "direct", "members": [ben.username]})["id"])
    write(ben, conversation, *(f"line {number}" for number in range(120)))
    first = ana.get(f"/api/conversations/{conversation}/messages?after=0&limit=10")["messages"][4]
    ana.page.goto(f"/c/{conversation}/{first['timestamp']}")
    expect(ana.message("line 4").first).to_be_focused()
    expect(ana.message("line 4").first).to_be_in_viewport()
