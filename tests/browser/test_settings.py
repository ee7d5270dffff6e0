"""How a browser is set: what each setting does, and that it stays."""

from collections.abc import Callable
from typing import Final
from uuid import uuid4

from playwright.sync_api import Locator, Page, expect
from tests.browser.guests import Guest, quiet, until

Invite = Callable[..., Guest]
COLOUR: Final = "getComputedStyle(document.body).backgroundColor"
LISTEN: Final = """() => {
  const live = document.querySelector('.hidden[aria-live]');
  window.heard = [];
  const note = () => window.heard.push(live.textContent);
  new MutationObserver(note).observe(live, { characterData: true, childList: true, subtree: true });
}"""


def settings(page: Page) -> Locator:
    page.get_by_role("button", name="Settings", exact=True).click()
    dialog = page.get_by_role("dialog", name="Settings")
    expect(dialog).to_be_visible()
    return dialog


def test_the_look_is_chosen_and_there_before_any_script_of_the_page(invite: Invite) -> None:
    """At once, after a reload, in the person's other tab, and before the page's own script is loaded."""
    ana = invite("Ana", color_scheme="light")
    page = ana.page
    other = ana.context.new_page()
    other.goto("/")
    light = page.evaluate(COLOUR)
    settings(page).get_by_role("radio", name="Dark").check()
    dark = page.evaluate(COLOUR)
    assert dark != light
    expect(other.locator("html")).to_have_attribute("data-theme", "dark")
    other.close()
    with ana.forgiving("ERR_FAILED|Failed to load"):
        page.route("**/assets/*.js", lambda route: route.abort())
        page.reload(wait_until="domcontentloaded")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        assert page.evaluate(COLOUR) == dark
        assert page.locator("#app > *").count() == 0


def test_high_contrast_is_seven_to_one(invite: Invite) -> None:
    """What is soft in other looks is black on white here, also where the system is dark."""
    for scheme, ink in (("light", "rgb(28, 28, 28)"), ("dark", "rgb(240, 240, 240)")):
        ana = invite("Ana", color_scheme=scheme)
        settings(ana.page).get_by_role("radio", name="High contrast").check()
        hint = ana.page.get_by_role("dialog").locator(".hint").first
        expect(hint).to_have_css("color", ink)


def test_who_wants_less_motion_has_it_without_asking(invite: Invite) -> None:
    """The system's wish is the normal setting; the person's own choice is above it."""
    calm, ana = invite("Calm", reduced_motion="reduce"), invite("Ana")
    expect(calm.page.locator("html")).to_have_attribute("data-motion", "never")
    expect(ana.page.locator("html")).to_have_attribute("data-motion", "auto")
    settings(calm.page).get_by_role("radio", name="Move while pointed at or focused").check()
    calm.page.reload()
    expect(calm.page.locator("html")).to_have_attribute("data-motion", "hover")


def test_enter_begins_a_line_where_control_and_enter_sends(invite: Invite) -> None:
    """With the one setting Enter sends; with the other it doesn't."""
    ana, ben = invite("Ana"), invite("Ben")
    ana.visit(ben)
    settings(ana.page).get_by_role("radio", name="Ctrl+Enter sends").check()
    ana.page.keyboard.press("Escape")
    ana.composer.focus()
    keys = ana.page.keyboard
    keys.type("one")
    keys.press("Enter")
    keys.type("two")
    expect(ana.composer).to_have_value("one\ntwo")
    keys.press("Control+Enter")
    expect(ana.composer).to_have_value("")
    expect(ana.log.locator("article")).to_have_count(1)
    quiet(ana)


def test_only_mentions_are_read_out_where_that_is_wanted(invite: Invite) -> None:
    """A message that mentions nobody is silent; a mention is read out wherever it is."""
    ana, ben = invite("Ana"), invite("Ben")
    conversation = ana.visit(ben)
    settings(ana.page).get_by_role("radio", name="Mentions of you", exact=True).check()
    ana.page.keyboard.press("Escape")
    ana.page.get_by_role("link", name="Tertulia").click()
    ana.page.evaluate(LISTEN)
    for text in ("nothing for anybody", f"hello @{ana.username}"):
        ben.post(f"/api/conversations/{conversation}/messages", {"id": uuid4().hex, "text": text})
    until(ana.page, "() => heard", any)
    assert ana.page.evaluate("heard.filter((text) => text)") == [f"Ben, elsewhere: hello @{ana.username}"]


def test_letters_do_nothing_where_they_are_switched_off(invite: Invite) -> None:
    """WCAG 2.1.4: no single letter does anything then; with them on, it does."""
    ana, ben = invite("Ana"), invite("Ben")
    conversation = ana.visit(ben)
    ben.post(f"/api/conversations/{conversation}/messages", {"id": uuid4().hex, "text": "first"})
    row = ana.message("first")
    row.focus()
    dialog = settings(ana.page)
    dialog.get_by_role("switch", name="Single letters").uncheck()
    ana.page.keyboard.press("Escape")
    row.focus()
    for key in ("r", "?", "k", "g"):
        ana.page.keyboard.press(key)
    expect(row).to_be_focused()
    expect(ana.page.get_by_role("dialog")).to_have_count(0)
    settings(ana.page).get_by_role("switch", name="Single letters").check()
    ana.page.keyboard.press("Escape")
    row.focus()
    ana.page.keyboard.press("r")
    expect(ana.composer).to_be_focused()


def test_seen_is_not_read_where_that_is_wanted(invite: Invite) -> None:
    """Messages stay unread however long they are looked at, until Escape says that they are read."""
    ana, ben = invite("Ana"), invite("Ben")
    settings(ana.page).get_by_role("switch", name="Messages are read when").uncheck()
    ana.page.keyboard.press("Escape")
    conversation = ana.visit(ben)
    ana.composer.focus()
    ben.post(f"/api/conversations/{conversation}/messages", {"id": uuid4().hex, "text": "look"})
    expect(ana.message("look")).to_be_visible()
    ana.page.wait_for_timeout(1_500)  # longer than seeing takes
    assert ana.get(f"/api/conversations/{conversation}")["unread"] == 1
    ana.page.keyboard.press("Escape")
    expect(ana.page).to_have_title("Tertulia")
