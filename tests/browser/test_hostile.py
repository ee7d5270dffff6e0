"""What people write is text, wherever it is shown: it runs nothing, loads nothing, and stays in its box."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Route, expect
from tests.browser.guests import PASSWORD, Guest
from tests.browser.hostile import HOSTILE
from tests.conformance.places import Place

Invite = Callable[..., Guest]
ROWS: Final = 50
"""Messages that are looked at in one go."""
CONTROLS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
CROWD: Final = 40
"""People whose names are looked at in one go: no more than messages on a page."""
SLOWLY: Final = 30_000
"""Milliseconds: a hundred messages at once, some of them eight thousand characters long."""
SAMPLE: Final = HOSTILE[::18]
"""For places that take a step of a person's each time."""
KINDS: Final = ("http://", "https://", "mailto:")
"""What a link in a text may be."""
LOOK: Final = """([box, frames]) => {
  const page = document.documentElement;
  const scrolled = (element, end) => {
    for (let at = element; at && at !== end; at = at.parentElement)
      if (getComputedStyle(at).overflowX !== 'visible') return true;
    return false;
  };
  const broken = [];
  for (const frame of document.querySelectorAll(frames)) {
    const outer = frame.getBoundingClientRect();
    for (const inner of frame.querySelectorAll('*')) {
      if (inner.closest('.hidden, [role=toolbar]') || scrolled(inner.parentElement, frame)) continue;
      const { left, right, top, bottom, width, height } = inner.getBoundingClientRect();
      const beside = left < outer.left - 1 || right > outer.right + 1;
      if (width && height && (beside || top < outer.top - 30 || bottom > outer.bottom + 30))
        broken.push(inner.tagName + '.' + inner.className + ' ' + inner.textContent.slice(0, 60));
    }
  }
  return {
    ran: window.ran,
    foreign: document.querySelectorAll('iframe, object, embed, base, style, form[action], meta[http-equiv]').length,
    scripts: [...document.scripts].filter((each) => !each.src.startsWith(location.origin)).length,
    links: [...document.querySelectorAll(`${box} a[href]`)].map((each) => [each.href, each.rel]),
    wider: page.scrollWidth > innerWidth,
    broken,
  };
}"""


def batches(size: int) -> Iterator[Sequence[str]]:
    for first in range(0, len(HOSTILE), size):
        yield HOSTILE[first : first + size]


def harmless(guest: Guest, box: str, frames: str) -> None:
    """Nothing in the page came from a text, and no text left `frames`; links in `box` are what links may be."""
    looked = guest.page.evaluate(LOOK, [box, frames])
    assert looked["ran"] is None
    assert (looked["foreign"], looked["scripts"], looked["wider"], looked["broken"]) == (0, 0, False, [])
    for address, relation in looked["links"]:
        if address.startswith(f"{guest.base_url}/"):
            # The page's own.
            continue
        assert address.startswith(KINDS), address
        assert relation == "noopener noreferrer nofollow"


def in_line(text: str, length: int) -> str:
    """What of it one line may hold: neither control characters nor ends of lines."""
    kept = "".join(each for each in text if each >= " " and not "\x7f" <= each <= "\x9f" and each not in "\u2028\u2029")
    return kept[:length].strip() or "x"


@pytest.fixture(scope="module")
def people(browser: Browser, place: Place) -> Iterator[tuple[Guest, Guest, list[str]]]:
    """Two who look, and what the page asked of other places than its own."""
    ana, ben = Guest(browser, place.base_url, "Ana"), Guest(browser, place.base_url, "Ben")
    strangers: list[str] = []

    def note(route: Route) -> None:
        strangers.append(route.request.url)
        route.abort()

    for guest in (ana, ben):
        guest.context.route(lambda url: not url.startswith((place.base_url, "data:", "blob:")), note)
        guest.arrive()
    yield ana, ben, strangers
    for guest in (ana, ben):
        guest.close()


def begin(ana: Guest, *others: Guest, title: str = "x") -> str:
    members = [each.username for each in others]
    return str(ana.post("/api/conversations", {"kind": "group", "members": members, "title": title})["id"])


def say(author: Guest, group: str, text: str, **more: Any) -> dict[str, Any]:
    said[group] = said.get(group, 0) + 1
    return author.post(f"/api/conversations/{group}/messages", {"id": f"m{said[group]}", "text": text, **more})


said: dict[str, int] = {}
"""Messages of each conversation, for their ids."""


def test_there_are_enough_of_them() -> None:
    """Three hundred, each once."""
    assert len(HOSTILE) == len(set(HOSTILE)) >= 300


def test_as_messages_and_quotations(people: tuple[Guest, Guest, list[str]]) -> None:
    """In a message, in the quotation of one, and in the line that the list of conversations shows of it."""
    ana, ben, strangers = people
    group = begin(ana, ben)
    ben.page.goto(f"/c/{group}")
    # Opened while it is empty: who finds many unread messages begins at the first of them.
    expect(ben.log.get_by_text("This is where the conversation begins.")).to_be_visible()
    for texts in batches(ROWS):
        for text in texts:
            if not text.strip() or CONTROLS.search(text):
                # Refused with a sentence: nothing of it is there.
                with pytest.raises(AssertionError, match='"code":"invalid_request"'):
                    say(ana, group, text)
                continue
            message = say(ana, group, text)
            last = say(ana, group, "so", reply_to=message["timestamp"])
        expect(ben.page.locator(f'[data-timestamp="{last["timestamp"]}"]')).to_have_count(1, timeout=SLOWLY)
        harmless(ben, ".scroller", ".scroller .bubble")
        harmless(ben, ".sidebar", ".sidebar .conversation")
    assert strangers == []


def test_as_titles(people: tuple[Guest, Guest, list[str]]) -> None:
    """In the head of a conversation, in the list of all of them, in the line that says that it was renamed."""
    ana, ben, strangers = people
    group = begin(ana, ben)
    ben.page.goto(f"/c/{group}")
    heading = ben.page.get_by_role("main").get_by_role("heading", level=1)
    for number, text in enumerate(HOSTILE):
        title = in_line(text, 120)
        ana.patch(f"/api/conversations/{group}", {"title": title})
        if number % ROWS == 0 or text in SAMPLE:
            expect(heading).to_have_text(title, use_inner_text=False)
            harmless(ben, "main", ".change")
    harmless(ben, "main", ".pane > header")
    harmless(ben, ".sidebar", ".sidebar .conversation")
    assert strangers == []


def test_as_names_of_people(people: tuple[Guest, Guest, list[str]]) -> None:
    """In lines about who came, above messages, among the members, and in what completes a mention. A crowd takes them
    in turns: making an account takes as long as guessing a password has to."""
    ana, ben, strangers = people
    group = begin(ana, ben)
    crowd = [_joins(ana, f"hostile{number}", group) for number in range(CROWD)]
    for names in batches(CROWD):
        for headers, name in zip(crowd, names, strict=False):
            body = {"name": in_line(name, 64)}
            assert ana.http.patch("/api/users/me", json=body, headers=headers).is_success
        ben.page.goto(f"/c/{group}")
        expect(ben.log.locator("article")).to_have_count(CROWD)
        harmless(ben, ".scroller", ".change")
        harmless(ben, ".scroller", ".scroller .bubble-column")
        ben.page.get_by_role("button", name="Members and settings").click()
        members = ben.page.get_by_role("dialog").get_by_role("listitem")
        expect(members.nth(CROWD // 2)).to_be_visible()
        harmless(ben, "dialog", "dialog li")
        ben.page.keyboard.press("Escape")
    ben.composer.fill("@hostile1")
    expect(ben.page.get_by_role("option").first).to_be_visible()
    harmless(ben, ".composer", "[role=option]")
    ben.composer.fill("")
    assert strangers == []


def _joins(ana: Guest, username: str, group: str) -> dict[str, str]:
    """Somebody new in the group, who has said something; what is sent in that person's name."""
    user = {"username": username, "password": PASSWORD}
    ana.call("POST", "/api/auth/sign-up", {**user, "name": "x"})
    ana.call("PUT", f"/api/conversations/{group}/members/{username}", {})
    headers = {"Authorization": f"Bearer {ana.call('POST', '/api/auth/sign-in', user)['access_token']}"}
    message = {"id": "first", "text": "Good evening"}
    assert ana.http.post(f"/api/conversations/{group}/messages", json=message, headers=headers).is_success
    return headers


def test_as_names_of_files(people: tuple[Guest, Guest, list[str]]) -> None:
    """In the row of a file, on its button, and in the line that the list shows."""
    ana, ben, strangers = people
    group = begin(ana, ben)
    ben.page.goto(f"/c/{group}")
    expect(ben.composer).to_be_visible()
    for texts in batches(ROWS):
        for text in texts:
            upload = ana.post(
                "/api/media", {"name": f"{in_line(text, 200)}.bin", "type": "application/x-thing", "size": 1}
            )
            assert ana.http.put(upload["url"], content=b"x", headers=upload["headers"]).is_success
            ana.post(f"/api/media/{upload['id']}/complete", {})
            last = say(ana, group, "", attachments=[{"media": upload["id"]}])
        expect(ben.page.locator(f'[data-timestamp="{last["timestamp"]}"] .file-name')).to_have_count(1, timeout=SLOWLY)
        harmless(ben, ".scroller", ".scroller .file-row")
    assert strangers == []


def test_as_what_is_searched_and_found(people: tuple[Guest, Guest, list[str]]) -> None:
    """In the box, in the results and in what is marked in them."""
    ana, ben, strangers = people
    group = begin(ana, ben, title="<b>found</b>")
    for text in SAMPLE:
        say(ana, group, f"zephyr {''.join(each for each in text if each >= ' ')[:1500]}")
    ben.page.goto(f"/c/{group}")
    expect(ben.composer).to_be_visible()
    ben.page.keyboard.press("Control+Shift+F")
    box = ben.page.get_by_label("Search for")
    box.fill("zephyr")
    box.press("Enter")
    expect(ben.page.locator(".result")).to_have_count(len(SAMPLE))
    harmless(ben, ".search-panel", ".result")
    for text in SAMPLE:
        box.fill(in_line(text, 200))
        box.press("Enter")
        expect(ben.page.locator(".search-count")).not_to_have_text("")
    harmless(ben, ".search-panel", ".search-panel")
    ben.page.keyboard.press("Escape")
    assert strangers == []


def test_as_it_is_typed(people: tuple[Guest, Guest, list[str]]) -> None:
    """Live typing shows each keystroke to others, and a draft is there again."""
    ana, ben, strangers = people
    group = begin(ana, ben)
    ana.patch(f"/api/conversations/{group}", {"live_typing": True})
    for guest in (ana, ben):
        guest.page.goto(f"/c/{group}")
        expect(guest.composer).to_be_visible()
    for text in SAMPLE[:8]:
        typed = in_line(text, 200)
        ana.composer.fill(typed)
        expect(ben.page.locator(".live")).to_contain_text(typed[-20:].strip(), use_inner_text=False)
        harmless(ben, "main", ".live")
    ana.composer.fill("")
    assert strangers == []
