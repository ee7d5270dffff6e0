"""Files on their way out: dropped, pasted, chosen; in parts; cancelled, refused, tried again."""

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Route, expect
from tests.browser.files import (
    CONTENT,
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
    text,
)
from tests.browser.guests import Guest, quiet

Invite = Callable[..., Guest]

PART: Final = re.compile(r"/api/media/[^/]+/parts/(\d+)\?")
REFUSED: Final = "Failed to load resource"
MIB: Final = 1024 * 1024


@pytest.fixture
def pair(invite: Invite) -> tuple[Guest, Guest]:
    """Two who have a conversation, which is on both screens."""
    return pair_of(invite)


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
    ana, ben = pair_of(invite)
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
    ana, _ = pair_of(invite)

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
    """Only the part that was lost is sent again, progress is what is there, and the other downloads the same file."""
    ana, ben = pair
    content = hashlib.shake_128(b"seed").digest(20 * MIB)
    large = tmp_path / "large.bin"
    large.write_bytes(content)
    sent: list[str] = []
    last: list[Route] = []

    def lose_the_second_once(route: Route) -> None:
        match = PART.search(route.request.url)
        assert match is not None
        sent.append(match[1])
        if sent.count("2") == 1 and match[1] == "2":
            route.abort("connectionreset")
        elif match[1] == "3":
            last.append(route)
        else:
            route.continue_()

    ana.page.route(PART, lose_the_second_once)
    with ana.forgiving("ERR_CONNECTION_RESET"):
        ana.page.locator("input[type=file]").set_input_files(large)
        expect(ana.page.get_by_role("progressbar", name="Upload of large.bin")).to_have_attribute(
            "value", str(16 / 20), timeout=60_000
        )
        expect(ana.page.locator(".tray-item")).to_contain_text("17 MB of 21 MB")
        last[0].continue_()
        expect(ana.page.locator(".tray-item")).to_contain_text("ready", timeout=60_000)
    assert sent == ["1", "2", "2", "3"]
    ana.composer.press("Enter")
    with ben.page.expect_download() as download:
        ben.log.get_by_role("button", name="Download large.bin").click()
    assert download.value.suggested_filename == "large.bin"
    assert hashlib.sha256(download.value.path().read_bytes()).digest() == hashlib.sha256(content).digest()


def test_files_of_a_draft_stay_with_their_conversation(invite: Invite) -> None:
    ana, _ = pair_of(invite)
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


def test_another_tab_leaves_a_message_to_the_one_that_has_its_files(pair: tuple[Guest, Guest]) -> None:
    """It neither sends it nor calls it lost; when the files are there, the message is there once."""
    ana, ben = pair
    held = held_up(ana.page, CONTENT)
    choose(ana, picture())
    expect(ana.page.get_by_role("progressbar")).to_be_visible()
    ana.say("from the first tab")
    other = ana.context.new_page()
    ana.listen(other)
    other.goto(ana.page.url)
    expect(other.locator(".composer textarea")).to_be_visible()
    expect(other.get_by_role("log").locator(".beginning")).to_be_visible()
    expect(other.locator(".problem")).to_have_count(0)
    let_go(ana.page, CONTENT, held)
    ben.sees("from the first tab")
    expect(other.get_by_role("log").locator("article .bubble .text")).to_have_text(["from the first tab"])
    expect(other.locator(".problem")).to_have_count(0)
