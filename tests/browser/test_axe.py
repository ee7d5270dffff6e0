"""axe finds nothing to complain of, in any view and any look (WCAG 2.2 AA, and its rules of good practice)."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from tests.browser.axe import violations
from tests.browser.conftest import CHROMIUM
from tests.browser.files import choose, picture, ready, text
from tests.browser.furnished import furnish, open_furnished, say
from tests.browser.guests import OFFLINE, REFUSED, Guest, new_username, quiet
from tests.browser.test_door import Mail
from tests.browser.test_voice import MICROPHONE
from tests.conformance.places import ADMIN, Place

Invite = Callable[..., Guest]
pytestmark = pytest.mark.timeout(400)

LOOKS: Final = {"dark": ("dark", "dark"), "contrast": ("contrast", "light"), "contrast and dark": ("contrast", "dark")}
"""Beside light: the page's setting, and how the system is set."""
THEME: Final = "(theme) => { document.documentElement.dataset.theme = theme; }"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One with a microphone."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", *MICROPHONE])
        yield started
        started.close()


class Inspector:
    """Looks at view after view of somebody's, in every look, and notes what is wrong; `report` fails with all of it."""

    def __init__(self, guest: Guest) -> None:
        self.guest = guest
        self.found: list[str] = []

    def look(self, view: str) -> None:
        page = self.guest.page
        self._note(view, violations(page))
        for name, (theme, scheme) in LOOKS.items():
            page.emulate_media(color_scheme=scheme)
            page.evaluate(THEME, theme)
            self._note(f"{view}, {name}", violations(page, contrast=theme == "contrast", colours=True))
        page.emulate_media(color_scheme="light")
        page.evaluate(THEME, "light")

    def _note(self, view: str, told: list[str]) -> None:
        self.found += [f"{view}: {each}" for each in told if f": {each}" not in "".join(self.found)]

    def report(self) -> None:
        assert not self.found, "\n" + "\n".join(self.found)


@pytest.fixture
def look(place: Place) -> dict[str, Any]:
    """How a guest's browser is set."""
    kept = {"tertulia.signed-in": "1", "tertulia.setting.theme": "light"}
    items = [{"name": name, "value": value} for name, value in kept.items()]
    return {
        "color_scheme": "light",
        "reduced_motion": "reduce",
        "permissions": ["microphone"],
        "storage_state": {"cookies": [], "origins": [{"origin": place.base_url, "localStorage": items}]},
    }


@pytest.fixture
def inspect(invite: Invite, look: dict[str, Any]) -> Callable[[str], Inspector]:
    """Somebody new in that look, signed in, and who looks over the shoulder."""

    def begin(name: str) -> Inspector:
        return Inspector(invite(name, **look))

    return begin


def test_axe_notices_what_is_wrong(inspect: Callable[[str], Inspector]) -> None:
    """A button without a name, pale text and a small target are told, each by its rule."""
    inspector = inspect("Ana María")
    inspector.guest.page.evaluate(
        """() => {
          const add = (parent, tag, text, style) => {
            const made = document.createElement(tag);
            made.textContent = text;
            Object.assign(made.style, style);
            parent.append(made);
          };
          const main = document.querySelector('main');
          add(main, 'button', '', { inlineSize: '3rem' });
          add(main, 'p', 'pale', { color: '#aaa', background: '#bbb' });
          const line = document.createElement('div');
          main.append(line);
          for (const name of ['one', 'two']) add(line, 'button', name, { blockSize: '10px', inlineSize: '10px' });
        }"""
    )
    inspector.look("broken")
    told = {each.split(": ")[1] for each in inspector.found}
    assert told >= {"button-name", "color-contrast", "target-size"}


def test_at_the_door(inspect: Callable[[str], Inspector], look: dict[str, Any]) -> None:
    """Signing in and up, codes, a forgotten password, and what is said where something is wrong."""
    inspector = inspect("Ana María")
    ana = inspector.guest
    page = ana.page
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    Mail(page)
    page.goto("/")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    inspector.look("sign-in")
    with ana.forgiving("40[01]|409"):
        page.get_by_label("Username").fill(ana.username)
        page.get_by_label("Password").fill("wrong password")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).not_to_be_empty()
        inspector.look("sign-in refused")
        page.get_by_role("button", name="Forgot password?").click()
        expect(page.get_by_role("button", name="Send the code")).to_be_visible()
        inspector.look("forgotten password")
        page.get_by_role("button", name="Send the code").click()
        expect(page.get_by_label("New password")).to_be_visible()
        inspector.look("a new password")
        page.goto("/sign-up")
        expect(page.get_by_label("Your name")).to_be_visible()
        inspector.look("sign-up")
        page.get_by_label("Username").fill(new_username("Other"))
        page.get_by_label("E-mail").fill("other@example.org")
        page.get_by_label("Password").fill("correct horse battery")
        page.get_by_role("button", name="Create account").click()
        code = page.get_by_role("textbox", name="Code", exact=True)
        code.fill("000000")
        code.press("Enter")
        expect(page.get_by_role("alert")).not_to_be_empty()
        inspector.look("a code")
    inspector.report()


def test_in_a_conversation(inspect: Callable[[str], Inspector], invite: Invite) -> None:
    """With every kind of row, its actions, completion, what is being uploaded, recorded and typed, and failures."""
    inspector, ben = inspect("Ana María"), invite("Ben Okafor")
    ana = inspector.guest
    page, keys = ana.page, ana.page.keyboard
    conversation = furnish(ana, ben)
    open_furnished(ana, conversation)
    inspector.look("conversation")
    ana.log.hover()
    page.mouse.wheel(0, -100_000)
    expect(page.locator(".pill")).to_be_visible()
    # Away from the rows: what is pointed at shows its actions, and what has the focus too.
    page.mouse.move(0, 0)
    inspector.look("its beginning")
    page.get_by_role("article").first.focus()
    expect(page.get_by_role("toolbar")).to_be_visible()
    inspector.look("actions of a message")
    ana.message("without a mistake").get_by_role("button", name="edited, show earlier versions").press("Enter")
    expect(page.get_by_role("dialog").get_by_role("listitem")).to_have_count(2)
    inspector.look("versions of a message")
    keys.press("Escape")
    ana.composer.fill(f"@{ben.username[:3]}")
    expect(page.get_by_role("option").first).to_be_visible()
    inspector.look("names that complete")
    ana.composer.fill("")
    ana.message("and one to what is gone").focus()
    keys.press("r")
    choose(ana, picture("tray.png"), text("tray.txt"))
    ready(ana, 2)
    inspector.look("a reply with files")
    keys.press("Escape")
    for remove in page.get_by_role("button", name=re.compile("^Remove tray")).all()[::-1]:
        remove.click()
    page.get_by_role("button", name="Record a voice note").click()
    expect(page.locator(".recorder").get_by_role("button", name="Pause recording")).to_be_visible()
    inspector.look("recorder")
    page.locator(".recorder").get_by_role("button", name="Stop and listen").click()
    expect(page.locator(".recorder").get_by_role("button", name="Listen to the voice note")).to_be_visible()
    inspector.look("recorded")
    page.locator(".recorder").get_by_role("button", name=re.compile("Discard")).click()
    ben.page.goto(f"/c/{conversation}")
    ben.composer.press_sequentially("what is being typed")
    expect(page.locator(".typing-dots, .live").first).to_be_visible()
    inspector.look("somebody types")
    with ana.forgiving("422|400"):
        refused = {"status": 400, "code": "invalid_request", "title": "Invalid request", "detail": "It is refused."}
        page.route("**/messages", lambda route: route.fulfill(status=400, json={"type": "x", **refused}))
        ana.say("refused", "refused too")
        expect(page.get_by_role("button", name="Retry all")).to_be_visible()
        inspector.look("failed messages")
    inspector.report()


def test_around_a_conversation(inspect: Callable[[str], Inspector], invite: Invite) -> None:
    """The list, dialogs, search, picker, lightbox: what opens beside or above."""
    inspector, ben = inspect("Ana María"), invite("Ben Okafor")
    ana = inspector.guest
    page, keys = ana.page, ana.page.keyboard
    inspector.look("nothing yet")
    conversation = furnish(ana, ben)
    say(ben, str(ben.post("/api/conversations", {"kind": "direct", "members": [ana.username]})["id"]), "psst")
    expect(ana.item("Ben Okafor").get_by_label("1 unread")).to_be_visible()
    inspector.look("welcome")
    open_furnished(ana, conversation)
    for opener, shown in (
        ("New conversation", "option"),
        ("Members and settings", "listitem"),
        ("Settings", "radio"),
        ("Your account", "button"),
        ("Emoji", "button"),
    ):
        page.get_by_role("button", name=opener, exact=True).click()
        expect(page.get_by_role("dialog").get_by_role(shown).nth(1)).to_be_visible()  # type: ignore[arg-type]
        if opener == "Emoji":
            expect(page.locator(".emoji-grid button").first).to_be_visible()
        inspector.look(opener)
        if opener == "Emoji":
            for tab, inside in (("Stickers", "A cat with sunglasses"), ("GIFs", "Add a GIF…")):
                page.get_by_role("tab", name=tab).click()
                expect(page.get_by_role("dialog").get_by_role("button", name=inside)).to_be_visible()
                inspector.look(tab)
        if opener == "New conversation":
            page.get_by_role("button", name="A group").click()
            page.get_by_role("dialog").get_by_role("combobox").fill(ben.username)
            page.get_by_role("option", name=ben.username).click()
            inspector.look("new group")
        keys.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    for key, view in (("Control+k", "switcher"), ("Control+/", "shortcuts")):
        keys.press(key)
        expect(page.get_by_role("dialog")).to_be_visible()
        inspector.look(view)
        keys.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    keys.press("Control+Shift+F")
    box = page.get_by_label("Search for")
    inspector.look("search")
    box.fill("picture")
    box.press("Enter")
    expect(page.locator(".result").first).to_be_visible()
    inspector.look("results")
    box.press("Escape")
    page.get_by_role("article").last.focus()
    keys.press("g")
    expect(page.get_by_role("dialog")).to_be_visible()
    inspector.look("go to a day")
    keys.press("Escape")
    keys.press("t")
    expect(page.locator(".thread-panel article").first).to_be_visible()
    inspector.look("thread")
    keys.press("Escape")
    page.locator(".picture-open").last.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    inspector.look("lightbox")
    keys.press("+")
    inspector.look("lightbox, larger")
    inspector.report()


def test_without_a_connection(inspect: Callable[[str], Inspector], invite: Invite) -> None:
    """The banner, and what waits to be sent; a conversation that isn't there."""
    inspector, ben = inspect("Ana María"), invite("Ben Okafor")
    ana = inspector.guest
    page = ana.page
    with ana.forgiving("404"):
        page.goto("/c/d_nowhere")
        expect(page.get_by_role("heading", name="This conversation isn’t here")).to_be_visible()
    inspector.look("missing")
    ana.visit(ben)
    ana.say("sent")
    quiet(ana)
    with ana.forgiving(f"{OFFLINE}|{REFUSED}"):
        ana.context.set_offline(True)
        expect(page.locator(".banner.warning")).to_be_visible(timeout=30_000)
        ana.say("waits")
        expect(ana.message("waits").locator(".mark")).to_be_visible()
        inspector.look("offline")
        ana.context.set_offline(False)
        expect(page.locator(".banner.warning")).to_have_count(0, timeout=30_000)
        quiet(ana)
    inspector.report()


def test_the_administrators_page(place: Place, browser: Browser, look: dict[str, Any]) -> None:
    """Its list, what is asked before somebody is disabled, and what others see."""
    look["storage_state"]["origins"][0]["localStorage"].pop(0)
    guest = Guest(browser, place.base_url, "Admin", **look)
    try:
        inspector = Inspector(guest)
        user = {"username": new_username("Zoe"), "password": "correct horse battery", "name": "Zoe"}
        assert guest.http.post("/api/auth/sign-up", json=user).status_code == 201
        guest.username = ADMIN
        page = guest.page
        page.goto("/admin")
        guest.sign_in()
        page.get_by_role("textbox", name="Search users").fill(user["username"])
        expect(page.get_by_role("listitem").filter(has_text=user["username"])).to_be_visible()
        expect(page.get_by_role("region", name="Users").get_by_role("status")).to_have_text("1 user")
        inspector.look("users")
        page.get_by_role("button", name="Disable Zoe").click()
        expect(page.get_by_role("dialog")).to_be_visible()
        inspector.look("disabling")
        inspector.report()
    finally:
        guest.close()
