"""Keys, days and unread messages: how one gets about in the messages."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import expect
from tests.browser.guests import Guest, quiet, today

Invite = Callable[..., Guest]


def write(guest: Guest, conversation: str, *texts: str) -> None:
    for text in texts:
        guest.post(f"/api/conversations/{conversation}/messages", {"id": uuid4().hex, "text": text})


def begin(one: Guest, other: Guest) -> str:
    return str(one.post("/api/conversations", {"kind": "direct", "members": [other.username]})["id"])


def test_the_keys_are_listed(invite: Invite) -> None:
    """Ctrl+/ anywhere, ? where it isn't text, a button in the settings; the focus goes back."""
    ana, ben = invite("Ana"), invite("Ben")
    write(ben, ana.visit(ben), "hello")
    keys, dialog = ana.page.keyboard, ana.page.get_by_role("dialog", name="Keyboard shortcuts")
    ana.composer.focus()
    keys.press("Control+/")
    expect(dialog).to_be_visible()
    keys.press("Escape")
    expect(ana.composer).to_be_focused()
    keys.type("?")
    expect(ana.composer).to_have_value("?")
    ana.message("hello").focus()
    keys.type("?")
    expect(dialog).to_be_visible()
    keys.press("Escape")
    expect(ana.message("hello")).to_be_focused()
    ana.page.get_by_role("button", name="Settings", exact=True).press("Enter")
    ana.page.get_by_role("button", name="Keyboard shortcuts").press("Enter")
    expect(dialog).to_be_visible()
    keys.press("Escape")
    expect(ana.page.get_by_role("button", name="Settings", exact=True)).to_be_focused()


def test_a_selection_is_marked_by_keys_and_the_browser_can_undo_it(invite: Invite) -> None:
    """Bold, italic and links; without a selection Ctrl+K leads to the switcher."""
    ana, ben = invite("Ana"), invite("Ben")
    ana.visit(ben)
    keys = ana.page.keyboard
    ana.composer.fill("good day")
    keys.press("Control+A")
    keys.press("Control+b")
    expect(ana.composer).to_have_value("**good day**")
    keys.press("Control+i")
    expect(ana.composer).to_have_value("**_good day_**")
    keys.press("Control+z")
    expect(ana.composer).to_have_value("**good day**")
    ana.composer.fill("this")
    keys.press("Control+A")
    keys.press("Control+k")
    keys.type("https://example.org")
    expect(ana.composer).to_have_value("[this](https://example.org)")
    keys.press("Control+k")
    expect(ana.page.get_by_role("dialog", name="Go to a conversation")).to_be_visible()


def test_shift_and_arrow_up_replies_to_the_last(invite: Invite) -> None:
    """From the empty box where one writes; Escape cancels."""
    ana, ben = invite("Ana"), invite("Ben")
    write(ben, ana.visit(ben), "one", "two")
    expect(ana.message("two")).to_be_visible()
    ana.composer.focus()
    ana.page.keyboard.press("Shift+ArrowUp")
    expect(ana.page.locator(".mode-line")).to_contain_text("two")
    ana.page.keyboard.press("Escape")
    expect(ana.page.locator(".mode-line")).to_have_count(0)


@pytest.mark.parametrize("way", ["key", "button"])
def test_messages_are_marked_unread_until_they_are_seen_again(invite: Invite, way: str) -> None:
    """From there on, though they are seen; also after a reload; until the conversation is opened again and read."""
    ana, ben, cleo = invite("Ana"), invite("Ben"), invite("Cleo")
    begin(ana, cleo)
    conversation = ana.visit(ben)
    write(ben, conversation, "one", "two", "three")
    expect(ana.message("three")).to_be_visible()
    ana.reads_all(conversation)
    row = ana.message("two")
    if way == "key":
        row.focus()
        ana.page.keyboard.press("Shift+U")
    else:
        row.hover()
        row.get_by_role("button", name="Mark unread from here").click()
    expect(ana.page).to_have_title("(2) Tertulia")
    expect(ana.log.get_by_role("separator", name="New messages from here")).to_be_visible()
    ana.open(cleo.name)
    expect(ana.item("Ben").locator(".badge")).to_have_text("2")
    ana.page.reload()
    expect(ana.item("Ben").locator(".badge")).to_have_text("2")
    ana.open("Ben")
    expect(ana.page).to_have_title("Tertulia")
    ana.open(cleo.name)
    expect(ana.item("Ben").locator(".badge")).to_have_count(0)


def test_n_goes_to_what_is_unread(invite: Invite) -> None:
    """The conversation with the latest unread message; nothing happens where there is none."""
    ana, ben, cleo = invite("Ana"), invite("Ben"), invite("Cleo")
    other = begin(ana, cleo)
    write(ben, ana.visit(ben), "here")
    expect(ana.page).to_have_title("Tertulia")
    ana.message("here").focus()
    ana.page.keyboard.press("n")
    expect(ana.message("here")).to_be_focused()
    write(cleo, other, "there")
    expect(ana.item("Cleo").locator(".badge")).to_have_text("1")
    ana.page.keyboard.press("n")
    expect(ana.message("there")).to_be_visible()


def test_one_goes_to_a_day_once_and_back_to_the_present(invite: Invite) -> None:
    """By /jump, by the day's heading, by g; the pill says which day one looks at."""
    ana, ben = invite("Ana"), invite("Ben")
    conversation = begin(ana, ben)
    write(ben, conversation, *(f"line {number}" for number in range(160)))
    ana.open(ben.name)
    pill = ana.page.locator(".pill")
    pill.click()
    expect(ana.message("line 159")).to_be_in_viewport()
    ana.reads_all(conversation)
    ana.composer.fill(f"/jump {today()}")
    ana.composer.press("Enter")
    expect(ana.message("line 0").first).to_be_in_viewport()
    expect(ana.composer).to_have_value("")
    expect(pill).to_contain_text("Today")
    pill.click()
    expect(ana.message("line 159")).to_be_in_viewport()
    expect(pill).to_have_count(0)
    ana.message("line 159").focus()
    ana.page.keyboard.press("g")
    dialog = ana.page.get_by_role("dialog", name="Go to a day")
    expect(dialog.get_by_label("Day")).to_have_value(str(today()))
    dialog.get_by_role("button", name="Go there").click()
    expect(ana.message("line 0").first).to_be_focused()
    ana.page.keyboard.press("Control+End")
    expect(ana.message("line 159")).to_be_focused()
    ana.log.get_by_role("button", name="Today").click()
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="The beginning").click()
    expect(ana.message("line 0").first).to_be_in_viewport()
    assert len(ana.get(f"/api/conversations/{conversation}/messages?limit=1")["messages"]) == 1
    assert ana.get(f"/api/conversations/{conversation}")["head"]["messages"] == 160, "what asks for a day isn't sent"
    quiet(ana)


def test_a_wrong_day_is_said_and_nothing_is_sent(invite: Invite) -> None:
    """A sentence says how it is written."""
    ana, ben = invite("Ana"), invite("Ben")
    ana.visit(ben)
    ana.composer.fill("/jump tomorrow")
    ana.composer.press("Enter")
    expect(ana.page.get_by_role("alert")).to_contain_text("/jump 2026-09-01")
    expect(ana.log.locator("article .bubble")).to_have_count(0)
