"""Without a connection: the page opens, what was seen can be read, and nothing is left of who signed out."""

from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4

from playwright.sync_api import expect
from tests.browser.guests import OFFLINE, REFUSED, Guest, quiet, until

Invite = Callable[..., Guest]

WORKS: Final = """() => navigator.serviceWorker.ready.then(({ active }) =>
  active.state === 'activated' || new Promise((done) => active.addEventListener('statechange', () => done(true))))"""
CACHED: Final = """async () => {
  const paths = [];
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) paths.push(new URL(request.url).pathname);
  return paths;
}"""
KEPT: Final = """async () => !(await indexedDB.databases()).some(({ name }) => name === 'tertulia-kept') ? {} :
new Promise((resolve, reject) => {
  const opening = indexedDB.open('tertulia-kept');
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const database = opening.result;
    const names = [...database.objectStoreNames];
    if (!names.length) { database.close(); return resolve({}); }
    const transaction = database.transaction(names);
    const found = {};
    for (const name of names) {
      transaction.objectStore(name).getAll().onsuccess = (event) => (found[name] = event.target.result);
    }
    transaction.oncomplete = () => { database.close(); resolve(found); };
  };
})"""
"""Who opens a database that isn't there makes an empty one, which the page would then find."""
WIDTH: Final = """(src) => new Promise((done) => {
  const image = new Image();
  image.onload = () => done(image.naturalWidth);
  image.src = src;
})"""


def write(guest: Guest, conversation: str, *texts: str) -> None:
    for text in texts:
        guest.post(f"/api/conversations/{conversation}/messages", {"id": uuid4().hex, "text": text})


def keeps(guest: Guest, count: int) -> None:
    """Waits until the messages of the open conversation are kept."""

    def held(kept: dict[str, Any]) -> bool:
        panes = [one["pane"] for one in kept.get("conversations", ()) if one["pane"]]
        return any(len(pane["messages"]) == count for pane in panes)

    until(guest.page, KEPT, held)


def test_the_worker_keeps_the_files_of_the_page_and_nothing_else(invite: Invite) -> None:
    """No answer of the API, no picture, no configuration is in its cache."""
    ana, ben = invite("Ana", service_workers="allow"), invite("Ben")
    write(ben, ana.visit(ben), "hello")
    ana.page.evaluate(WORKS)
    ana.page.reload()
    expect(ana.message("hello")).to_be_visible()
    paths = ana.page.evaluate(CACHED)
    fixed = {
        "/",
        "/first.js",
        "/ahead.js",
        "/favicon.png",
        "/favicon.svg",
        "/favicon-unread.svg",
        "/manifest.webmanifest",
    }
    assert fixed <= set(paths)
    assert all(path.startswith("/assets/") for path in set(paths) - fixed)
    assert any(path.endswith(".js") for path in paths)


def test_what_was_seen_is_read_without_a_connection(invite: Invite) -> None:
    """After a reload too: list, messages, names, switcher; the banner says so; what is written waits and is sent."""
    ana, ben = invite("Ana", service_workers="allow"), invite("Ben Okafor")
    write(ben, ana.visit(ben), "one", "two")
    expect(ana.message("two")).to_be_visible()
    ana.page.evaluate(WORKS)
    keeps(ana, 2)
    with ana.forgiving(f"{OFFLINE}|{REFUSED}"):
        ana.context.set_offline(True)
        ana.page.reload()
        expect(ana.message("two")).to_be_visible()
        expect(ana.page.get_by_role("heading", name="Ben Okafor")).to_be_visible()
        expect(ana.page.get_by_text("You’re offline")).to_be_visible()
        ana.page.keyboard.press("Control+k")
        ana.page.keyboard.type("oka")
        expect(ana.page.get_by_role("option", name="Ben Okafor")).to_be_visible()
        ana.page.keyboard.press("Enter")
        ana.say("three")
        expect(ana.message("three")).to_be_visible()
        ana.context.set_offline(False)
        expect(ana.page.get_by_text("You’re offline")).to_have_count(0, timeout=30_000)
        ana.sees("one", "two", "three")
        quiet(ana)
    ben.visit(ana)
    ben.sees("one", "two", "three")


def test_what_came_meanwhile_is_there_after_coming_back(invite: Invite) -> None:
    """What was kept is shown first, and then brought up to date without a hole."""
    ana, ben = invite("Ana", service_workers="allow"), invite("Ben")
    conversation = ana.visit(ben)
    write(ben, conversation, "one", "two")
    expect(ana.message("two")).to_be_visible()
    keeps(ana, 2)
    address = ana.page.url
    ana.page.goto("about:blank")
    write(ben, conversation, "three", "four")
    ana.page.goto(address)
    ana.sees("one", "two", "three", "four")


def test_nothing_is_left_of_who_signed_out(invite: Invite) -> None:
    """No conversation, message or name in the browser's storage."""
    ana, ben = invite("Ana", service_workers="allow"), invite("Ben")
    write(ben, ana.visit(ben), "a secret")
    expect(ana.message("a secret")).to_be_visible()
    keeps(ana, 1)
    ana.page.get_by_role("button", name="Your account").click()
    ana.page.get_by_role("button", name="Sign out", exact=True).click()
    expect(ana.page.get_by_role("button", name="Sign in")).to_be_visible()
    until(ana.page, KEPT, lambda kept: not any(kept.values()))
    assert "a secret" not in ana.page.evaluate("() => JSON.stringify({...localStorage})")


def test_the_page_can_be_installed(invite: Invite) -> None:
    """Name, icons of both kinds and a start; each icon is there, a picture of the size that it says."""
    ana = invite("Ana")
    manifest = ana.context.request.get("/manifest.webmanifest")
    assert manifest.headers["content-type"].startswith("application/manifest+json")
    described = manifest.json()
    assert described["start_url"] == "/"
    assert {icon["purpose"] for icon in described["icons"]} == {"any", "maskable"}
    for icon in described["icons"]:
        size = ana.page.evaluate(WIDTH, icon["src"])
        assert icon["sizes"] in ("any", f"{size}x{size}")
