"""Files that people in the tests send: made here, real ones; and the ways by which they do."""

import io
import math
import re
import struct
import wave
from collections.abc import Callable
from typing import Final, TypedDict

from PIL import Image, ImageDraw
from playwright.sync_api import ElementHandle, JSHandle, Locator, Page, Route, expect
from tests.browser.guests import Guest

RATE: Final = 8_000
CONTENT: Final = re.compile(r"/api/media/[^/]+/content")


class Made(TypedDict):
    """A file as Playwright takes it."""

    name: str
    mimeType: str
    buffer: bytes


def made(name: str, media_type: str, content: bytes) -> Made:
    return {"name": name, "mimeType": media_type, "buffer": content}


def picture(name: str = "picture.png", width: int = 640, height: int = 360, color: str = "teal") -> Made:
    image = Image.new("RGB", (width, height), color)
    ImageDraw.Draw(image).ellipse((width * 0.3, height * 0.3, width * 0.7, height * 0.7), fill="gold")
    return made(name, "image/png", _saved([image], "PNG"))


def animation(name: str = "moving.gif", width: int = 200, height: int = 120) -> Made:
    frames = [Image.new("RGB", (width, height), color) for color in ("red", "green", "blue")]
    return made(name, "image/gif", _saved(frames, "GIF"))


def _saved(frames: list[Image.Image], kind: str) -> bytes:
    into = io.BytesIO()
    more = {"save_all": True, "append_images": frames[1:], "duration": 200, "loop": 0} if len(frames) > 1 else {}
    frames[0].save(into, kind, **more)
    return into.getvalue()


def tone(name: str = "tone.wav", seconds: float = 3.0) -> Made:
    into = io.BytesIO()
    with wave.open(into, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        swing = (int(9000 * math.sin(index * 440 * math.tau / RATE)) for index in range(int(seconds * RATE)))
        file.writeframes(b"".join(struct.pack("<h", value) for value in swing))
    return made(name, "audio/wav", into.getvalue())


def text(name: str = "notes.txt", content: bytes = b"what was agreed") -> Made:
    return made(name, "text/plain", content)


def carried(page: Page, *files: Made) -> JSHandle:
    """What a mouse or a clipboard carries: a `DataTransfer` with these files."""
    parts = [[file["name"], file["mimeType"], list(file["buffer"])] for file in files]
    return page.evaluate_handle(
        """(files) => {
          const carried = new DataTransfer();
          for (const [name, type, bytes] of files) carried.items.add(new File([new Uint8Array(bytes)], name, { type }));
          return carried;
        }""",
        parts,
    )


def drop(page: Page, target: Locator, *files: Made) -> None:
    """Holds the files over the target, and lets go."""
    held = carried(page, *files)
    for event in ("dragenter", "dragover"):
        target.dispatch_event(event, {"dataTransfer": held})
    target.page.locator(".drop-target").wait_for()
    target.dispatch_event("drop", {"dataTransfer": held})


def paste(page: Page, target: Locator, *files: Made, words: str = "") -> None:
    """`words`: the text that the clipboard holds beside the files."""
    held = carried(page, *files)
    element: ElementHandle | None = target.element_handle()
    assert element is not None
    page.evaluate(
        """([target, held, words]) => {
          if (words) held.setData('text/plain', words);
          const event = new ClipboardEvent('paste', { clipboardData: held, bubbles: true, cancelable: true });
          target.dispatchEvent(event);
        }""",
        [element, held, words],
    )


def choose(guest: Guest, *files: Made) -> None:
    """By the button."""
    guest.page.locator("input[type=file]").set_input_files(list(files))


def ready(guest: Guest, count: int = 1) -> None:
    """So many files of what is being written are uploaded."""
    expect(guest.page.locator(".tray-item", has_text="ready")).to_have_count(count)


def pictures(guest: Guest) -> Locator:
    return guest.log.locator(".picture img")


def is_loaded(image: Locator) -> None:
    """The browser has decoded it."""
    expect(image).not_to_have_js_property("naturalWidth", 0)
    expect(image).to_have_js_property("complete", True)


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


def pair_of(invite: Callable[..., Guest], **options: object) -> tuple[Guest, Guest]:
    """Two who have a conversation, which is on both screens."""
    ana, ben = invite("Ana María", **options), invite("Ben Okafor", **options)
    ana.visit(ben)
    ben.open("Ana María")
    return ana, ben
