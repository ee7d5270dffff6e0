"""Two people send each other files."""

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from tests.browser.files import Made, animation, drop, made, paste, picture, text, tone
from tests.browser.guests import Guest, quiet

Invite = Callable[..., Guest]

CONTENT: Final = re.compile(r"/api/media/[^/]+/content")
PART: Final = re.compile(r"/api/media/[^/]+/parts/(\d+)\?")
REFUSED: Final = "Failed to load resource"
SHIFTS: Final = """() => {
  window.shifts = [];
  new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map((entry) => entry.value)))
    .observe({ type: 'layout-shift', buffered: true });
}"""
TAB_STOPS: Final = """(row) => [...row.querySelectorAll('a, button, input, audio, video, [tabindex]')]
  .filter((element) => element.tabIndex >= 0).length + (row.tabIndex >= 0 ? 1 : 0)"""
FOREIGN: Final = "() => document.querySelectorAll('script, iframe, style, object, embed').length"
OVERFLOW: Final = """() => {
  const list = document.querySelector('.scroller');
  return list.scrollWidth - list.clientWidth;
}"""
MIB: Final = 1024 * 1024


@pytest.fixture
def pair(invite: Invite) -> tuple[Guest, Guest]:
    """Two who have a conversation, which is on both screens."""
    return _pair(invite)


def _pair(invite: Invite, **options: object) -> tuple[Guest, Guest]:
    ana, ben = invite("Ana María", **options), invite("Ben Okafor", **options)
    ana.visit(ben)
    ben.open("Ana María")
    return ana, ben


def choose(guest: Guest, *files: Made) -> None:
    guest.page.locator("input[type=file]").set_input_files(list(files))


def ready(guest: Guest, count: int = 1) -> None:
    expect(guest.page.locator(".tray-item", has_text="ready")).to_have_count(count)


def pictures(guest: Guest) -> Locator:
    return guest.log.locator(".picture img")


def is_loaded(image: Locator) -> None:
    """The browser has decoded it."""
    handle = image.element_handle()
    image.page.wait_for_function("(image) => image.complete && image.naturalWidth > 0", arg=handle)


def held_up(page: Page, pattern: re.Pattern[str], method: str = "PUT") -> list[Route]:
    """Requests that match wait, in the list, until the test lets them go."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == method:
            held.append(route)
        else:
            route.continue_()

    page.route(pattern, hold)
    return held


def let_go(page: Page, pattern: re.Pattern[str], held: list[Route]) -> None:
    for route in held:
        route.continue_()
    page.unroute(pattern)


def test_a_picture_chosen_by_the_button_is_seen_by_the_other_with_its_description(pair: tuple[Guest, Guest]) -> None:
    ana, ben = pair
    with ana.page.expect_file_chooser() as chooser:
        ana.page.get_by_role("button", name="Attach files").click()
    chooser.value.set_files(picture("beach.png"))
    ready(ana)
    ana.page.get_by_label("Description of beach.png").fill("Gold on teal")
    ana.say("Look")
    expect(ben.message("Look").get_by_role("button", name="Image: Gold on teal. Open")).to_be_visible()
    expect(pictures(ben)).to_have_attribute("alt", "Gold on teal")
    is_loaded(pictures(ben))
    is_loaded(pictures(ana))
    expect(ana.page.locator(".tray-item")).to_have_count(0)


def test_files_dropped_while_writing_leave_the_text_and_the_focus_alone(pair: tuple[Guest, Guest]) -> None:
    ana, ben = pair
    ana.composer.press_sequentially("half a sent")
    drop(ana.page, ana.log, picture(), text())
    ready(ana, 2)
    expect(ana.page.locator(".drop-target")).to_have_count(0)
    expect(ana.composer).to_be_focused()
    ana.page.keyboard.type("ence")
    ana.page.keyboard.press("Enter")
    expect(ben.message("half a sentence").locator(".picture img")).to_have_count(1)
    expect(ben.message("half a sentence").get_by_role("button", name="Download notes.txt")).to_be_visible()


def test_a_pasted_picture_is_attached_and_pasted_text_stays_text(pair: tuple[Guest, Guest]) -> None:
    ana, ben = pair
    paste(ana.page, ana.composer, picture("image.png"))
    ready(ana)
    paste(ana.page, ana.composer, picture("copy.png"), words="from a word processor, with its picture")
    ready(ana)
    ana.composer.press("Enter")
    expect(pictures(ben)).to_have_count(1)


def test_the_keyboard_opens_the_choice_of_files(pair: tuple[Guest, Guest]) -> None:
    ana, _ = pair
    with ana.page.expect_file_chooser() as chooser:
        ana.page.keyboard.press("Control+Shift+U")
    chooser.value.set_files([picture("one.png"), text()])
    ready(ana, 2)


def test_one_goes_on_writing_and_sending_elsewhere_while_files_are_uploaded(invite: Invite) -> None:
    """A file holds up its own message and what comes after it in that conversation, in order, and nothing else."""
    ana, ben = _pair(invite)
    cleo = invite("Cleo")
    cleo.visit(ana)
    page = ana.page
    held = held_up(page, CONTENT)
    choose(ana, picture())
    expect(page.get_by_role("progressbar", name="Upload of picture.png")).to_be_visible()
    expect(ana.composer).to_be_editable()
    ana.say("with a picture", "and then this")
    expect(page.locator(".mark.sending")).to_have_count(2)
    ana.open("Cleo")
    ana.say("meanwhile")
    cleo.sees("meanwhile")
    assert ben.log.locator(".bubble .text").count() == 0
    let_go(page, CONTENT, held)
    ben.sees("with a picture", "and then this")
    expect(pictures(ben)).to_have_count(1)
    ana.open("Ben Okafor")
    quiet(ana)


def test_an_upload_that_is_cancelled_is_gone_and_the_text_stays(pair: tuple[Guest, Guest]) -> None:
    ana, ben = pair
    held = held_up(ana.page, CONTENT)
    ana.composer.fill("without it")
    choose(ana, picture())
    expect(ana.page.get_by_role("progressbar")).to_be_visible()
    ana.page.get_by_role("button", name="Cancel picture.png").click()
    expect(ana.page.locator(".tray-item")).to_have_count(0)
    expect(ana.composer).to_be_focused()
    ana.composer.press("Enter")
    ben.sees("without it")
    expect(ben.log.locator(".media")).to_have_count(0)
    for route in held:
        route.abort()


def test_an_upload_that_is_refused_says_why_keeps_the_text_and_can_be_tried_again(pair: tuple[Guest, Guest]) -> None:
    ana, ben = pair
    problem = {"code": "media_broken", "detail": "The content is damaged.", "status": 400, "type": "", "title": ""}
    with ana.forgiving(REFUSED):
        ana.page.route("**/complete", lambda route: route.fulfill(status=400, json=problem), times=1)
        ana.composer.fill("the text")
        choose(ana, picture())
        expect(ana.page.locator(".tray-item").get_by_role("alert")).to_have_text("The content is damaged.")
        ana.composer.press("Enter")
        expect(ana.page.locator(".notice")).to_contain_text("“picture.png” could not be uploaded")
        expect(ana.composer).to_have_value("the text")
    ana.page.get_by_role("button", name="Retry picture.png").click()
    ready(ana)
    ana.composer.press("Enter")
    expect(ben.message("the text").locator(".picture img")).to_have_count(1)


def test_a_file_that_turns_out_wrong_after_sending_gives_the_message_back(pair: tuple[Guest, Guest]) -> None:
    """The server refuses a text that calls itself a picture; the text and the other file return to the composer."""
    ana, ben = pair
    held = held_up(ana.page, CONTENT)
    choose(ana, made("liar.png", "image/png", b"I am no picture"), text())
    ana.say("two files")
    with ana.forgiving(REFUSED):
        let_go(ana.page, CONTENT, held)
        problem = ana.log.locator(".problem")
        expect(problem).to_contain_text("Not sent. “liar.png”: The content is not what its name or type says.")
    problem.get_by_role("button", name="Edit").click()
    expect(ana.composer).to_have_value("two files")
    ana.page.get_by_role("button", name="Remove liar.png").click()
    ready(ana)
    ana.composer.press("Enter")
    expect(ben.message("two files").get_by_role("button", name="Download notes.txt")).to_be_visible()


def test_what_is_too_large_empty_or_too_much_is_refused_in_a_sentence(invite: Invite) -> None:
    ana, _ = _pair(invite)

    def tell_limit(route: Route) -> None:
        answer = route.fetch()
        body: dict[str, Any] = answer.json()
        body["media"]["bytes_max"] = 1000
        route.fulfill(response=answer, body=json.dumps(body))

    ana.page.route("**/config.json", tell_limit)
    ana.page.reload()
    expect(ana.composer).to_be_visible()
    choose(ana, text("big.txt", b"x" * 1001), text("none.txt", b""), text("fits.txt", b"x" * 1000))
    ready(ana)
    expect(ana.page.locator(".notice")).to_have_text(
        ["“big.txt” is too large: a file may have 1 kB.", "“none.txt” is empty."]
    )
    choose(ana, *(text(f"{number}.txt") for number in range(11)))
    expect(ana.page.locator(".notice").last).to_have_text("A message can have 10 files; 2 were left out.")
    ready(ana, 10)


def test_a_large_file_comes_in_parts_and_goes_on_after_a_lost_connection(
    pair: tuple[Guest, Guest], tmp_path: Path
) -> None:
    """Only the part that was lost is sent again, and what the other downloads is the file."""
    ana, ben = pair
    content = hashlib.shake_128(b"seed").digest(20 * MIB)
    large = tmp_path / "large.bin"
    large.write_bytes(content)
    sent: list[str] = []

    def lose_the_second_once(route: Route) -> None:
        match = PART.search(route.request.url)
        assert match is not None
        sent.append(match[1])
        if sent.count("2") == 1 and match[1] == "2":
            route.abort("connectionreset")
        else:
            route.continue_()

    ana.page.route(PART, lose_the_second_once)
    with ana.forgiving("ERR_CONNECTION_RESET"):
        ana.page.locator("input[type=file]").set_input_files(large)
        expect(ana.page.locator(".tray-item")).to_contain_text("ready", timeout=60_000)
    assert sent == ["1", "2", "2", "3"]
    ana.composer.press("Enter")
    with ben.page.expect_download() as download:
        ben.log.get_by_role("button", name="Download large.bin").click()
    assert download.value.suggested_filename == "large.bin"
    assert hashlib.sha256(download.value.path().read_bytes()).digest() == hashlib.sha256(content).digest()


def test_files_of_a_draft_stay_with_their_conversation(invite: Invite) -> None:
    ana, _ = _pair(invite)
    cleo = invite("Cleo")
    cleo.visit(ana)
    choose(ana, picture())
    ready(ana)
    ana.page.get_by_label("Description of picture.png").fill("kept")
    ana.open("Cleo")
    expect(ana.page.locator(".tray-item")).to_have_count(0)
    ana.open("Ben Okafor")
    ready(ana)
    expect(ana.page.get_by_label("Description of picture.png")).to_have_value("kept")


def test_a_message_whose_files_are_uploaded_survives_a_reload_and_another_says_what_is_lost(
    pair: tuple[Guest, Guest],
) -> None:
    ana, ben = pair
    page = ana.page
    messages = re.compile(r"/api/conversations/[^/]+/messages$")
    page.route(messages, lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    with ana.forgiving("ERR_FAILED|net::ERR"):
        choose(ana, picture())
        ready(ana)
        ana.say("uploaded")
        held = held_up(page, CONTENT)
        choose(ana, picture("late.png"))
        expect(page.get_by_role("progressbar")).to_be_visible()
        ana.say("not uploaded")
        expect(page.locator(".mark")).to_have_count(2)
        page.reload()
        for route in held:
            route.abort()
        page.unroute_all()
        expect(ben.message("uploaded").locator(".picture img")).to_have_count(1, timeout=30_000)
    expect(ana.log.locator(".problem")).to_contain_text("The page was closed before its files were uploaded.")
    ana.log.get_by_role("button", name="Edit").click()
    expect(ana.composer).to_have_value("not uploaded")


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
    ana, ben = _pair(invite, reduced_motion=motion)
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
    choose(ana, tone("first.wav"), tone("second.wav"))
    ready(ana, 2)
    ana.composer.press("Enter")
    sounds = ben.log.locator("audio")
    expect(sounds).to_have_count(2)
    playing = "() => [...document.querySelectorAll('audio')].map((sound) => !sound.paused)"
    for index in range(2):
        handle = sounds.nth(index).element_handle()
        ben.page.wait_for_function("(sound) => sound.readyState > 0 && Math.round(sound.duration) === 3", arg=handle)
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
        assert guest.page.evaluate(FOREIGN) == 1, "only the page's own script"
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
