"""What a page asks for when it is opened, and what is seen before there is a connection."""

import re
from collections import Counter
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from playwright.sync_api import Request, expect
from tests.browser.files import held_up, let_go
from tests.browser.guests import Guest, quiet, until

Invite = Callable[..., Guest]

FIRST_DRAWN = """
localStorage.removeItem('tertulia.kept');
const list = () => {
  const lines = [...document.querySelectorAll('#conversations li')];
  const below = innerHeight - lines.at(-1)?.getBoundingClientRect().bottom;
  const times = lines.map((line) => line.querySelector('.conversation-time').textContent.trim());
  return { count: lines.length, below, times };
};
const log = () => {
  const box = document.querySelector('[role=log]');
  const count = document.querySelectorAll('[role=log] article').length;
  return { count, over: box && box.scrollHeight - box.clientHeight };
};
new MutationObserver(() => {
  for (const [name, look] of Object.entries({ list, log })) {
    const seen = look();
    if (seen.count) window[name] ??= seen;
  }
}).observe(document, { childList: true, subtree: true });
"""
"""Notes what is there when the first conversations and the first messages are; with nothing from earlier visits."""

SOCKET_OPENED = """
window.WebSocket = class extends WebSocket {
  constructor(...all) {
    super(...all);
    this.addEventListener('open', () => (window.opened ??= performance.now()));
  }
};
"""
"""Notes when there was a connection first."""


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


def test_what_people_say_is_asked_for_once_however_long_the_list_takes(invite: Invite) -> None:
    """Whom to follow is told when the connection has brought the list, and again where it is others by then."""
    ana, ben, cleo = invite("Ana"), invite("Ben"), invite("Cleo")
    asked: list[str] = []

    def note(request: Request) -> None:
        if urlsplit(request.url).path == "/api/statuses":
            asked.append(parse_qs(urlsplit(request.url).query)["usernames"][0])

    ana.page.on("request", note)
    ana.visit(ben)
    ana.say("hello")
    ana.sees("hello")
    until(ana.page, "() => true", lambda _: any(ben.username in each for each in asked))
    asked.clear()
    ana.page.add_init_script(SOCKET_OPENED)
    lists = held_up(ana.page, re.compile(r"/api/conversations\?"), "GET")
    ana.page.reload()
    until(ana.page, "() => true", lambda _: bool(lists))
    lists[0].continue_()
    ana.sees("hello")
    until(ana.page, "() => true", lambda _: len(lists) == 2)
    until(ana.page, "() => performance.now() - window.opened", lambda passed: passed > 400)
    lists[1].continue_()
    until(ana.page, "() => true", lambda _: bool(asked))
    cleo.post("/api/conversations", {"kind": "direct", "members": [ana.username]})
    until(ana.page, "() => true", lambda _: len(asked) > 1)
    assert asked == [f"{ana.username},{ben.username}", cleo.username], asked


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


def test_who_sends_before_the_messages_are_there_sees_what_they_sent(invite: Invite) -> None:
    """The visit begins at its end then, and not at the first unread message, nor at a part of the log."""
    ana, ben = invite("Ana"), invite("Ben")
    group = ana.post("/api/conversations", {"kind": "group", "members": [ben.username], "title": "Trip"})["id"]
    for number in range(60):
        ben.post(f"/api/conversations/{group}/messages", {"id": uuid4().hex, "text": f"number {number}"})
    pattern = re.compile(rf"/{group}/messages\?")
    held = held_up(ana.page, pattern, "GET")
    ana.page.goto(f"/c/{group}")
    ana.say("from here")
    until(ana.page, "() => true", lambda _: bool(held))
    let_go(ana.page, pattern, held)
    expect(ana.message("from here")).to_be_in_viewport()
    quiet(ana)
    expect(ana.message("from here")).to_be_in_viewport()
    expect(ana.message("number 59")).to_be_in_viewport()


def test_what_fills_the_window_is_drawn_first(invite: Invite) -> None:
    """Of messages and of conversations; the others, and the times, come after that."""
    ana, ben = invite("Ana"), invite("Ben")
    groups = [
        str(
            ana.post("/api/conversations", {"kind": "group", "members": [ben.username], "title": f"Trip {number}"})[
                "id"
            ]
        )
        for number in range(25)
    ]
    for number in range(60):
        ana.post(f"/api/conversations/{groups[0]}/messages", {"id": uuid4().hex, "text": f"number {number}"})
    ana.page.add_init_script(FIRST_DRAWN)
    ana.page.goto(f"/c/{groups[0]}")
    expect(ana.log.locator("article")).to_have_count(50)
    expect(ana.page.locator("#conversations li")).to_have_count(25)
    expect(ana.log.locator("time").first).to_have_text(re.compile(r"\d"))
    drawn, log = ana.page.evaluate("[window.list, window.log]")
    assert drawn["count"] < 25, drawn
    assert drawn["below"] < 0, drawn
    assert set(drawn["times"]) == {""}, drawn
    assert log["count"] < 50, log
    assert log["over"] > 0, log
