"""Link previews, as those see them who wrote the message and who read it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from tests.browser.axe import violations
from tests.browser.furnished import say
from tests.browser.guests import Guest, until
from tests.browser.previewing import LONG, NAMES, PreviewingPlace

Invite = Callable[..., Guest]

pytestmark = pytest.mark.timeout(300)

TOP = """(text) => [...document.querySelectorAll('article')]
  .find((row) => row.textContent.includes(text)).getBoundingClientRect().top"""
FAR = """() => { const list = document.querySelector('.scroller');
  return list.scrollHeight - list.scrollTop - list.clientHeight; }"""
READING = """() => { const list = document.querySelector('.scroller').getBoundingClientRect();
  return [...document.querySelectorAll('article .text')]
    .find((text) => text.getBoundingClientRect().top > list.top + 40).textContent; }"""
SIDEWAYS = "() => { const list = document.querySelector('.scroller'); return list.scrollWidth - list.clientWidth; }"
WIDTH = "() => document.querySelector('.preview-picture img')?.naturalWidth ?? 0"
BOXES = """() => [...document.querySelectorAll('.preview')]
  .map((box) => ({ height: box.offsetHeight, inner: box.scrollHeight }))"""
SHOWN = "() => document.querySelectorAll('.preview-link').length"
SITE = """() => [...document.querySelectorAll('.preview-site')].map((line) => {
  const name = line.querySelector('bdi').getBoundingClientRect();
  const box = line.getBoundingClientRect();
  return { cut: name.left < box.left - 1, before: name.left - box.left, after: box.right - name.right };
})"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PreviewingPlace]:
    running = PreviewingPlace(tmp_path_factory.mktemp("previewing"))
    yield running
    running.close()


def sized(page: Page) -> list[dict[str, float]]:
    """The boxes of the previews."""
    found: list[dict[str, float]] = page.evaluate(BOXES)
    return found


def test_a_preview_comes_and_moves_nothing(invite: Invite, place: PreviewingPlace) -> None:
    """A card with host, title, words and picture, all from this server; who reads above it stays at what is read; its
    author takes it away, and it is gone for everybody."""
    ana, ben = invite("Ana"), invite("Ben")
    asked: list[str] = []
    ben.page.on("request", lambda request: asked.append(request.url))
    conversation = ben.visit(ana)
    for number in range(40):
        say(ana, conversation, f"line {number} ends")
    link = place.link("/pic")
    expect(ben.message("line 39 ends")).to_be_visible()
    ben.page.mouse.move(700, 400)
    ben.page.mouse.wheel(0, -600)
    until(ben.page, FAR, lambda far: far > 300)
    reading = ben.page.evaluate(READING)
    before = ben.page.evaluate(TOP, reading)
    ana.open("Ben")
    ana.say(f"see {link}")
    until(ben.page, SHOWN, lambda shown: shown == 1)
    assert abs(ben.page.evaluate(TOP, reading) - before) < 1
    card = ben.page.locator(".preview-link")
    assert [card.get_attribute(name) for name in ("href", "rel")] == [link, "noopener noreferrer nofollow"]
    card.scroll_into_view_if_needed()
    until(ben.page, WIDTH, lambda width: width > 0)
    said = "Round tables What the page says of itself, in a sentence or two. A round table"
    expect(card).to_have_accessible_name(f"Preview: pages.example:{place.site_port} {said}")
    assert not [url for url in asked if not url.startswith(place.base_url)]
    expect(ben.page.get_by_role("button", name="Remove link previews")).to_have_count(0)
    assert all(box["inner"] <= box["height"] for box in sized(ben.page))
    ana.page.get_by_role("button", name="Remove link previews").click()
    for guest in (ana, ben):
        expect(guest.page.locator(".preview")).to_have_count(0)
        expect(guest.message("see ")).to_be_visible()


def test_previews_in_every_look(invite: Invite, place: PreviewingPlace) -> None:
    """On a narrow page, from right to left, dark and in high contrast; hosts can't be disguised: other letters are
    shown as what they are, and of a long host the end stays. Who wants none sees none."""
    ana = invite("Ana", viewport={"width": 320, "height": 640}, color_scheme="dark")
    ben = invite("Ben")
    conversation = ana.visit(ben)
    disguised = place.link(host="аррӏе.example")
    say(ben, conversation, f"{place.link('/pic')} {disguised} {place.link(host=LONG)}")
    page = ana.page
    until(page, SHOWN, lambda shown: shown == 3)
    hosts = [f"{name}:{place.site_port}" for name in NAMES]
    expect(page.locator(".preview-site")).to_have_text(hosts)
    cut = page.evaluate(SITE)[2]
    assert cut["cut"]
    assert abs(cut["after"]) < 1
    found = violations(page)
    page.evaluate("() => localStorage.setItem('tertulia.setting.theme', 'contrast')")
    page.evaluate("() => localStorage.setItem('tertulia.setting.language', 'ar')")
    page.reload()
    until(page, SHOWN, lambda shown: shown == 3)
    found += violations(page, contrast=True)
    assert [each["after"] < 1 for each in page.evaluate(SITE)] == [True] * 3
    assert page.evaluate(SIDEWAYS) <= 0
    assert all(box["inner"] <= box["height"] for box in sized(page))
    assert found == []
    page.evaluate("() => localStorage.setItem('tertulia.setting.previews', 'off')")
    page.reload()
    expect(page.locator("article")).to_have_count(1)
    expect(page.locator(".preview")).to_have_count(0)
