"""The page by keyboard alone, and what a screen reader is told."""

from collections.abc import Callable
from typing import Final

from playwright.sync_api import expect
from tests.browser.furnished import furnish, open_furnished, say
from tests.browser.guests import Guest

Invite = Callable[..., Guest]

FOCUSED: Final = """() => {
  const { activeElement } = document;
  return activeElement.closest('[data-key]')?.querySelector('.bubble .text')?.textContent ?? activeElement.tagName;
}"""


def test_a_whole_conversation_by_keyboard_alone(invite: Invite) -> None:
    """Sign up, find somebody, write, edit, react, reply, switch: no mouse is needed."""
    ben, ana = invite("Ben Okafor"), invite("Ana María", arrive=False)
    page, keys = ana.page, ana.page.keyboard
    page.goto("/sign-up")
    expect(page.get_by_role("textbox", name="Your name")).to_be_focused()
    for text in (ana.name, ana.username, "correct horse battery"):
        keys.type(text)
        keys.press("Tab")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Pull up a chair")).to_be_visible()
    page.get_by_role("button", name="New conversation").focus()
    keys.press("Enter")
    page.get_by_role("button", name="With one person").wait_for()
    page.get_by_role("combobox").focus()
    # Before the directory has answered: whom it offered before isn't meant.
    keys.type(ben.username)
    keys.press("Enter")
    expect(ana.composer).to_be_focused()
    for text in ("first", "secnod"):
        keys.type(text)
        keys.press("Enter")
    ana.sees("first", "secnod")
    expect(page.locator(".mark")).to_have_count(0)
    keys.press("ArrowUp")
    expect(ana.composer).to_have_value("secnod")
    keys.press("Control+A")
    keys.type("second")
    keys.press("Enter")
    ana.sees("first", "second")
    keys.press("Shift+F6")
    assert page.evaluate(FOCUSED) == "second"
    keys.press("ArrowUp")
    assert page.evaluate(FOCUSED) == "first"
    keys.press("Enter")
    keys.press("Enter")
    expect(ana.log.get_by_role("button", name="👍 1, including you")).to_be_visible()
    keys.press("Escape")
    assert page.evaluate(FOCUSED) == "first"
    keys.press("r")
    expect(ana.composer).to_be_focused()
    keys.type("third")
    keys.press("Enter")
    ana.sees("first", "second", "third")
    keys.press("Control+k")
    expect(page.get_by_role("dialog", name="Go to a conversation")).to_be_visible()
    keys.type("ben")
    expect(page.get_by_role("combobox")).to_have_value("ben")
    expect(page.get_by_role("combobox")).to_be_focused()
    expect(page.get_by_role("option", name="Ben Okafor")).to_be_visible()
    keys.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", name="Ben Okafor")).to_be_visible()


def test_who_has_no_conversation_yet_is_a_key_away(invite: Invite) -> None:
    """Where nothing has that name, one can begin with somebody."""
    ana, ben = invite("Ana"), invite("Ben Okafor")
    page, keys = ana.page, ana.page.keyboard
    keys.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    keys.type("okafor")
    begin = page.get_by_role("dialog").get_by_role("button", name="Start a conversation")
    expect(page.get_by_role("dialog").get_by_text("No conversation of that name")).to_be_visible()
    keys.press("Tab")
    expect(begin).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("dialog", name="New conversation")).to_be_visible()
    expect(page.get_by_role("combobox")).to_be_focused()
    keys.type(ben.username)
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Ben Okafor")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_dialog_gives_the_focus_back(invite: Invite) -> None:
    """To what opened it, to the row where the button is gone, or to what appears in its place."""
    ana, ben = invite("Ana"), invite("Ben Okafor")
    page, keys = ana.page, ana.page.keyboard
    ana.visit(ben)
    ana.say("first", "second")
    expect(page.locator(".mark")).to_have_count(0)
    expect(ana.log.locator("article")).to_have_count(2)
    for opener in ("New conversation", "Your account", "Members and settings"):
        page.get_by_role("button", name=opener).press("Enter")
        expect(page.get_by_role("dialog")).to_be_visible()
        keys.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("button", name=opener)).to_be_focused()
    keys.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name=opener)).to_be_focused()
    last = page.get_by_role("article").last
    last.focus()
    page.get_by_role("toolbar").get_by_role("button", name="Delete").press("Enter")
    expect(last).to_be_focused()
    expect(last.get_by_text("This message was deleted.")).to_be_visible()
    keys.press("Enter")
    expect(last.get_by_role("button", name="Undo")).to_be_focused()
    keys.press("Enter")
    expect(last).to_be_focused()
    expect(last.get_by_text("second")).to_be_visible()


def test_who_is_removed_in_a_dialog_leaves_the_focus_to_the_next(invite: Invite) -> None:
    """Of people chosen for a group, and of members of one."""
    ana, ben, cleo = invite("Ana"), invite("Ben"), invite("Cleo")
    page = ana.page
    page.get_by_role("button", name="New conversation").click()
    page.get_by_role("button", name="A group").click()
    page.get_by_label("Title").fill("Trip")
    for other in (ben, cleo):
        page.get_by_role("combobox").fill(other.username)
        page.get_by_role("option", name=other.username).click()
    page.get_by_role("button", name="Leave out Ben").press("Enter")
    expect(page.get_by_role("button", name="Leave out Cleo")).to_be_focused()
    page.get_by_role("combobox").fill(ben.username)
    page.get_by_role("option", name=ben.username).click()
    page.get_by_role("button", name="Create the group").press("Enter")
    expect(ana.composer).to_be_focused()
    page.get_by_role("button", name="Members and settings").press("Enter")
    page.get_by_role("button", name="Remove Ben").press("Enter")
    expect(page.get_by_role("button", name="Remove Ben")).to_have_count(0)
    expect(page.get_by_role("combobox", name="Role of Cleo")).to_be_focused()


def test_the_messages_are_one_tab_stop(invite: Invite) -> None:
    """However many messages, links and buttons there are, Tab leads to one message and then out of the list."""
    ana, ben = invite("Ana"), invite("Ben")
    ana.visit(ben)
    ana.say("one https://example.org", "two ||hidden||", "three `code`", "```\nblock\n```")
    expect(ana.log.locator("article")).to_have_count(4)
    stops = ana.page.evaluate(
        "() => [...document.querySelectorAll('.list-frame *')].filter((element) => element.tabIndex >= 0).length"
    )
    assert stops == 1


REGION: Final = """() => {
  const { activeElement } = document;
  const parts = ['sidebar', 'list-frame', 'composer', 'search-panel', 'welcome'];
  return parts.find((part) => activeElement.closest(`.${part}`));
}"""


def test_f6_leads_through_every_part_of_the_page_and_back(invite: Invite) -> None:
    """On a conversation, with search open, on the page of nothing, and on a phone, where one part is hidden."""
    ana, ben = invite("Ana"), invite("Ben Okafor")
    page, keys = ana.page, ana.page.keyboard

    def goes(key: str, *parts: str) -> None:
        for part in parts:
            keys.press(key)
            assert page.evaluate(REGION) == part

    page.get_by_role("button", name="New conversation").focus()
    goes("F6", "welcome", "sidebar", "welcome")
    ana.visit(ben)
    ana.say("hello")
    expect(page.locator(".mark")).to_have_count(0)
    ana.composer.focus()
    goes("F6", "sidebar", "list-frame", "composer", "sidebar")
    goes("Shift+F6", "composer", "list-frame", "sidebar", "composer")
    keys.press("Control+Shift+F")
    expect(page.get_by_label("Search for")).to_be_focused()
    goes("F6", "sidebar", "list-frame", "composer", "search-panel")
    goes("Shift+F6", "composer")
    page.get_by_role("button", name="Close the search").click()
    page.set_viewport_size({"width": 390, "height": 780})
    expect(page.get_by_role("navigation")).to_be_hidden()
    ana.composer.focus()
    goes("F6", "list-frame", "composer")
    goes("Shift+F6", "list-frame", "composer")


def test_every_row_is_one_tab_stop_whatever_is_in_it(invite: Invite) -> None:
    """Tab leads into the list to one row and then out of it; media, links and buttons are reached from the row."""
    ana, ben = invite("Ana"), invite("Ben Okafor")
    open_furnished(ana, furnish(ana, ben))
    page, keys = ana.page, ana.page.keyboard
    rows = page.locator("[data-key]")
    assert rows.count() > 20
    assert page.evaluate(INSIDE) == []
    rows.last.focus()
    keys.press("Home")
    expect(rows.first).to_be_focused()
    expect(page.locator(".pill")).to_be_visible()
    keys.press("Tab")
    assert page.evaluate("() => document.activeElement.closest('.list-frame .scroller') === null")
    keys.press("Shift+Tab")
    expect(rows.first).to_be_focused()
    assert page.evaluate("() => document.querySelectorAll('[data-key][tabindex=\"0\"]').length") == 1


def test_earlier_messages_are_not_announced_and_move_no_focus(invite: Invite) -> None:
    """However many pages of them come: the region says nothing, and who writes goes on writing."""
    ana, ben = invite("Ana"), invite("Ben Okafor")
    conversation = str(ana.post("/api/conversations", {"kind": "direct", "members": [ben.username]})["id"])
    for number in range(120):
        last = say(ben, conversation, f"number {number}")
    ana.call("PUT", f"/api/conversations/{conversation}/read", {"timestamp": last["timestamp"]})
    # A page that was closed meanwhile: what one has seen is kept, and is there at once.
    ana.page.reload()
    ana.open(ben.name)
    ana.say("at the end")
    expect(ana.message("at the end")).to_be_in_viewport()
    expect(ana.page.locator(".mark")).to_have_count(0)
    ana.page.evaluate(LISTEN)
    ana.composer.focus()
    before = ana.page.locator("[data-key]").count()
    while ana.page.locator("article", has_text="number 0").count() == 0:
        ana.page.keyboard.press("PageUp")
    assert ana.page.locator("[data-key]").count() > before
    expect(ana.composer).to_be_focused()
    say(ben, conversation, "at last")
    ana.page.wait_for_function("() => window.said.length > 0")
    assert ana.page.evaluate("() => window.said") == ["Ben Okafor: at last"]


INSIDE: Final = """() => [...document.querySelectorAll('[data-key] *')]
  .filter((element) => element.tabIndex >= 0).map((element) => element.outerHTML.slice(0, 90))"""
LISTEN: Final = """() => {
  window.said = [];
  const region = document.querySelector('.hidden[aria-live=polite]');
  new MutationObserver(() => region.textContent && window.said.push(region.textContent))
    .observe(region, { childList: true, characterData: true, subtree: true });
}"""


def test_a_new_message_moves_no_focus_and_is_announced_once(invite: Invite) -> None:
    """Somebody else's message is said once; history and one's own messages are not said at all."""
    ana, ben = invite("Ana María"), invite("Ben Okafor")
    ben.visit(ana)
    ben.say("history")
    ben.sees("history")
    ana.open("Ben Okafor")
    ana.sees("history")
    ana.page.evaluate(
        """() => {
          window.said = [];
          const region = document.querySelector('[aria-live=polite]');
          new MutationObserver(() => region.textContent && window.said.push(region.textContent))
            .observe(region, { childList: true, characterData: true, subtree: true });
        }"""
    )
    ana.say("my own")
    ana.sees("history", "my own")
    expect(ana.composer).to_be_focused()
    ben.say("something **new**")
    ana.page.wait_for_function("() => window.said.length > 0")
    expect(ana.composer).to_be_focused()
    expect(ana.page.locator("[aria-live=polite]")).to_have_text("")
    assert ana.page.evaluate("() => window.said") == ["Ben Okafor: something new"]
    assert ana.log.get_attribute("aria-live") == "off"


def test_a_line_break_and_an_input_method_do_not_send(invite: Invite) -> None:
    """Shift+Enter breaks the line; the Enter that ends a composition belongs to the input method."""
    ana, ben = invite("Ana"), invite("Ben")
    ana.visit(ben)
    ana.composer.press_sequentially("one")
    ana.page.keyboard.press("Shift+Enter")
    ana.composer.press_sequentially("two")
    ana.composer.evaluate(
        "(box) => box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true }))"
    )
    expect(ana.composer).to_have_value("one\ntwo")
    expect(ana.log.locator("article")).to_have_count(0)
    ana.page.keyboard.press("Enter")
    expect(ana.log.locator("article")).to_have_count(1)
    expect(ana.composer).to_have_value("")
