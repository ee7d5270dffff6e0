"""What a page asks for when it is opened, and what is seen before there is a connection."""

import re
from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit
from uuid import uuid4

from playwright.sync_api import Request, expect
from tests.browser.files import held_up
from tests.browser.guests import Guest, quiet, until

Invite = Callable[..., Guest]


def test_it_is_there_before_the_connection_and_asked_for_once(invite: Invite) -> None:
    """List and messages come ahead of the page's program; the connection brings what was said meanwhile."""
    ana, ben = invite("Ana"), invite("Ben")
    conversation = ana.visit(ben)
    path = f"/api/conversations/{conversation}/messages"
    ben.post(path, {"id": uuid4().hex, "text": "hello"})
    ana.sees("hello")
    asked: Counter[str] = Counter()

    def note(request: Request) -> None:
        asked[f"{request.method} {urlsplit(request.url).path}"] += 1

    ana.page.on("request", note)
    tickets = held_up(ana.page, re.compile("/api/tickets$"), "POST")
    ana.page.reload()
    ana.sees("hello")
    expect(ana.item("Ben")).to_be_visible()
    expect(ana.composer).to_be_focused()
    ben.post(path, {"id": uuid4().hex, "text": "meanwhile"})
    ana.say("from here")
    until(ana.page, "() => true", lambda _: len(tickets) == 1)
    tickets[0].continue_()
    ana.sees("hello", "meanwhile", "from here")
    ben.open("Ana")
    ben.say("and now")
    ana.sees("hello", "meanwhile", "from here", "and now")
    once = ("POST /api/auth/refresh", "POST /api/tickets", "GET /config.json", f"GET {path}")
    assert [asked[each] for each in once] == [1] * len(once), asked
    assert asked["GET /api/conversations"] == 2, asked


def test_nothing_depends_on_it(invite: Invite) -> None:
    """Where the script that asks ahead doesn't come, the program asks for everything itself."""
    ana, ben = invite("Ana"), invite("Ben")
    ana.visit(ben)
    ana.say("hello")
    ana.sees("hello")
    ana.page.route("**/ahead.js", lambda route: route.abort())
    with ana.forgiving("Failed to load resource"):
        ana.page.reload()
        ana.sees("hello")
    ben.open("Ana")
    ben.say("and now")
    ana.sees("hello", "and now")


def test_much_that_is_unread_is_asked_for_once(invite: Invite) -> None:
    """The visit begins at the first of it; who goes to the end at once stays there."""
    ana, ben = invite("Ana"), invite("Ben")
    group = ana.post("/api/conversations", {"kind": "group", "members": [ben.username], "title": "Trip"})["id"]
    path = f"/api/conversations/{group}/messages"
    for number in range(90):
        ben.post(path, {"id": uuid4().hex, "text": f"number {number}"})
    around: list[str] = []
    ana.page.on("request", lambda request: around.append(request.url) if "around=" in request.url else None)
    ana.page.goto(f"/c/{group}")
    ana.log.locator("article").last.focus()
    ana.page.keyboard.press("Control+End")
    expect(ana.message("number 89")).to_be_in_viewport()
    quiet(ana)
    expect(ana.message("number 89")).to_be_in_viewport()
    assert len(around) == 1, around
