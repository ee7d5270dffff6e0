"""Files in a conversation: pictures, films, sounds, and what their names may do."""

import re
import time
from collections.abc import Callable
from typing import Final

import pytest
from playwright.sync_api import expect
from tests.browser.files import (
    CONTENT,
    animation,
    choose,
    drop,
    held_up,
    is_loaded,
    let_go,
    made,
    pair_of,
    paste,
    picture,
    pictures,
    ready,
    tone,
)
from tests.browser.furnished import film, say, upload
from tests.browser.guests import Guest, quiet
from tests.fixtures import films

Invite = Callable[..., Guest]

ABOUT: Final = re.compile(r"/api/media/[^/]+$")
SHIFTS: Final = """() => {
  window.shifts = [];
  new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map((entry) => entry.value)))
    .observe({ type: 'layout-shift', buffered: true });
}"""
TAB_STOPS: Final = """(row) => [...row.querySelectorAll('a, button, input, audio, video, [tabindex]')]
  .filter((element) => element.tabIndex >= 0).length + (row.tabIndex >= 0 ? 1 : 0)"""
FOREIGN: Final = """() => document.querySelectorAll(
  'script:not([src^="/"]), iframe, style, object, embed').length"""
OVERFLOW: Final = """() => {
  const list = document.querySelector('.scroller');
  return list.scrollWidth - list.clientWidth;
}"""


@pytest.fixture
def pair(invite: Invite) -> tuple[Guest, Guest]:
    """Two who have a conversation, which is on both screens."""
    return pair_of(invite)


def test_the_lightbox_by_keyboard_alone(pair: tuple[Guest, Guest]) -> None:
    """From the row into the picture, on to the next, larger, and back to where one was."""
    ana, ben = pair
    choose(ana, picture("one.png", 300, 200), picture("two.png", 200, 300))
    ready(ana, 2)
    ana.page.get_by_label("Description of two.png").fill("the second")
    ana.say("both")
    expect(pictures(ben)).to_have_count(2)
    page, keys = ben.page, ben.page.keyboard
    ben.message("both").focus()
    keys.press("ArrowRight")
    first = ben.message("both").get_by_role("button", name="Image 1 of 2")
    expect(first).to_be_focused()
    keys.press("Enter")
    dialog = page.get_by_role("dialog", name="one.png")
    expect(dialog).to_be_visible()
    is_loaded(dialog.locator(".lightbox-picture img"))
    keys.press("ArrowRight")
    dialog = page.get_by_role("dialog", name="two.png")
    expect(dialog.get_by_role("status")).to_have_text("2 of 2")
    expect(dialog.locator(".lightbox-alt")).to_have_text("the second")
    shown = dialog.locator(".lightbox-picture")
    before = shown.bounding_box()
    keys.press("+")
    after = shown.bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] == pytest.approx(before["width"] * 1.5, abs=20)
    keys.press("0")
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "two.png"
    keys.press("Escape")
    expect(dialog).to_have_count(0)
    expect(first).to_be_focused()
    keys.press("Escape")
    expect(ben.message("both")).to_be_focused()


def test_nothing_moves_when_pictures_arrive(pair: tuple[Guest, Guest]) -> None:
    """Their boxes are there before: the browser measures no layout shift while they load, nor does a row move."""
    ana, ben = pair
    held = held_up(ben.page, CONTENT, "GET")
    ben.page.evaluate(SHIFTS)
    ana.say("above")
    choose(ana, picture("wide.png", 1600, 500), picture("high.png", 300, 900))
    ready(ana, 2)
    ana.say("two")
    quiet(ana)
    choose(ana, picture("alone.png", 900, 700))
    ready(ana)
    ana.say("one", "below")
    ben.sees("above", "two", "one", "below")
    expect(pictures(ben)).to_have_count(3)
    boxes = "() => [...document.querySelectorAll('[data-key]')].map((row) => row.getBoundingClientRect().toJSON())"
    ben.page.evaluate("() => new Promise(requestAnimationFrame)")
    before = ben.page.evaluate(boxes)
    assert ben.log.locator(".picture canvas.placeholder").count() == 3
    reserved = ben.message("one").locator(".picture").bounding_box()
    assert reserved is not None
    assert (round(reserved["width"]), round(reserved["height"])) == (411, 320)
    ben.page.evaluate("() => { window.shifts.length = 0; }")
    let_go(ben.page, CONTENT, held)
    for index in range(3):
        is_loaded(pictures(ben).nth(index))
    expect(ben.log.locator(".placeholder")).to_have_count(0)
    assert ben.page.evaluate(boxes) == before
    assert ben.page.evaluate("() => window.shifts") == []


@pytest.mark.parametrize(("motion", "moves"), [("no-preference", True), ("reduce", False)])
def test_animated_pictures_move_only_where_that_is_wanted_and_have_a_button(
    invite: Invite, motion: str, moves: bool
) -> None:
    ana, ben = pair_of(invite, reduced_motion=motion)
    choose(ana, animation())
    ready(ana)
    ana.composer.press("Enter")
    image = pictures(ben)
    is_loaded(image)
    still = re.compile("variant=small")
    button = ben.log.get_by_role("button", name=f"{'Pause' if moves else 'Play'} the animation")
    shown = expect(image)
    (shown.not_to_have_attribute if moves else shown.to_have_attribute)("src", still)
    button.click()
    (shown.to_have_attribute if moves else shown.not_to_have_attribute)("src", still)
    is_loaded(image)


def test_one_sound_at_a_time(pair: tuple[Guest, Guest]) -> None:
    ana, ben = pair
    choose(ana, tone("first.wav", 40), tone("second.wav", 40))
    ready(ana, 2)
    ana.composer.press("Enter")
    sounds = ben.log.locator("audio")
    expect(sounds).to_have_count(2)
    playing = "() => [...document.querySelectorAll('audio')].map((sound) => !sound.paused)"
    for index in range(2):
        handle = sounds.nth(index).element_handle()
        ben.page.wait_for_function("(sound) => sound.readyState > 0 && Math.round(sound.duration) === 40", arg=handle)
        sounds.nth(index).evaluate("(sound) => sound.play()")
        ben.page.wait_for_function(f"(index) => ({playing})().every((on, at) => on === (at === index))", arg=index)


@pytest.mark.parametrize(
    "name",
    [
        "<img src=x onerror='window.ran = true'>.png",
        '"><script>window.ran = true</script>.png',
        "gnp.\u202eexe.png",
        "../../etc/passwd.png",
        "W" * 250 + ".png",
        "z" + "\u0300\u0301\u0302" * 60 + ".png",
    ],
)
def test_hostile_file_names_are_text(pair: tuple[Guest, Guest], name: str) -> None:
    ana, ben = pair
    file = picture(name)
    page = ana.page
    drop(page, ana.log, file)
    ready(ana)
    paste(page, ana.composer, made(name.replace(".png", ".dat"), "application/x-data", b"data"))
    ready(ana, 2)
    ana.say("here")
    row = ben.message("here")
    expect(row.get_by_role("button", name="Download")).to_be_visible()
    shown = row.locator(".file-name").inner_text()
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", shown)
    row.locator(".picture-open").click()
    expect(ben.page.get_by_role("dialog")).to_be_visible()
    for guest in (ana, ben):
        assert guest.page.evaluate(FOREIGN) == 0
        assert guest.page.evaluate("() => window.ran") is None
        assert guest.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        assert guest.page.evaluate(OVERFLOW) <= 0


def test_files_have_words_in_the_list_in_replies_and_for_screen_readers(pair: tuple[Guest, Guest]) -> None:
    """One sentence to the screen reader a message; a photo is called so wherever its message is named."""
    ana, ben = pair
    page = ben.page
    page.evaluate("""() => {
      window.said = [];
      const region = document.querySelector('.hidden[aria-live]');
      new MutationObserver(() => region.textContent && window.said.push(region.textContent))
        .observe(region, { childList: true, characterData: true, subtree: true });
    }""")
    choose(ana, picture("one.png"), picture("two.png"))
    ready(ana, 2)
    ana.say("look")
    page.wait_for_function("() => window.said.length === 1 && window.said[0] === 'Ana María: look, 2 images'")
    expect(ben.message("look").locator(".bubble")).to_contain_text("2 images")
    quiet(ana)
    choose(ana, picture("three.png"))
    ready(ana)
    ana.composer.press("Enter")
    page.wait_for_function("() => window.said.length === 2 && window.said[1] === 'Ana María: an image'")
    expect(ben.item("Ana María")).to_contain_text("Photo")
    last = ben.log.locator("article").last
    assert last.evaluate(TAB_STOPS) == 1
    last.focus()
    page.keyboard.press("r")
    expect(page.locator(".mode-quote")).to_have_text("Photo")
    page.keyboard.type("nice")
    page.keyboard.press("Enter")
    expect(ana.log.locator(".quoted-text")).to_have_text("Photo")


def test_a_film_has_its_box_and_plays_in_the_browsers_own_player(pair: tuple[Guest, Guest]) -> None:
    """With a poster that the sender's browser took, and nothing of the film loaded before it plays."""
    ana, ben = pair
    choose(ana, film(ana))
    ready(ana)
    ana.composer.press("Enter")
    player = ben.log.locator("video")
    expect(player).to_have_attribute("preload", "none")
    expect(ben.log.locator(".film-frame canvas")).to_have_count(1)
    poster = player.evaluate(
        """async (player) => {
          const shown = new Image();
          shown.src = player.poster;
          await shown.decode();
          return [shown.naturalWidth, shown.naturalHeight, player.videoWidth];
        }"""
    )
    assert poster == [320, 180, 0]
    box = ben.log.locator(".film-frame").bounding_box()
    assert box is not None
    assert (round(box["width"]), round(box["height"])) == (320, 180)
    player.evaluate("(player) => { player.muted = true; return player.play(); }")
    ben.page.wait_for_function(
        "(player) => player.currentTime > 0.3 && player.videoWidth === 320", arg=player.element_handle()
    )
    expect(ben.item("Ana María")).to_contain_text("Video")


def test_a_film_that_the_browser_does_not_play_comes_as_it_does(pair: tuple[Guest, Guest]) -> None:
    """A telephone's film, in a codec that no browser has: what the server made of it plays, with a poster, too."""
    ana, ben = pair
    conversation = str(ana.post("/api/conversations", {"kind": "direct", "members": [ben.username]})["id"])
    sent = upload(ana, made("film.mov", "video/quicktime", films.mov()))
    until = time.monotonic() + 60
    while not ana.get(f"/api/media/{sent['media']}").get("playable"):
        assert time.monotonic() < until, "It was not made again."
        time.sleep(0.05)
    say(ana, conversation, "", attachments=[sent])
    player = ben.log.locator("video")
    expect(player).to_have_attribute("poster", re.compile("variant=small"))
    expect(player).to_have_attribute("src", re.compile("variant=playable"))
    player.evaluate("(player) => { player.muted = true; return player.play(); }")
    ben.page.wait_for_function(
        "(player) => player.currentTime > 0.2 && player.videoWidth === 90", arg=player.element_handle()
    )


def test_an_address_that_ran_out_is_renewed_once_and_then_one_is_told(pair: tuple[Guest, Guest]) -> None:
    ana, ben = pair
    asked: list[str] = []
    ben.page.on("request", lambda request: asked.append(request.url) if ABOUT.search(request.url) else None)
    with ben.forgiving("Failed to load resource"):
        ben.page.route(CONTENT, lambda route: route.fulfill(status=404), times=1)
        choose(ana, picture("one.png"))
        ready(ana)
        ana.say("renewed")
        is_loaded(pictures(ben))
        assert len(asked) == 2
        ben.page.route(CONTENT, lambda route: route.fulfill(status=404))
        choose(ana, picture("two.png"))
        ready(ana)
        ana.say("broken")
        row = ben.message("broken")
        expect(row.locator(".picture")).to_contain_text("It can’t be shown now.")
        assert len(asked) == 4
        ben.page.unroute(CONTENT)
        row.get_by_role("button", name="Try again").click()
        is_loaded(row.locator("img"))


def test_what_is_far_from_the_window_is_not_asked_for(pair: tuple[Guest, Guest]) -> None:
    ana, _ = pair
    choose(ana, picture())
    ready(ana)
    ana.say("far above")
    ana.say(*(f"line {number}" for number in range(45)))
    quiet(ana)
    asked: list[str] = []
    page = ana.page
    page.on("request", lambda request: asked.append(request.url) if ABOUT.search(request.url) else None)
    page.reload()
    expect(ana.message("line 44")).to_be_in_viewport()
    expect(ana.log.locator(".picture")).to_have_count(1)
    page.evaluate("() => new Promise((resolve) => requestIdleCallback(resolve))")
    assert asked == []
    ana.log.locator("article").last.focus()
    page.keyboard.press("Home")
    is_loaded(pictures(ana))
    assert len(asked) == 1
