"""Voice notes: recorded from a (fake) microphone by one, heard by another."""

import re
from collections.abc import Callable, Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, Locator, expect, sync_playwright
from tests.browser.conftest import CHROMIUM
from tests.browser.guests import Guest, quiet

Invite = Callable[..., Guest]

MICROPHONE: Final = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
SECONDS: Final = 2.0
HEARD: Final = """(slider) => {
  window.heard = [];
  const note = () => window.heard.push(slider.getAttribute('aria-valuetext'));
  new MutationObserver(note).observe(slider, { attributeFilter: ['aria-valuetext'] });
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One with a microphone that beeps once a second."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", *MICROPHONE])
        yield started
        started.close()


@pytest.fixture
def pair(invite: Invite) -> tuple[Guest, Guest]:
    ana, ben = invite("Ana María", permissions=["microphone"]), invite("Ben Okafor")
    ana.visit(ben)
    ben.open("Ana María")
    return ana, ben


def record(guest: Guest, seconds: float = SECONDS) -> Locator:
    """Begins, and waits until so much is recorded; answers the recorder."""
    guest.page.get_by_role("button", name="Record a voice note").click()
    recorder = guest.page.locator(".recorder")
    expect(recorder.get_by_role("button", name="Pause recording")).to_be_focused()
    reach(guest, ".recorder .voice-time", seconds)
    return recorder


def reach(guest: Guest, selector: str, seconds: float) -> None:
    """Waits until a clock on the page shows so much."""
    guest.page.wait_for_function(
        """([selector, seconds]) => {
          const [minutes, rest] = document.querySelector(selector).textContent.split(':').map(Number);
          return minutes * 60 + rest >= seconds;
        }""",
        arg=[selector, seconds],
    )


def test_a_note_is_recorded_paused_heard_and_sent_and_the_other_plays_it(pair: tuple[Guest, Guest]) -> None:
    """What was being written stays; the waveform is that of the beeps; it sounds in another browser, to its end."""
    ana, ben = pair
    ana.composer.fill("half a")
    recorder = record(ana, 1)
    recorder.get_by_role("button", name="Pause recording").click()
    paused = recorder.locator(".voice-time").inner_text()
    recorder.get_by_role("button", name="Go on recording").click()
    reach(ana, ".recorder .voice-time", 2)
    assert paused == "0:01"
    recorder.get_by_role("button", name="Stop and listen").click()
    listen = recorder.get_by_role("button", name="Listen to the voice note")
    expect(listen).to_be_focused()
    listen.click()
    expect(recorder.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    recorder.get_by_role("button", name="Send the voice note").click()
    expect(recorder).to_have_count(0)
    expect(ana.composer).to_have_value("half a")
    expect(ana.composer).to_be_focused()
    note = ben.log.get_by_role("group", name=re.compile("Voice note, 0:0[12]"))
    expect(note).to_be_visible()
    highs = note.locator("rect").evaluate_all("(bars) => bars.map((bar) => Number(bar.getAttribute('height')))")
    assert len(highs) == 64
    assert max(highs) == pytest.approx(28)
    assert min(highs) < 10, "between the beeps it is silent"
    note.get_by_role("button", name="Play the voice note").click()
    expect(note.get_by_role("button", name="Pause the voice note")).to_be_visible()
    expect(note.locator("rect.heard").first).to_be_attached()
    expect(note.get_by_role("button", name="Play the voice note")).to_be_visible()
    expect(ben.item("Ana María")).to_contain_text("Voice note")


def test_a_note_that_is_discarded_leaves_nothing_and_frees_the_microphone(pair: tuple[Guest, Guest]) -> None:
    ana, ben = pair
    ana.page.evaluate("""() => {
      window.tracks = [];
      const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (wanted) => {
        const stream = await ask(wanted);
        window.tracks.push(...stream.getTracks());
        return stream;
      };
    }""")
    recorder = record(ana, 1)
    ana.page.keyboard.press("Escape")
    expect(recorder).to_have_count(0)
    expect(ana.composer).to_be_focused()
    assert ana.page.evaluate("() => window.tracks.map((track) => track.readyState)") == ["ended"]
    ana.say("no note")
    ben.sees("no note")
    expect(ben.log.locator(".voice")).to_have_count(0)


def test_without_permission_one_is_told_what_to_do(invite: Invite) -> None:
    ana, ben = invite("Ana María"), invite("Ben Okafor")
    ana.visit(ben)
    ana.page.evaluate("""() => {
      navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', 'NotAllowedError'); };
    }""")
    ana.page.get_by_role("button", name="Record a voice note").click()
    expect(ana.page.locator(".recorder").get_by_role("alert")).to_contain_text("The microphone may not be used.")


def test_a_note_goes_on_when_one_changes_the_conversation_and_keeps_its_place(
    invite: Invite, pair: tuple[Guest, Guest]
) -> None:
    """The speed is kept too; a note that is stopped goes on where it was; sending doesn't wait for pressing stop."""
    ana, ben = pair
    cleo = invite("Cleo")
    cleo.visit(ben)
    recorder = record(ana, 5)
    recorder.get_by_role("button", name="Send the voice note").click()
    quiet(ana)
    note = ben.log.locator(".voice")
    slow = ben.page.locator(".voice, .now-playing").get_by_role("button", name="Speed: 1 times")
    note.get_by_role("button", name="Play the voice note").click()
    reach(ben, ".voice .voice-time", 1)
    ben.open("Cleo")
    bar = ben.page.get_by_role("group", name="Voice note that plays")
    expect(bar).to_contain_text("Voice note of Ana María")
    reach(ben, ".now-playing .voice-time", 2)
    slow.click()
    expect(bar.get_by_role("button", name="Speed: 1.5 times")).to_be_visible()
    bar.get_by_role("button", name="Stop the voice note").click()
    expect(bar).to_have_count(0)
    ben.open("Ana María")
    slider = note.get_by_role("slider", name="Position in the voice note")
    kept = float(slider.input_value())
    assert 2 <= kept < 5
    slider.evaluate(HEARD)
    note.get_by_role("button", name="Play the voice note").click()
    ben.page.wait_for_function("([slider, kept]) => slider.valueAsNumber > kept", arg=[slider.element_handle(), kept])
    note.get_by_role("button", name="Pause the voice note").click()
    heard = ben.page.evaluate("() => window.heard")
    assert "0:00 of 0:05" not in heard, "it goes on, and doesn't begin again"
    ben.log.locator("article").focus()
    for _ in range(2):
        ben.page.keyboard.press("ArrowRight")
    expect(slider).to_be_focused()
    ben.page.keyboard.press("Home")
    expect(slider).to_have_value("0")
    ben.page.keyboard.press("ArrowRight")
    expect(note.get_by_role("button", name="Speed: 1.5 times")).to_be_focused()
