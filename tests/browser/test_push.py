"""Being told while no page is open: the switch and what it says, and what the service worker makes of a push message.

No push service can be reached from a test, so the browser's own way to one is replaced where a subscription is needed,
and push messages are handed to the worker by the browser's debugging protocol.
"""

import json
import re
import time
from collections.abc import Callable
from typing import Any, Final

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import WHOLE_CHROMIUM
from tests.browser.guests import Guest, until
from tests.browser.test_notifications import READY, begin, told, write
from tests.conformance.scenarios import POINT, SECRET

Invite = Callable[..., Guest]
ENDPOINT: Final = "https://push.example/a-browser"
# As long as the page is open; what subscribes is the browser's own API in form.
SUBSCRIBES: Final = f"""() => {{
  let here = null;
  const made = (options) => ({{
    endpoint: '{ENDPOINT}', options,
    toJSON: () => ({{ endpoint: '{ENDPOINT}', keys: {{ p256dh: '{POINT}', auth: '{SECRET}' }} }}),
    unsubscribe: async () => {{ here = null; return true; }},
  }});
  PushManager.prototype.getSubscription = async () => here;
  PushManager.prototype.subscribe = async (options) => {{
    const key = new Uint8Array(options.applicationServerKey);
    if (!options.userVisibleOnly || key.length !== 65 || key[0] !== 4) throw new Error('not the server\\'s key');
    return (here = made({{ ...options, applicationServerKey: key.buffer }}));
  }};
}}"""
REFUSES: Final = """() => {
  PushManager.prototype.subscribe = async () => { throw new DOMException('no service', 'AbortError'); };
}"""

TOLD_NOW: Final = """() => navigator.serviceWorker.ready.then((registration) => registration.getNotifications())
  .then((all) => all.map(({ title, body }) => ({ title, body })))"""
FORGETS: Final = """() => Object.keys(localStorage).filter((key) => key.includes('notifications.'))
  .map((key) => localStorage.removeItem(key)).length"""
KEPT: Final = "() => caches.match('/kept-for-notices.json').then((kept) => kept.json())"


class Worker:
    """The service worker of a guest's page, as a push service reaches it."""

    def __init__(self, guest: Guest) -> None:
        self._origin: Final = guest.base_url
        self._session: Final = guest.context.new_cdp_session(guest.page)
        self._found: Final[list[str]] = []
        self._session.on("ServiceWorker.workerRegistrationUpdated", self._note)
        self._session.send("ServiceWorker.enable")
        until(guest.page, "() => true", lambda _: bool(self._found))

    def _note(self, event: dict[str, Any]) -> None:
        self._found.extend(each["registrationId"] for each in event["registrations"] if not each["isDeleted"])

    def push(self, data: str) -> None:
        message = {"origin": self._origin, "registrationId": self._found[-1], "data": data}
        self._session.send("ServiceWorker.deliverPushMessage", message)


@pytest.fixture(scope="module")
def chromium() -> str:
    return WHOLE_CHROMIUM


@pytest.fixture
def ana(invite: Invite) -> Guest:
    """Somebody whose browser allows notifications."""
    guest = invite("Ana", service_workers="allow")
    guest.context.grant_permissions(["notifications"])
    guest.page.evaluate(READY)
    return guest


def test_the_worker_tells_of_a_push_message_once(ana: Guest, invite: Invite) -> None:
    """Of one that no page has; not of what the page has told already, not of what isn't a message, and an older one
    doesn't take a newer one's place."""
    ben = invite("Ben")
    conversation = begin(ana, ben)
    expect(ana.item("Ben")).to_be_visible()
    write(ben, conversation, "the page has this")
    expect(ana.page).to_have_title("(1) Tertulia")
    known = int(ana.get(f"/api/conversations/{conversation}")["head"]["timestamp"])
    worker = Worker(ana)
    said = {"conversation": conversation, "author": "ben", "name": "Ben", "title": "", "more": 0}
    later = (int(time.time()) + 60) * 1_000_000
    for data in ("", "{", '{"conversation": "/evil"}', json.dumps({**said, "timestamp": known, "text": "known"})):
        worker.push(data)
    worker.push(json.dumps({**said, "timestamp": later, "title": "Tea", "text": "come  over"}))
    (note,) = told(ana.page, 1)
    assert note == {
        "title": "Ben in Tea",
        "body": "come over",
        "tag": conversation,
        "path": f"/c/{conversation}/{later}",
    }
    worker.push(json.dumps({**said, "timestamp": later - 1, "text": "older"}))
    worker.push(json.dumps({**said, "timestamp": later + 1}))
    (note,) = until(ana.page, TOLD_NOW, lambda all_told: [each["body"] for each in all_told] == ["An attachment"])
    assert note["title"] == "Ben"


def test_the_switch_adds_this_browser_and_takes_it_away(ana: Guest) -> None:
    """With the server's key; again when only the showing of texts changes; without a push service it says so, and
    signing out ends it."""
    page = ana.page
    page.evaluate(REFUSES)
    page.get_by_role("button", name="Settings", exact=True).click()
    switch = page.get_by_role("switch", name="Also when Tertulia is closed")
    with ana.forgiving("push"):
        switch.check()
        expect(page.get_by_text("push service can’t be reached")).to_be_visible()
    switch.uncheck()
    page.evaluate(SUBSCRIBES)
    switch.check()
    expect(page.get_by_text("This browser is told while")).to_be_visible()
    (device,) = ana.get("/api/notifications")["devices"]
    assert device["show_text"] is True
    expect(page.get_by_role("switch", name=re.compile("^Notifications"))).to_be_checked()
    page.get_by_role("switch", name="Show what was written").uncheck()
    assert until(page, KEPT, lambda kept: not kept["show_text"])["message"] == "A new message"
    until(page, "() => true", lambda _: not ana.get("/api/notifications")["devices"][0]["show_text"])
    switch.uncheck()
    expect(page.get_by_role("switch", name="Show what was written")).to_have_count(0)
    until(page, "() => true", lambda _: ana.get("/api/notifications")["devices"] == [])


def test_quiet_hours_and_mutes_hold_on_all_devices(ana: Guest, invite: Invite) -> None:
    """They are the server's: what one browser sets, another has; and nothing is told of then."""
    ben = invite("Ben")
    page = ana.page
    page.get_by_role("button", name="Settings", exact=True).click()
    page.get_by_role("switch", name="Notifications").check()
    page.get_by_role("switch", name="Quiet hours").check()
    page.get_by_label("From", exact=True).fill("00:00")
    page.get_by_label("From", exact=True).blur()
    page.get_by_label("To", exact=True).fill("23:59")
    page.get_by_label("To", exact=True).blur()
    page.keyboard.press("Escape")
    conversation = ana.visit(ben)
    page.get_by_role("button", name="Members and settings").click()
    page.get_by_label("Mute").select_option(label="For an hour")
    expect(page.get_by_label("Mute").locator("option").first).to_contain_text("Until")
    page.keyboard.press("Escape")
    kept = ana.get("/api/notifications")
    assert (kept["quiet"]["begin"], kept["quiet"]["end"]) == (0, 1439)
    assert kept["conversations"][conversation]["muted_until"] > time.time() * 1_000_000
    page.evaluate(FORGETS)
    ana.call("PUT", "/api/notifications/quiet", {"quiet": None})
    page.reload()
    page.get_by_role("button", name="Members and settings").click()
    expect(page.get_by_label("Mute").locator("option").first).to_contain_text("Until")
    page.get_by_label("Mute").select_option(label="No longer")
    expect(page.get_by_label("Mute").locator("option").first).to_have_text("Not muted")
