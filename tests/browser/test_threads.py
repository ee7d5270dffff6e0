"""A thread beside its conversation: a message and the replies to it."""

import re
from collections.abc import Callable
from typing import Final

from playwright.sync_api import Locator, expect
from tests.browser.guests import WIDE, Guest

Invite = Callable[..., Guest]
NARROW: Final = {"width": 320, "height": 640}
RECORD: Final = """() => {
  window.said = [];
  const region = document.querySelector('.hidden[aria-live=polite]');
  new MutationObserver(() => region.textContent && window.said.push(region.textContent))
    .observe(region, { childList: true, characterData: true, subtree: true });
}"""
"""Notes what is read out from now on."""


def thread(guest: Guest) -> Locator:
    return guest.page.get_by_role("complementary", name="Thread")


def in_list(guest: Guest, text: str) -> Locator:
    """The row in the conversation, which has it whether or not a thread is open."""
    return guest.page.locator(".pane article").filter(has=guest.page.locator(".bubble .text", has_text=text))


def test_a_thread_is_opened_answered_and_left(invite: Invite) -> None:
    """By key and by button; replies are in both places, as they come and change, and are read out once. Its address
    leads to it again, with what was being written; Escape gives the focus back; a narrow page shows one of both."""
    ana, ben = invite("Ana"), invite("Ben")
    keys, page = ana.page.keyboard, ana.page
    conversation = ana.visit(ben)
    path = f"/api/conversations/{conversation}/messages"
    question = ben.post(path, {"id": "1", "text": "Where to?"})
    ben.post(path, {"id": "2", "text": "beside"})
    in_list(ana, "Where to?").focus()
    keys.press("t")
    texts = thread(ana).locator(".bubble .text")
    writing = thread(ana).get_by_role("textbox", name="Reply in the thread")
    expect(writing).to_be_focused()
    expect(texts).to_have_text(["Where to?"])
    expect(page).to_have_url(re.compile(rf"/c/{conversation}/thread/{question['timestamp']}$"))
    writing.fill("To the sea")
    keys.press("Enter")
    expect(texts).to_have_text(["Where to?", "To the sea"])
    expect(in_list(ana, "To the sea").locator(".quoted")).to_contain_text("Where to?")
    expect(in_list(ana, "Where to?").first.get_by_role("button", name="Thread · 1 reply here")).to_be_visible()
    ben.open("Ana")
    in_list(ben, "To the sea").get_by_role("button", name="Open thread").first.click()
    expect(thread(ben).locator(".bubble .text")).to_have_text(["Where to?", "To the sea"])
    page.evaluate(RECORD)
    thread(ben).get_by_role("textbox").fill("Which one?")
    for line in page.locator(".typing-line").all():
        expect(line).to_have_text("Ben is typing…")
    ben.page.keyboard.press("Enter")
    expect(texts).to_have_text(["Where to?", "To the sea", "Which one?"])
    page.wait_for_function("() => window.said.length > 0")
    expect(page.locator(".hidden[aria-live=polite]")).to_have_text("")
    assert page.evaluate("() => window.said") == ["Ben: Which one?"]
    last = ben.get(f"{path}?limit=1")["messages"][0]
    assert (last["reply_to"], last["thread"]) == (question["timestamp"], question["timestamp"])
    ben.patch(f"{path}/{last['timestamp']}", {"text": "Which of them?"})
    expect(texts.last).to_have_text("Which of them?")
    expect(thread(ana).locator("[data-key][tabindex='0']")).to_have_count(1)
    writing.fill("The far")
    page.reload()
    expect(writing).to_have_value("The far")
    expect(texts).to_have_text(["Where to?", "To the sea", "Which of them?"])
    expect(page.locator(".pane .composer textarea")).to_have_value("")
    page.locator(".pane .composer textarea").focus()
    keys.press("F6")
    expect(thread(ana).locator("article").last).to_be_focused()
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    expect(page.locator(".pane")).to_have_css("visibility", "hidden")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= NARROW["width"]
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    keys.press("Escape")
    expect(thread(ana)).to_have_count(0)
    expect(in_list(ana, "Where to?").first).to_be_focused()
    page.go_back()
    expect(texts).to_have_count(3)
    page.go_forward()
    expect(thread(ana)).to_have_count(0)
