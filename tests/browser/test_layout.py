"""The page on small screens, with large text, and in other colours."""

from collections.abc import Callable
from typing import Final

import pytest
from playwright.sync_api import Page, expect
from tests.browser.files import choose, picture, ready, text
from tests.browser.furnished import furnish, open_furnished
from tests.browser.guests import Guest

Invite = Callable[..., Guest]

pytestmark = pytest.mark.timeout(300)

LOOSE: Final = """() => [...document.querySelectorAll('body, .sidebar, .pane, .pane > *, .scroller, dialog, dialog *')]
  .filter((box) => box.checkVisibility() && !box.matches('.hidden, .avatar, .emoji, bdi, small, pre, select, input'))
  .filter((box) => box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).display !== 'inline')
  .filter((box) => getComputedStyle(box).textOverflow !== 'ellipsis').map((box) => box.outerHTML.slice(0, 80))"""


def fits(page: Page) -> None:
    assert page.evaluate(LOOSE) == []


@pytest.mark.parametrize(("width", "size"), [(320, 16), (640, 32)], ids=["320 pixels", "text at 200 %"])
def test_everything_fits_into_a_small_screen(invite: Invite, width: int, size: int) -> None:
    """One pane at a time, nothing to scroll sideways, and what one needs can be reached (WCAG 1.4.4, 1.4.10)."""
    ana, ben = invite("Ana María", viewport={"width": width, "height": 640}), invite("Ben Okafor")
    page = ana.page
    page.add_init_script(
        f"addEventListener('DOMContentLoaded', () => document.documentElement.style.fontSize = '{size}px')"
    )
    ben.visit(ana)
    ben.say("A message with averyveryveryveryveryveryveryverylongwordinit https://example.org/" + "x" * 80)
    page.goto("/")
    fits(page)
    ana.open("Ben Okafor")
    fits(page)
    expect(page.get_by_role("navigation")).to_be_hidden()
    ana.say("an answer")
    expect(ana.message("an answer")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Send")).to_be_in_viewport()
    page.get_by_role("button", name="Members and settings").click()
    fits(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Back to the list").click()
    expect(ana.item("Ben Okafor")).to_be_visible()
    page.get_by_role("button", name="New conversation").click()
    fits(page)


@pytest.mark.parametrize(("width", "size"), [(320, 16), (640, 32)], ids=["320 pixels", "text at 200 %"])
def test_media_search_and_dialogs_fit_into_a_small_screen(invite: Invite, width: int, size: int) -> None:
    """With every kind of row, and what opens above it; the composer and the list can still be used."""
    ana, ben = invite("Ana María", viewport={"width": width, "height": 640}), invite("Ben Okafor")
    page, keys = ana.page, ana.page.keyboard
    page.add_init_script(
        f"addEventListener('DOMContentLoaded', () => document.documentElement.style.fontSize = '{size}px')"
    )
    conversation = furnish(ana, ben)
    open_furnished(ana, conversation)
    fits(page)
    assert page.evaluate("() => document.querySelector('.scroller').clientHeight") >= 200
    choose(ana, picture("tray.png"), text("a-name-that-is-too-long-for-such-a-narrow-screen.txt"))
    ready(ana, 2)
    fits(page)
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_in_viewport()
    ana.composer.fill("sent")
    keys.press("Enter")
    expect(ana.message("sent")).to_be_in_viewport()
    for key in ("Control+k", "Control+/"):
        keys.press(key)
        expect(page.get_by_role("dialog")).to_be_visible()
        fits(page)
        keys.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    keys.press("Control+Shift+F")
    expect(page.get_by_label("Search for")).to_be_focused()
    fits(page)
    page.get_by_role("button", name="Close the search").click()
    ana.composer.focus()
    # On a narrow page the keyboard has emoji; the picker is for reactions.
    keys.press("Control+Shift+\\")
    expect(page.locator(".emoji-grid button").first).to_be_visible()
    fits(page)
    keys.press("Escape")
    page.locator(".picture-open").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    fits(page)
    keys.press("Escape")
    page.goto("/")
    for opener in ("Settings", "Your account"):
        page.get_by_role("button", name=opener, exact=True).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        fits(page)
        keys.press("Escape")


def test_every_target_is_large_enough_to_hit_whatever_is_shown(invite: Invite) -> None:
    """At least 24 pixels both ways (WCAG 2.5.8), in media, dialogs and the picker too."""
    ana, ben = invite("Ana María"), invite("Ben Okafor")
    page = ana.page
    open_furnished(ana, furnish(ana, ben))
    small = page.evaluate(SMALL)
    ana.message("one picture").first.hover()
    small += page.evaluate(SMALL)
    for opener in ("Emoji", "Settings", "Your account", "Members and settings", "New conversation"):
        page.get_by_role("button", name=opener, exact=True).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        small += page.evaluate(SMALL)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    assert small == []


def test_in_forced_colours_everything_keeps_an_edge(invite: Invite) -> None:
    """Bubbles, buttons, bars and the present conversation are told by lines, where the system takes the colours."""
    ana, ben = invite("Ana María", forced_colors="active"), invite("Ben Okafor")
    open_furnished(ana, furnish(ana, ben))
    borders = """(selector) => [...document.querySelectorAll(selector)].map((element) => {
      const { borderTopStyle, outlineStyle } = getComputedStyle(element);
      return borderTopStyle === 'none' && outlineStyle === 'none';
    })"""
    for selector in (".bubble", ".reaction", ".badge", ".conversation[aria-current]", ".picture-play, .media audio"):
        lines = ana.page.evaluate(borders, selector)
        if selector in (".bubble", ".reaction", ".conversation[aria-current]"):
            assert lines, selector
        if "audio" not in selector:
            assert not any(lines), selector
    bars = ana.log.locator(".voice rect")
    fills = bars.evaluate_all("(bars) => bars.map((bar) => getComputedStyle(bar).fill)")
    ground = ana.page.evaluate("() => getComputedStyle(document.querySelector('.bubble')).backgroundColor")
    assert fills
    assert ground not in fills


def test_with_less_motion_nothing_moves_by_itself(invite: Invite) -> None:
    """No animation runs on a page that has everything on it, also while somebody types; pictures stand still."""
    ana, ben = invite("Ana María", reduced_motion="reduce"), invite("Ben Okafor")
    conversation = furnish(ana, ben)
    open_furnished(ana, conversation)
    ben.page.goto(f"/c/{conversation}")
    ben.composer.press_sequentially("something")
    expect(ana.page.locator(".typing-dots").first).to_be_visible()
    moving = """() => document.getAnimations().filter(({ playState }) => playState === 'running')
      .map(({ effect }) => effect.getComputedTiming()).filter(({ endTime }) => endTime > 20).length"""
    assert ana.page.evaluate(moving) == 0
    assert ana.log.get_by_role("button", name="Play the animation").count() == 2


SMALL: Final = """() => [...document.querySelectorAll('button, input, select, textarea, nav a, summary')]
  .filter((element) => element.checkVisibility() && !element.closest('.text, .hidden'))
  .map((element) => [(element.closest('label') ?? element).getBoundingClientRect(), element.outerHTML.slice(0, 90)])
  .filter(([box]) => box.width && (box.width < 24 || box.height < 24)).map(([, html]) => html)"""


def test_controls_are_large_enough_to_hit(invite: Invite) -> None:
    """Every button, link and field outside running text is at least 24 pixels in both directions (WCAG 2.5.8)."""
    ana, ben = invite("Ana"), invite("Ben")
    ana.visit(ben)
    ana.say("hello")
    ana.message("hello").hover()
    ana.page.get_by_role("button", name="React with 👍").click()
    expect(ana.log.get_by_role("button", name="👍 1, including you")).to_be_visible()
    small = ana.page.evaluate(
        """() => [...document.querySelectorAll('button, input, select, textarea, nav a')]
          .map((element) => [element.getBoundingClientRect(), element.outerHTML.slice(0, 90)])
          .filter(([box]) => box.width && (box.width < 24 || box.height < 24)).map(([, html]) => html)"""
    )
    assert small == []


@pytest.mark.parametrize("look", [{"forced_colors": "active"}, {"reduced_motion": "reduce"}, {"color_scheme": "dark"}])
def test_other_looks_work_as_well(invite: Invite, look: dict[str, str]) -> None:
    ana, ben = invite("Ana", **look), invite("Ben")
    ana.visit(ben)
    ana.say("hello")
    ana.sees("hello")
    expect(ana.page.get_by_role("button", name="Members and settings")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(invite: Invite, scheme: str) -> None:
    """Contrast of at least 4.5 to 1 for every text that is shown (WCAG 1.4.3)."""
    ana, ben = invite("Ana", color_scheme=scheme), invite("Ben")
    ben.visit(ana)
    ben.say("a message with [a link](https://example.org) and @ben and `code`", "> quoted")
    expect(ana.item("Ben").get_by_label("2 unread")).to_be_visible()
    poor = ana.page.evaluate(CONTRAST)
    ana.open("Ben")
    ana.say("one of my own")
    ana.sees("a message with a link and @ben and code", "quoted", "one of my own")
    expect(ana.page.locator(".mark")).to_have_count(0)
    poor += ana.page.evaluate(CONTRAST)
    assert poor == []


CONTRAST: Final = """() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const ground = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.push(rgba(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
  };
  const light = (colour) => {
    const linear = (value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = colour.map((value) => linear(value / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const poor = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { parentElement: element, data } = texts.currentNode;
    if (!data.trim() || element.closest('.hidden, :disabled')) continue;
    if (!element.checkVisibility({ opacityProperty: true })) continue;
    const under = ground(element);
    const text = over(rgba(getComputedStyle(element).color), under);
    const [high, low] = [light(text), light(under)].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < 4.5) poor.push(`${data.trim().slice(0, 30)}: ${ratio.toFixed(2)}`);
  }
  return poor;
}"""
