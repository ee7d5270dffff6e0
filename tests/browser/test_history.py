"""Long conversations: where the reader is, stays where it is."""

import re
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from tests.browser.guests import Guest
from tests.conformance.places import Place

MESSAGES: Final = 380
CHANGE_EVERY: Final = 8
ROWS_MAX: Final = 300

TOP_ROW: Final = """() => {
  const list = document.querySelector('.scroller'), edge = list.getBoundingClientRect().top;
  const row = [...list.querySelectorAll('[data-key]')].find((row) => row.getBoundingClientRect().bottom > edge);
  return { key: row.dataset.key, top: row.getBoundingClientRect().top - edge };
}"""
TOP_OF: Final = """(key) => {
  const list = document.querySelector('.scroller');
  const row = list.querySelector(`[data-key="${key}"]`);
  return row ? row.getBoundingClientRect().top - list.getBoundingClientRect().top : null;
}"""
KEYS: Final = "() => [...document.querySelectorAll('[data-key]')].map((row) => row.dataset.key).join()"
AT_END: Final = """() => {
  const list = document.querySelector('.scroller');
  return list.scrollHeight - list.scrollTop - list.clientHeight < 2;
}"""
CHANGES_IN_PLACE: Final = """() => {
  const rows = [...document.querySelectorAll('[data-key]')];
  const chapters = rows.flatMap((row, index) => {
    const chapter = /chapter (\\d+)/.exec(row.textContent)?.[1];
    return chapter && index ? [[chapter, /number (\\d+)/.exec(rows[index - 1].textContent)?.[1]]] : [];
  });
  return chapters.length >= Math.floor(rows.length / 10) && chapters.every(([chapter, before]) => chapter === before);
}"""
"""Each change of the title stands after the message that it names, and there is one to every eight."""
GAP: Final = """() => {
  const list = document.querySelector('.scroller');
  return Math.round(list.scrollHeight - list.scrollTop - list.clientHeight);
}"""


class Tale:
    """A group's long conversation, of messages of many heights and changes between them. Cleo has never opened it."""

    def __init__(self, ana: Guest, ben: Guest, cleo: Guest) -> None:
        self.ana, self.ben, self.cleo = ana, ben, cleo
        members = [ben.username, cleo.username]
        self.id = str(ana.post("/api/conversations", {"kind": "group", "members": members, "title": "Tale"})["id"])
        self.path = f"/api/conversations/{self.id}"
        self.last = 0

    def write(self, author: Guest) -> int:
        """One more message; answers its number."""
        self.last += 1
        text = f"number {self.last}." + " and some more words" * (self.last * 7 % 30)
        author.post(f"{self.path}/messages", {"id": f"n{self.last}", "text": text})
        return self.last

    def rename(self) -> None:
        self.ana.patch(self.path, {"title": f"Tale, chapter {self.last}"})

    def open(self, reader: Guest) -> Page:
        reader.page.goto(f"/c/{self.id}")
        expect(reader.message(f"number {self.last}.")).to_be_visible()
        return reader.page


@pytest.fixture(scope="module")
def tale(browser: Browser, place: Place) -> Iterator[Tale]:
    guests = [Guest(browser, place.base_url, name) for name in ("Ana", "Ben", "Cleo")]
    for guest in guests:
        guest.arrive()
    told = Tale(*guests)
    for number in range(MESSAGES):
        told.write(told.ana)
        if number % CHANGE_EVERY == 0:
            told.rename()
    yield told
    for guest in guests:
        guest.close()


class Gate:
    """Holds the answers to requests for pages of history, until each is let through."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.held: list[Route] = []
        page.route(re.compile(r"/messages\?(before|after)="), lambda route: self.held.append(route))

    def read_on(self, direction: int) -> None:
        """Scrolls to an end of the rows and lets one page come; the row at the top stays where it is."""
        page = self.page
        page.mouse.wheel(0, direction * 1_000_000)
        page.wait_for_function(AT_END if direction > 0 else "() => document.querySelector('.scroller').scrollTop === 0")
        for _ in range(500):
            if self.held:
                break
            page.wait_for_timeout(20)
        seen = page.evaluate(TOP_ROW)
        rows = page.evaluate(KEYS)
        self.held.pop(0).continue_()
        page.wait_for_function(f"(keys) => ({KEYS})() !== keys", arg=rows)
        assert abs(page.evaluate(TOP_OF, seen["key"]) - seen["top"]) <= 1
        assert page.locator("[data-key]").count() <= ROWS_MAX
        assert page.evaluate(CHANGES_IN_PLACE)


def test_history_loads_at_both_ends_and_no_row_moves(tale: Tale) -> None:
    """Reading back and forth through more than is ever drawn, the row that one looks at stays in its place."""
    page = tale.open(tale.ana)
    assert page.evaluate(GAP) == 0
    tale.ana.log.hover()
    gate = Gate(page)
    for _ in range(6):
        gate.read_on(-1)
    gate.read_on(1)
    page.unroute_all()
    page.get_by_role("button", name="Jump to present").click()
    expect(tale.ana.message(f"number {tale.last}.")).to_be_visible()
    assert page.evaluate(GAP) == 0


def test_new_messages_move_the_list_only_for_who_is_at_its_end(tale: Tale) -> None:
    page = tale.open(tale.ana)
    number = tale.write(tale.ben)
    expect(tale.ana.message(f"number {number}.")).to_be_visible()
    assert page.evaluate(GAP) == 0
    tale.ana.log.hover()
    page.mouse.wheel(0, -400)
    page.wait_for_function(f"() => ({GAP})() > 300")
    seen = page.evaluate(TOP_ROW)
    number = tale.write(tale.ben)
    pill = page.get_by_role("button", name=re.compile(r"^\d new messages?$"))
    expect(pill).to_be_visible()
    assert abs(page.evaluate(TOP_OF, seen["key"]) - seen["top"]) <= 1
    pill.click()
    expect(tale.ana.message(f"number {number}.")).to_be_in_viewport()
    assert page.evaluate(GAP) == 0


def test_a_conversation_opens_at_the_first_unread_message(tale: Tale) -> None:
    """Also where more is unread than a page holds."""
    page = tale.cleo.page
    read = tale.cleo.get(f"{tale.path}/messages?after=0&limit=100")["messages"][-1]
    tale.cleo.call("PUT", f"{tale.path}/read", {"timestamp": read["timestamp"]})
    page.goto(f"/c/{tale.id}")
    line = page.get_by_role("separator", name="New messages from here")
    expect(line).to_be_in_viewport()
    expect(page.locator("li").filter(has=line).locator(".bubble .text")).to_have_text(re.compile(r"^number 101\."))
    pill = page.get_by_role("log").locator("..").get_by_role("button", name=re.compile(r"^\d+ unread$"))
    expect(pill).to_have_count(0)
    # A link leads past it, so far that its page isn't held: then the unread is one click away.
    late = tale.cleo.get(f"{tale.path}/messages?limit=1")["messages"][0]
    page.goto(f"/c/{tale.id}/{late['timestamp']}")
    expect(page.locator(f'[data-timestamp="{late["timestamp"]}"]')).to_be_in_viewport()
    expect(line).to_have_count(0)
    pill.click()
    expect(line).to_be_in_viewport()
    expect(page.locator("li").filter(has=line).locator(".bubble .text")).to_have_text(re.compile(r"^number 101\."))
    expect(pill).to_have_count(0)


def test_a_reply_leads_to_what_it_answers_however_far_away(tale: Tale) -> None:
    first = tale.ben.get(f"{tale.path}/messages?after=0&limit=1")["messages"][0]
    tale.ben.post(f"{tale.path}/messages", {"id": "reply", "text": "an answer", "reply_to": first["timestamp"]})
    page = tale.ana.page
    page.goto(f"/c/{tale.id}")
    tale.ana.message("an answer").get_by_role("button", name="In reply to").click()
    answered = page.locator(f'[data-timestamp="{first["timestamp"]}"]')
    expect(answered).to_be_in_viewport()
    expect(answered).to_be_focused()
