"""The page in WebKit, which does some things differently: no scroll anchoring, its own fields, media and focus."""

from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest
from tests.browser.files import picture
from tests.browser.furnished import say, upload
from tests.browser.guests import PASSWORD, new_username
from tests.browser.test_history import KEYS, TOP_OF, TOP_ROW
from tests.browser.webdriver import WebKit, Window, missing
from tests.conformance.places import Place

ENTER: Final = "\ue007"
PAGE_UP: Final = "\ue00e"
COMPOSER: Final = ".composer textarea"
LONG: Final = 170
"""Messages of the long conversation: more than three pages."""
PAGES: Final = 2
TEXTS: Final = "return [...document.querySelectorAll('article .bubble .text')].map((text) => text.textContent)"
LAST: Final = f"return (() => {{ {TEXTS} }})().at(-1) === arguments[0]"
HOLD: Final = """
const real = window.fetch;
window.held = [];
window.fetch = (what, ...more) => {
  if (!/messages\\?before=/.test(String(what.url ?? what))) return real(what, ...more);
  return new Promise((resolve) => window.held.push(() => resolve(real(what, ...more))));
};
"""
"""Requests for earlier messages wait until the test lets them go."""
HOLD_PICTURES: Final = """
const source = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, 'src');
window.held = [];
Object.defineProperty(HTMLImageElement.prototype, 'src', {
  ...source,
  set(url) {
    const go = () => source.set.call(this, url);
    url.includes('/content') ? window.held.push(go) : go();
  },
});
"""
"""Pictures are not asked for until the test lets them."""
BOXES: Final = "return [...document.querySelectorAll('[data-key]')].map((row) => row.getBoundingClientRect().toJSON())"
LOADED: Final = """
const image = document.querySelector('.picture img');
return image?.complete && image.naturalWidth > 0 && !document.querySelector('.picture .placeholder');
"""


@pytest.fixture(scope="module")
def webkit() -> Iterator[WebKit]:
    if why := missing():
        pytest.skip(why)
    running = WebKit()
    yield running
    running.close()


class Person:
    """Somebody who has an account, and asks the server beside any page."""

    def __init__(self, place: Place, name: str) -> None:
        self.username, self.name, self.base_url = new_username(name), name, place.base_url
        self.http = httpx.Client(base_url=place.base_url)
        user = {"username": self.username, "password": PASSWORD}
        assert self.http.post("/api/auth/sign-up", json={**user, "name": name}).status_code == 201
        self.token = self.http.post("/api/auth/sign-in", json=user).json()["access_token"]

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = self.http.request(method, path, json=body, headers={"Authorization": f"Bearer {self.token}"})
        assert answer.is_success, answer.text
        result: dict[str, Any] = answer.json()
        return result

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self.call("POST", path, body)

    def begin(self, other: "Person") -> str:
        return str(self.post("/api/conversations", {"kind": "direct", "members": [other.username]})["id"])

    def sign_in(self, window: Window) -> None:
        window.go(f"{self.base_url}/")
        window.type("input[name=username]", self.username)
        window.type("input[name=password]", f"{PASSWORD}{ENTER}")
        window.find("[aria-label='Your account']")


@pytest.fixture
def people(place: Place) -> Iterator[tuple[Person, Person]]:
    ana, ben = Person(place, "Ana María"), Person(place, "Ben Okafor")
    yield ana, ben
    ana.http.close()
    ben.http.close()


def test_one_signs_in_sends_and_receives(webkit: WebKit, people: tuple[Person, Person]) -> None:
    """By keys; what the other writes arrives by itself, and the focus stays where one writes."""
    ana, ben = people
    conversation = ana.begin(ben)
    say(ben, conversation, "hello")
    with Window(webkit) as window:
        ana.sign_in(window)
        window.click(f"a[href='/c/{conversation}']")
        window.until(LAST, "hello")
        window.type(COMPOSER, f"from WebKit{ENTER}")
        window.until(f"{LAST} && !document.querySelector('.mark')", "from WebKit")
        page: Any = ben.call("GET", f"/api/conversations/{conversation}/messages?limit=10")
        assert [message["text"] for message in page["messages"]] == ["hello", "from WebKit"]
        say(ben, conversation, "and **back**")
        window.until(LAST, "and back")
        assert window.run(f"return document.activeElement === document.querySelector('{COMPOSER}')")


def test_earlier_messages_come_and_no_row_moves(webkit: WebKit, people: tuple[Person, Person]) -> None:
    """The row at the top of the window stays at its pixel while a page of rows is put above it."""
    ana, ben = people
    conversation = ana.begin(ben)
    for number in range(LONG):
        say(ana, conversation, f"number {number}." + " and some more words" * (number * 7 % 30))
    with Window(webkit) as window:
        ana.sign_in(window)
        assert not window.run("return CSS.supports('overflow-anchor', 'none')"), "or this shows nothing of its own"
        window.run(HOLD)
        window.click(f"a[href='/c/{conversation}']")
        window.find("[data-key]")
        # Those that are seen are drawn first; only when the others are is there an end to come to.
        window.until("return document.querySelectorAll('.scroller [data-key]').length >= 50")
        for _ in range(PAGES):
            while window.run("return document.querySelector('.scroller').scrollTop") > 0:
                window.type(COMPOSER, PAGE_UP)
            window.until("return window.held.length > 0")
            seen, rows = window.run(f"return ({TOP_ROW})()"), window.run(f"return ({KEYS})()")
            window.run("window.held.shift()()")
            window.until(f"return ({KEYS})() !== arguments[0]", rows)
            assert window.run(f"return ({TOP_OF})(arguments[0])", seen["key"]) == seen["top"]


def test_the_line_of_the_unread_is_where_one_stopped(webkit: WebKit, people: tuple[Person, Person]) -> None:
    """The visit begins there, and the line stays although all is read and more comes."""
    ana, ben = people
    conversation = ana.begin(ben)
    read = say(ben, conversation, "read long ago")
    ana.call("PUT", f"/api/conversations/{conversation}/read", {"timestamp": read["timestamp"]})
    for number in range(40):
        say(ben, conversation, f"unread {number}")
    after = """const line = document.querySelector('.unread-line');
      const { top, bottom } = line.getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight && line.closest('li').querySelector('.text').textContent"""
    with Window(webkit) as window:
        ana.sign_in(window)
        window.click(f"a[href='/c/{conversation}']")
        window.find(".unread-line")
        assert window.until(after) == "unread 0"
        say(ben, conversation, "one more")
        window.until(LAST, "one more")
        assert window.run(after) == "unread 0"


def test_a_picture_has_its_box_before_it_is_there(webkit: WebKit, people: tuple[Person, Person]) -> None:
    """No row moves or grows when it arrives."""
    ana, ben = people
    conversation = ana.begin(ben)
    with Window(webkit) as window:
        ana.sign_in(window)
        window.run(HOLD_PICTURES)
        window.click(f"a[href='/c/{conversation}']")
        window.find(COMPOSER)
        say(ben, conversation, "look", attachments=[upload(ben, picture("wide.png", 900, 700))])
        say(ben, conversation, "below")
        window.until(f"{LAST} && window.held.length", "below")
        before = window.run(BOXES)
        width, height = window.run(
            "const box = document.querySelector('.picture').getBoundingClientRect(); return [box.width, box.height]"
        )
        assert (round(width), round(height)) == (411, 320)
        assert not window.run(LOADED)
        window.run("window.held.forEach((go) => go())")
        window.until(LOADED)
        assert window.run(BOXES) == before
