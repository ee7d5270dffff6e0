"""The page in other languages: everything is translated, fits, and stands on its side."""

import json
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, cast

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.browser.files import choose, is_loaded, picture, pictures, text
from tests.browser.guests import PASSWORD, Guest, quiet, until
from tests.conformance.places import ADMIN, Place

Invite = Callable[..., Guest]
Say = Callable[[str], str]

CATALOGUES: Final = Path(__file__).parents[2] / "web" / "src" / "words"
SPEAK: Final = "(language) => localStorage.setItem('tertulia.setting.language', language)"
LETTERS: Final = str.maketrans("aeiouyncAEIOUYNC", "áéíóúýñçÁÉÍÓÚÝÑÇ")
# Where people's own words stand, or times, sizes and signs that the browser writes in the chosen language.
FREE: Final = (
    "bdi, time, .text [dir=auto], .quoted-text, .mode-quote, .live-text, .result-text, "
    "kbd, code, pre, .avatar, .brand-name, .day-name, .pill-day, .conversation-time, "
    ".mention, .emoji, .emoji-grid, .picture-play, option[lang], .file-text small, textarea"
)
FREE_TITLES: Final = "time, .change p, .edited, .emoji-grid *, .file-name, .reaction, .mention"
UNTRANSLATED: Final = """([free, titles, names]) => {
  const found = [];
  const bare = (words) => {
    let rest = words;
    for (const name of names) rest = rest.replaceAll(name, '');
    return /\\p{L}/u.test(rest);
  };
  let depth = 0;
  const outside = (words) => {
    let out = '';
    for (const sign of words) {
      if (sign === '⟦') depth += 1;
      else if (sign === '⟧') depth -= 1;
      else if (!depth) out += sign;
    }
    return out;
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data, parentElement: element } = texts.currentNode;
    if (element.closest('script, style, noscript')) continue;
    const rest = outside(data);
    if (bare(rest) && !element.closest(free)) found.push(`text: ${rest}`);
  }
  if (depth) found.push(`brackets: ${depth}`);
  for (const element of document.querySelectorAll('body *')) {
    for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'aria-valuetext']) {
      const value = element.getAttribute(name);
      if (value && !element.matches(titles) && bare(outside(value))) found.push(`${name}: ${value}`);
      depth = 0;
    }
  }
  return [...new Set(found)];
}"""
WIDER: Final = """() => {
  const wide = innerWidth + 1;
  const boxes = [...document.querySelectorAll('body, body *')].filter((box) => box.checkVisibility());
  const shown = boxes.filter((box) => !box.closest('.hidden, .byline.quiet, svg, .picture, .skip'));
  const out = shown.filter((box) => {
    const { left, right, width } = box.getBoundingClientRect();
    return width > 0 && (left < -1 || right > wide);
  });
  return out.map((box) => box.outerHTML.slice(0, 90));
}"""


def longer(english: str) -> str:
    """As the pseudo-language has it."""
    return f"⟦{english.translate(LETTERS)}{'·' * math.ceil(len(english) * 0.4)}⟧"


def words_of(language: str) -> Say:
    catalogue = json.loads((CATALOGUES / f"{language}.json").read_text())
    return lambda english: cast("str", catalogue["sentences"][english])


def speaks(guest: Guest, language: str) -> Page:
    """The guest's page in that language, from now on."""
    guest.page.evaluate(SPEAK, language)
    guest.page.reload()
    return guest.page


def all_translated(page: Page, *names: str) -> None:
    """No text that a reader could see or hear is outside of the brackets, but names, texts, times."""
    left: list[str] = []
    for _ in range(40):  # what is drawn a moment later, such as a status
        left = page.evaluate(UNTRANSLATED, [FREE, FREE_TITLES, [*names, "Tertulia"]])
        if not left:
            return
        page.wait_for_timeout(50)
    assert left == []


def picked(page: Page, english: str) -> Locator:
    return page.get_by_role("button", name=longer(english), exact=True).first


def keep_picture(page: Page, name: str) -> None:
    """For people to look at; only where a folder is named."""
    if folder := os.environ.get("WORDS_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_the_check_of_the_walk_finds_what_is_not_translated(invite: Invite) -> None:
    """In English nothing is in brackets, so that the walk below would fail."""
    ana = invite("Ana")
    found = ana.page.evaluate(UNTRANSLATED, [FREE, FREE_TITLES, [ana.name, ana.username]])
    assert "text: Start a conversation" in found
    assert "aria-label: New conversation" in found


def test_the_door_is_translated(invite: Invite) -> None:
    """Every form at it, and what goes wrong there."""
    ana = invite("Ana", arrive=False)
    page = ana.page
    page.goto("/")
    page.evaluate(SPEAK, "pseudo")
    for path in ("/", "/sign-up"):
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("lang", "en-XA")
        page.locator("form").wait_for()
        all_translated(page)
    page.goto("/")
    page.get_by_label(longer("Username")).fill("nobody.of.that.name")
    page.get_by_label(longer("Password")).fill(PASSWORD)
    with ana.forgiving("401"):
        page.locator("form .primary").click()
        expect(page.get_by_role("alert")).to_contain_text("⟦")
    all_translated(page)
    picked(page, "Forgot password?").click()
    expect(picked(page, "Back to signing in")).to_be_visible()
    all_translated(page)


def test_a_conversation_is_translated(invite: Invite) -> None:
    """Messages with all that can be at them, what happened between them, files, and each dialog that opens there."""
    ana, ben = invite("Ana"), invite("Ben")
    names = (ana.name, ana.username, ben.name, ben.username)
    path = furnish(ana, ben)
    speaks(ben, "pseudo")
    page = ben.page
    ben.page.get_by_role("navigation").get_by_role("link", name="Trip").click()
    row = ben.message("with a reaction")
    expect(row).to_be_visible()
    all_translated(page, *names, "Trip")
    row.hover()
    expect(page.get_by_role("toolbar")).to_be_visible()
    all_translated(page, *names, "Trip")
    choose(ben, picture("beach.png"), text("notes.txt"))
    expect(page.locator(".tray-item .upload-progress.done")).to_have_count(2, timeout=20_000)
    all_translated(page, *names, "Trip", "beach.png", "notes.txt")
    ben.say("with files")
    is_loaded(pictures(ben).first)
    quiet(ben)
    all_translated(page, *names, "Trip", "beach.png", "notes.txt")
    pictures(ben).first.click()
    expect(page.locator(".lightbox")).to_be_visible()
    all_translated(page, *names, "Trip", "beach.png", "notes.txt")
    page.keyboard.press("Escape")
    ana.call("POST", f"{path}/messages", {"id": "later", "text": "more"})
    for english in ("Members and settings", "Search", "Settings", "Your account", "New conversation", "Emoji"):
        picked(page, english).click()
        if english == "Search":
            searched(page, ("in:nowhere x", "has:file"), names)
            continue
        expect(page.get_by_role("dialog")).to_be_visible()
        all_translated(page, *names, "Trip", "beach.png", "notes.txt", "in:here")
        if english == "New conversation":
            picked(page, "A group").click()
            all_translated(page, *names, "Trip", "beach.png", "notes.txt", "in:here")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    for keys in ("Control+k", "Control+/"):
        page.keyboard.press(keys)
        expect(page.get_by_role("dialog")).to_be_visible()
        all_translated(page, *names, "Trip", "beach.png", "notes.txt", "in:here", "#", "@")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    ben.message("with files").focus()
    page.keyboard.press("g")
    expect(page.get_by_role("dialog")).to_be_visible()
    all_translated(page, *names, "Trip", "beach.png", "notes.txt", "in:here")


def furnish(ana: Guest, ben: Guest) -> str:
    """A group in which everything has happened."""
    group = {"kind": "group", "members": [], "title": "Tour"}
    path = f"/api/conversations/{ana.post('/api/conversations', group)['id']}"
    ana.call("PUT", f"{path}/members/{ben.username}", {"role": "admin"})
    for change in ({"title": "Trip"}, {"live_typing": True}):
        ana.patch(path, change)
    first = ana.post(f"{path}/messages", {"id": "1", "text": "with a reaction"})
    ana.call("PUT", f"{path}/messages/{first['timestamp']}/reactions/👍", {})
    answer = {"id": "2", "text": "an answer", "reply_to": first["timestamp"]}
    second = ana.post(f"{path}/messages", answer)
    ana.patch(f"{path}/messages/{second['timestamp']}", {"text": "a changed answer"})
    third = ana.post(f"{path}/messages", {"id": "3", "text": "gone"})
    ana.call("DELETE", f"{path}/messages/{third['timestamp']}")
    ana.call("PUT", f"{path}/members/{ben.username}", {"role": "owner"})
    return path


def searched(page: Page, asked: tuple[str, ...], names: tuple[str, ...]) -> None:
    box = page.locator(".search-panel input")
    for words in asked:
        box.fill(words)
        box.press("Enter")
        expect(page.locator(".search-count")).to_contain_text("⟦")
        all_translated(page, *names, "Trip", "beach.png", "notes.txt")
    page.keyboard.press("Escape")


def test_the_rest_is_translated(invite: Invite, place: Place, browser: Browser) -> None:
    """The list without conversations, what isn't there, the administrator's page."""
    ana = invite("Ana")
    page = speaks(ana, "pseudo")
    expect(page.get_by_role("heading")).to_be_visible()
    all_translated(page, ana.name, ana.username)
    with ana.forgiving("404"):
        page.goto("/c/nothing-here")
        expect(page.get_by_role("heading")).to_contain_text("⟦")
    all_translated(page, ana.name, ana.username)
    boss = Guest(browser, place.base_url, "Admin", storage_state=None)
    boss.username = ADMIN
    boss.page.goto("/")
    boss.sign_in()
    expect(boss.page.get_by_role("button", name="Your account")).to_be_visible()
    page = speaks(boss, "pseudo")
    expect(picked(page, "Your account")).to_be_visible()
    page.goto("/admin")
    expect(page.locator(".members li").first).to_be_visible()
    names = page.locator(".members bdi").all_text_contents()
    all_translated(page, *[name.lstrip("@") for name in names], ADMIN)
    boss.close()


def test_the_language_changes_without_a_reload_and_stays(invite: Invite) -> None:
    """By its own name in the settings; what was written stays where it is; and again as the browser has it."""
    ana, ben = invite("Ana"), invite("Ben")
    ana.visit(ben)
    page = ana.page
    ana.composer.fill("unfinished")
    page.evaluate("window.same = true")
    page.get_by_role("button", name="Settings", exact=True).click()
    page.get_by_label("Language").select_option(label="Español")
    say = words_of("es")
    expect(page.get_by_role("dialog", name=say("Settings"))).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    page.get_by_label(say("Language")).select_option(label="العربية")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.keyboard.press("Escape")
    expect(ana.composer).to_have_value("unfinished")
    assert page.evaluate("window.same") is True
    page.reload()
    expect(page.get_by_role("button", name=words_of("ar")("Settings"), exact=True)).to_be_visible()
    expect(ana.composer).to_have_value("unfinished")
    page.get_by_role("button", name=words_of("ar")("Settings"), exact=True).click()
    page.get_by_label(words_of("ar")("Language")).select_option("browser")
    expect(page.get_by_role("dialog", name="Settings")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("dir", "ltr")


def test_the_browser_s_language_is_spoken_from_the_first_word(invite: Invite) -> None:
    """Nothing is drawn in English before; and its catalogue alone is loaded, English needs none."""
    ana = invite("Ana", arrive=False, locale="es-MX")
    page = ana.page
    page.add_init_script(
        """window.seen = [];
        new MutationObserver(() => window.seen.push(document.querySelector('#app')?.innerText ?? ''))
          .observe(document, { childList: true, subtree: true, characterData: true });"""
    )
    page.goto("/")
    expect(page.get_by_role("button", name=words_of("es")("Sign in"), exact=True)).to_be_visible()
    assert not [words for words in page.evaluate("window.seen") if "Sign in" in words]
    loaded = "() => performance.getEntriesByType('resource').map(({ name }) => name.split('/').at(-1).slice(0, 3))"
    assert {"es-"} == {name for name in page.evaluate(loaded) if name in ("es-", "ar-")}
    other = invite("Ben", arrive=False).page
    other.goto("/")
    expect(other.get_by_role("button", name="Sign in")).to_be_visible()
    assert not {name for name in other.evaluate(loaded) if name in ("es-", "ar-")}


def test_a_refusal_is_said_in_the_reader_s_language(invite: Invite) -> None:
    """By the error's code, whatever the server's sentence is."""
    ana = invite("Ana", arrive=False, locale="es-ES")
    page, say = ana.page, words_of("es")
    page.goto("/")
    page.get_by_label(say("Username")).fill("nobody.of.that.name")
    page.get_by_label(say("Password")).fill(PASSWORD)
    with ana.forgiving("401"):
        page.get_by_role("button", name=say("Sign in"), exact=True).click()
        errors: dict[str, Any] = json.loads((CATALOGUES / "es.json").read_text())["errors"]
        expect(page.get_by_role("alert")).to_have_text(errors["wrong_credentials"])


@pytest.mark.parametrize("width", [1180, 320])
def test_everything_works_from_right_to_left(invite: Invite, width: int) -> None:
    """Signing up, beginning, sending, searching, setting: in Arabic; nothing is wider than the page."""
    ben = invite("Ben Okafor")
    ana = invite("سلمى", arrive=False, locale="ar-EG", viewport={"width": width, "height": 700})
    page, say = ana.page, words_of("ar")
    page.goto("/sign-up")
    page.get_by_label(say("Your name")).fill("سلمى")
    page.get_by_label(say("Username")).fill(ana.username)
    page.get_by_label(say("Password")).fill(PASSWORD)
    fits(page, f"ar-sign-up-{width}")
    page.get_by_role("button", name=say("Create account")).click()
    expect(page.get_by_role("button", name=say("Your account"))).to_be_visible()
    page.get_by_role("button", name=say("New conversation")).click()
    page.get_by_role("combobox").fill(ben.username)
    page.get_by_role("option", name=ben.username).click()
    ana.say("مرحبا Ben, كيف الحال؟", "```\nx = 1;\n```", "hello (there).")
    expect(ana.message("hello")).to_be_visible()
    quiet(ana)
    ben.open("سلمى")
    ben.say("كل شيء بخير", "all fine")
    expect(ana.message("all fine")).to_be_visible()
    on_their_sides(ana)
    fits(page, f"ar-conversation-{width}")
    row = ana.message("all fine")
    row.focus()
    page.keyboard.press("ArrowLeft")
    expect(row.get_by_role("toolbar").get_by_role("button").first).to_be_focused()
    fits(page, f"ar-actions-{width}")
    page.get_by_role("button", name=say("Search"), exact=True).click()
    page.locator(".search-panel input").fill("بخير")
    page.keyboard.press("Enter")
    expect(page.locator(".result")).to_have_count(1)
    fits(page, f"ar-search-{width}")
    page.keyboard.press("Escape")
    page.get_by_role("button", name=say("Members and settings")).click()
    fits(page, f"ar-details-{width}")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+/")
    expect(page.get_by_role("dialog")).to_be_visible()
    fits(page, f"ar-shortcuts-{width}")
    page.keyboard.press("Escape")
    if width < 500:
        page.get_by_role("button", name=say("Back to the list")).click()
    fits(page, f"ar-list-{width}")
    page.get_by_role("button", name=say("Settings"), exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    fits(page, f"ar-settings-{width}")


@pytest.mark.parametrize("language", ["es", "pseudo"])
def test_longer_languages_fit_into_a_small_screen(invite: Invite, language: str) -> None:
    """320 pixels wide, in the longest words there are."""
    ana, ben = invite("Ana", viewport={"width": 320, "height": 640}), invite("Ben")
    furnish(ben, ana)
    page = speaks(ana, language)
    expect(page.locator("a.conversation")).to_have_count(1)
    fits(page, f"{language}-list-320")
    page.locator(".sidebar-foot button").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    fits(page, f"{language}-settings-320")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.locator("a.conversation").click()
    expect(ana.message("a changed answer")).to_be_visible()
    fits(page, f"{language}-conversation-320")
    page.locator(".pane-head .icon-button").last.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    fits(page, f"{language}-details-320")


def fits(page: Page, name: str) -> None:
    until(page, WIDER, lambda wider: wider == [])
    keep_picture(page, name)


def on_their_sides(guest: Guest) -> None:
    """One's own messages stand at the end of a line, which is left here; text and code have directions of their own."""
    page = guest.page
    row = guest.log.bounding_box()
    own, other = guest.message("hello").locator(".bubble"), guest.message("all fine").locator(".bubble")
    mine, theirs = own.bounding_box(), other.bounding_box()
    assert row
    assert mine
    assert theirs
    assert mine["x"] - row["x"] < row["x"] + row["width"] - mine["x"] - mine["width"]
    assert theirs["x"] > mine["x"]
    assert page.evaluate("getComputedStyle(document.querySelector('.bubble pre')).direction") == "ltr"
    directions = "(p) => getComputedStyle(p).direction"
    assert guest.message("مرحبا").locator(".text p").evaluate(directions) == "rtl"
    assert guest.message("hello").locator(".text p").evaluate(directions) == "ltr"
    send = guest.page.locator(".send .icon")
    assert send.evaluate("(icon) => getComputedStyle(icon).scale") == "-1 1"
