"""What happens in a conversation beside its messages is seen by who is in it."""

from collections.abc import Callable

from playwright.sync_api import expect
from tests.browser.guests import Guest

Invite = Callable[..., Guest]


def test_changes_are_shown_as_they_come_and_after_a_reload(invite: Invite) -> None:
    """Between the messages, in time order, those that follow each other in one row; and they are nothing unread."""
    ana, ben, cleo = invite("Ana"), invite("Ben"), invite("Cleo")
    group = {"kind": "group", "members": [ben.username], "title": "Trip"}
    path = f"/api/conversations/{ana.post('/api/conversations', group)['id']}"
    ben.open("Trip")
    rows = ben.log.locator("article .bubble .text, .change p")
    begun = "Ana began the group “Trip” with you"
    expect(ben.log.locator(".change p")).to_contain_text([begun])
    ben.say("hello")
    ben.sees("hello")
    ana.call("PUT", f"{path}/members/{cleo.username}", {"role": "admin"})
    ana.patch(path, {"title": "Summer trip"})
    expect(ben.log.locator(".change")).to_have_count(2)
    cleo.open("Summer trip")
    cleo.say("thanks")
    cleo.sees("thanks")
    ana.call("DELETE", f"{path}/members/{cleo.username}")
    ana.patch(path, {"live_typing": True})
    expect(cleo.item("Summer trip")).to_have_count(0)
    told = [
        begun,
        "hello",
        "Ana added Cleo as an admin",
        "Ana changed the title to “Summer trip”",
        "thanks",
        "Ana removed Cleo",
        "Ana switched live typing on",
    ]
    expect(rows).to_contain_text(told)
    expect(rows).to_have_count(len(told))
    expect(ben.page).to_have_title("Tertulia")
    ben.page.reload()
    expect(rows).to_contain_text(told)
    expect(rows).to_have_count(len(told))
    expect(ben.log.locator(".change")).to_have_count(3)
    ben.page.goto("/")
    expect(ben.item("Summer trip")).to_be_visible()
    ana.patch(path, {"title": "Autumn trip"})
    expect(ben.item("Autumn trip")).to_be_visible()
    expect(ben.page.locator(".badge")).to_have_count(0)


def test_who_joins_later_sees_how_it_came_to_that(invite: Invite) -> None:
    """The first row of a new member is the one in which he or she was added, unless older entries may be read too."""
    ana, ben = invite("Ana"), invite("Ben")
    group = {"kind": "group", "members": [], "title": "Trip"}
    path = f"/api/conversations/{ana.post('/api/conversations', group)['id']}"
    ana.post(f"{path}/messages", {"id": "1", "text": "before"})
    ana.call("PUT", f"{path}/members/{ben.username}", {})
    ben.open("Trip")
    expect(ben.log.locator(".change p")).to_contain_text(["Ana added you"])
    expect(ben.log.locator("article")).to_have_count(0)
    ana.page.goto(ben.page.url)
    expect(ana.log.locator(".change p")).to_contain_text(["You began the group “Trip”", "You added Ben"])


def test_of_many_changes_the_last_are_shown_and_the_others_when_asked_for(invite: Invite) -> None:
    """A row of changes is reached and opened by keyboard, and keeps the focus."""
    ana, ben = invite("Ana"), invite("Ben")
    group = {"kind": "group", "members": [ben.username], "title": "Trip"}
    path = f"/api/conversations/{ana.post('/api/conversations', group)['id']}"
    for role in ("admin", "member", "admin", "member", "owner"):
        ana.call("PUT", f"{path}/members/{ben.username}", {"role": role})
    ana.open("Trip")
    lines = ana.log.locator(".change p")
    expect(lines).to_contain_text(["You made Ben an admin", "You made Ben a member", "You made Ben an owner"])
    expect(lines).to_have_count(3)
    keys = ana.page.keyboard
    keys.press("Shift+F6")
    keys.press("Enter")
    expect(ana.page.get_by_role("button", name="3 more")).to_be_focused()
    keys.press("Enter")
    expect(lines).to_have_count(6)
    expect(ana.log.locator(".change")).to_be_focused()
    keys.press("Escape")
    expect(ana.composer).to_be_focused()
