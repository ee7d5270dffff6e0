"""Being told of messages: when, by which tab, where the click leads, and what isn't told."""

from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Route, expect
from tests.browser.conftest import WHOLE_CHROMIUM
from tests.browser.guests import Guest, until

Invite = Callable[..., Guest]
READY: Final = "() => navigator.serviceWorker.ready.then(() => true)"
TOLD: Final = """() => navigator.serviceWorker.ready.then((registration) => registration.getNotifications())
  .then((all) => all.map(({ title, body, tag, data }) => ({ title, body, tag, path: data.path })))"""
# A browser without a window asks nobody: here is one that asks, and a person who refuses.
ASKS: Final = """() => {
  window.asked = 0;
  let permission = 'default';
  Object.defineProperty(Notification, 'permission', { get: () => permission });
  Notification.requestPermission = async () => { window.asked += 1; return (permission = 'denied'); };
}"""


def write(guest: Guest, conversation: str, text: str) -> None:
    guest.post(f"/api/conversations/{conversation}/messages", {"id": uuid4().hex, "text": text})


def told(page: Page, count: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = until(page, TOLD, lambda all_told: len(all_told) == count)
    return found


def begin(one: Guest, other: Guest) -> str:
    return str(one.post("/api/conversations", {"kind": "direct", "members": [other.username]})["id"])


@pytest.fixture(scope="module")
def chromium() -> str:
    return WHOLE_CHROMIUM


@pytest.fixture
def ana(invite: Invite) -> Guest:
    """Somebody who has switched notifications on, and looks at no conversation."""
    guest = invite("Ana", service_workers="allow")
    guest.context.grant_permissions(["notifications"])
    guest.page.evaluate(READY)
    guest.page.get_by_role("button", name="Settings", exact=True).click()
    guest.page.get_by_role("switch", name="Notifications").check()
    guest.page.keyboard.press("Escape")
    return guest


def test_nobody_is_asked_before_a_click(invite: Invite) -> None:
    """Opening the page and reading asks for nothing; switching it on asks; a refusal is said, and how to change it."""
    guest, ben = invite("Guest"), invite("Ben")
    guest.page.evaluate(ASKS)
    write(ben, guest.visit(ben), "hello")
    expect(guest.message("hello")).to_be_visible()
    assert guest.page.evaluate("() => window.asked") == 0
    guest.page.get_by_role("button", name="Settings", exact=True).click()
    switch = guest.page.get_by_role("switch", name="Notifications")
    switch.click()
    assert guest.page.evaluate("() => window.asked") == 1
    expect(switch).to_be_disabled()
    expect(switch).not_to_be_checked()
    expect(guest.page.get_by_role("dialog")).to_contain_text("The browser doesn’t allow it")


def test_a_message_that_nobody_looks_at_is_told_once_by_however_many_tabs(ana: Guest, invite: Invite) -> None:
    """Who wrote, what, without spoilers; one notification; it goes when the message was read."""
    ben = invite("Ben Okafor")
    conversation = begin(ana, ben)
    others = [ana.context.new_page() for _ in range(2)]
    for page in others:
        ana.listen(page)
        page.goto("/")
        expect(page.get_by_role("button", name="Your account")).to_be_visible()
    expect(ana.item("Ben")).to_be_visible()
    write(ben, conversation, "the butler did it: ||the butler||")
    (note,) = told(ana.page, 1)
    assert note["title"] == "Ben Okafor"
    assert "the butler||" not in note["body"]
    assert note["body"].startswith("the butler did it")
    assert note["path"].startswith(f"/c/{conversation}/")
    others[0].bring_to_front()
    others[0].goto(f"/c/{conversation}")
    told(ana.page, 0)


def test_what_somebody_looks_at_in_another_tab_is_not_told(ana: Guest, invite: Invite) -> None:
    """The tab that leads asks the others; a message elsewhere is told meanwhile."""
    ben, cleo = invite("Ben"), invite("Cleo")
    conversation, elsewhere = begin(ana, ben), begin(ana, cleo)
    other = ana.context.new_page()
    ana.listen(other)
    other.goto(f"/c/{conversation}")
    other.bring_to_front()
    expect(other.locator(".composer textarea")).to_be_visible()
    expect(ana.item("Cleo")).to_be_visible()
    write(ben, conversation, "seen")
    expect(other.get_by_role("log").get_by_text("seen")).to_be_visible()
    write(cleo, elsewhere, "not seen")
    (note,) = told(ana.page, 1)
    assert note["tag"] == elsewhere


def test_a_conversation_tells_of_what_is_wanted(ana: Guest, invite: Invite) -> None:
    """All, mentions or nothing, each for one conversation; it stays after a reload. Of no conversation, where somebody
    isn't to be disturbed."""
    ben = invite("Ben")
    ana.visit(ben)
    conversation = ana.page.url.split("/")[-1]
    ana.page.get_by_role("button", name="Members and settings").click()
    ana.page.get_by_label("Notify me of").select_option("mentions")
    ana.page.keyboard.press("Escape")
    ana.page.reload()
    ana.page.get_by_role("link", name="Tertulia").click()
    expect(ana.item("Ben")).to_be_visible()
    write(ben, conversation, "nothing for anybody")
    expect(ana.page).to_have_title("(1) Tertulia")
    ana.call("PUT", "/api/users/me/status", {"dnd": True})
    busy = ana.page.locator(".sidebar-foot").get_by_role("img", name="do not disturb")
    expect(busy).to_be_visible()
    other = ben.post("/api/conversations", {"kind": "group", "members": [ana.username]})["id"]
    write(ben, other, "not now")
    expect(ana.page).to_have_title("(2) Tertulia")
    ana.call("PUT", "/api/users/me/status", {})
    expect(busy).to_have_count(0)
    write(ben, conversation, f"hello @{ana.username}")
    (note,) = told(ana.page, 1)
    assert note["body"] == f"hello @{ana.username}"


def test_the_first_message_of_a_conversation_is_told(ana: Guest, invite: Invite) -> None:
    """Also where the conversation, read because it is new here, has it already."""
    ben = invite("Ben")
    waiting: list[Route] = []
    ana.page.route("**/api/conversations/*", lambda route: waiting.append(route))
    with ana.page.expect_request("**/api/conversations/*"):
        conversation = begin(ben, ana)
        write(ben, conversation, "hello")
    ana.page.unroute("**/api/conversations/*")
    for route in waiting:
        route.continue_()
    (note,) = told(ana.page, 1)
    assert note["body"] == "hello"


def test_a_click_leads_to_the_tab_and_the_message(ana: Guest, invite: Invite) -> None:
    """What the worker says when a notification is clicked, the page does; nothing that isn't an address of its own."""
    ben = invite("Ben")
    conversation = begin(ana, ben)
    expect(ana.item("Ben")).to_be_visible()
    write(ben, conversation, "come here")
    (note,) = told(ana.page, 1)
    say = "(path) => navigator.serviceWorker.dispatchEvent(new MessageEvent('message', { data: { go: path } }))"
    ana.page.evaluate(say, "//evil.example/")
    assert ana.page.url.endswith("/")
    ana.page.evaluate(say, note["path"])
    expect(ana.message("come here")).to_be_focused()
    told(ana.page, 0)


def test_the_tab_shows_that_something_is_unread(invite: Invite) -> None:
    """In its title and its icon, until it is read."""
    guest, ben = invite("Guest"), invite("Ben")
    icon = guest.page.locator("link[rel='icon']")
    conversation = begin(guest, ben)
    expect(guest.item("Ben")).to_be_visible()
    write(ben, conversation, "hello")
    expect(guest.page).to_have_title("(1) Tertulia")
    expect(icon).to_have_attribute("href", "/favicon-unread.svg")
    guest.open("Ben")
    expect(guest.page).to_have_title("Tertulia")
    expect(icon).to_have_attribute("href", "/favicon.svg")
