"""Takes the pictures in `docs/images`: starts a server of its own, lets people talk in browsers, and photographs them.

Run: python scripts/take_screenshots.py [--folder docs/images] [--language en-GB]. Needs the built web client, Debian's
Chromium, and emoji fonts. The language is that of the browsers; pictures in another one have it in their names.
"""

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Browser, Page, sync_playwright

ROOT: Final = Path(__file__).resolve().parent.parent
PASSWORD: Final = "correct horse battery"
PEOPLE: Final = {
    "ana": "Ana María",
    "ben": "Ben Okafor",
    "chloe": "Chloé Laurent",
    "dana": "دانا",
    "emil": "Emil Novák",
}
WIDE: Final = {"width": 1200, "height": 780}
PHONE: Final = {"width": 390, "height": 780}
NORMAL: Final = "en-GB"
RIGHT_TO_LEFT: Final = "ar"
LOOKS: Final = {
    "light": (WIDE, "light", ""),
    "dark": (WIDE, "dark", ""),
    "phone": (PHONE, "light", ""),
    "rtl": (WIDE, "light", RIGHT_TO_LEFT),
}
"""How every view is taken, by the end of the picture's name: how large, how bright, and in which language if it is
another one."""
PLACE: Final = {"latitude": 38.7139, "longitude": -9.1394, "accuracy": 40}
ADMIN: Final = "host"
STILL: Final = """() => document.getAnimations()
  .every(({ playState, effect }) => playState !== 'running' || effect.getTiming().iterations === Infinity)"""
STICKERS: Final = """() => [...document.querySelectorAll('dialog[open] img')]
  .filter(({ complete, naturalWidth }) => complete && naturalWidth > 0).length >= 8"""
LOADED: Final = """() => [...document.querySelectorAll('.picture')]
  .every((picture) => picture.querySelector('img')?.naturalWidth > 0)"""
TALK: Final = (
    ("ben", "Morning! The table by the window is ours again on **Thursday** ☕", 0),
    ("ben", "Who brings something to read aloud?", 0),
    (
        "chloe",
        "I found a letter from 1912, written in this café:\n> We talked until the lamps went out,\n> and then on.",
        0,
    ),
    ("ana", "Beautiful! I'll bring the translation 📚", 3),
    ("dana", "سأحضر القهوة من عمّان", 0),
    ("emil", "Is there a plan for the evening?", 0),
    ("ana", "Sort of:\n1. Coffee\n2. The letter\n3. Whatever it leads to", 6),
    ("chloe", "@ana you are the best. Notes go to https://example.org/thursday", 0),
)


class Scene:
    """A server, and what is written on it beforehand."""

    def __init__(self, browser: Browser, url: str, language: str = NORMAL) -> None:
        self.browser = browser
        self.url = url
        self.language = language
        self.api = browser.new_context(base_url=url).request
        self.tokens: dict[str, str] = {}
        for username, name in PEOPLE.items():
            user = {"username": username, "password": PASSWORD}
            self.call("POST", "/api/auth/sign-up", {**user, "name": name})
            self.tokens[username] = self.call("POST", "/api/auth/sign-in", user)["access_token"]
        for number, username in enumerate(("ana", "chloe", "emil"), start=5):
            portrait = self._upload(username, "me.png", _scenery(400, 400, number))["media"]
            self.call("PATCH", "/api/users/me", {"picture": portrait}, username)
        self.thread = 0
        self.group = self._write()
        self.gallery = self._show()

    def call(self, method: str, path: str, body: dict[str, Any], who: str = "") -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.tokens[who]}"} if who else {}
        answer = self.api.fetch(path, method=method, data=body, headers=headers)
        if not answer.ok:
            raise RuntimeError(answer.text())
        result: dict[str, Any] = answer.json()
        return result

    def _write(self) -> str:
        group = {"kind": "group", "members": ["ben", "chloe", "dana"], "title": "Thursday"}
        conversation = str(self.call("POST", "/api/conversations", group, "ana")["id"])
        path = f"/api/conversations/{conversation}/messages"
        written: list[dict[str, Any]] = []
        for number, (who, text, reply) in enumerate(TALK):
            if who == "emil":
                self.call("PUT", f"/api/conversations/{conversation}/members/emil", {}, "ana")
                self.call("PATCH", f"/api/conversations/{conversation}", {"title": "Thursday table"}, "ana")
            message = {
                "id": f"m{number}",
                "text": text,
                **({"reply_to": written[reply - 1]["timestamp"]} if reply else {}),
            }
            written.append(self.call("POST", path, message, who))
        for who, number, emoji in (
            ("ana", 0, "👍"),
            ("dana", 0, "👍"),
            ("ben", 2, "❤️"),
            ("ana", 2, "❤️"),
            ("dana", 6, "🎉"),
        ):
            self.call("PUT", f"{path}/{written[number]['timestamp']}/reactions/{emoji}", {}, who)
        self.thread = int(written[5]["timestamp"])
        better = {"text": "Who brings something to read aloud, and in which language?"}
        self.call("PATCH", f"{path}/{written[1]['timestamp']}", better, "ben")
        for who, text in (("emil", "Could you send me the address?"), ("chloe", "See you there 👋")):
            direct = self.call("POST", "/api/conversations", {"kind": "direct", "members": ["ana"]}, who)
            self.call("POST", f"/api/conversations/{direct['id']}/messages", {"id": who, "text": text}, who)
            if who == "emil":
                draft = {"text": "It is Rua do Alecrim 19, the door beside"}
                self.call("PUT", f"/api/conversations/{direct['id']}/draft", draft, "ana")
        self.call("PUT", "/api/users/me/status", {"emoji": "🎻", "text": "Rehearsing until eight", "dnd": True}, "emil")
        return conversation

    def _show(self) -> str:
        """A second conversation, of pictures, a voice note and a file."""
        group = {"kind": "group", "members": ["ben", "emil"], "title": "Gallery"}
        conversation = str(self.call("POST", "/api/conversations", group, "chloe")["id"])
        self.call("PUT", f"/api/conversations/{conversation}/members/ana", {}, "chloe")
        peaks = [int(90 + 80 * ((number * 7 % 13) / 13) * (1 - abs(number - 32) / 40)) for number in range(64)]
        shown: tuple[tuple[str, str, list[dict[str, Any]]], ...] = (
            (
                "chloe",
                "The lamps, an hour ago",
                [self._upload("chloe", "lamps.png", _scenery(1200, 800, 1), "Street lamps")],
            ),
            ("emil", "", [self._upload("emil", f"{n}.png", _scenery(600, 600, n), "A sketch") for n in (2, 3, 4)]),
            ("ben", "", [{**self._upload("ben", "note.wav", _hum()), "voice": True, "peaks": peaks}]),
            (
                "ana",
                "The translation, as far as I am",
                [self._upload("ana", "letter of 1912.txt", b"We talked until" * 900)],
            ),
        )
        for number, (who, text, files) in enumerate(shown):
            message = {"id": f"g{number}", "text": text, "attachments": files}
            self.call("POST", f"/api/conversations/{conversation}/messages", message, who)
        return conversation

    def _upload(self, who: str, name: str, content: bytes, alt: str = "") -> dict[str, Any]:
        kind = {".png": "image/png", ".wav": "audio/wav"}.get(Path(name).suffix, "text/plain")
        begun = self.call("POST", "/api/media", {"name": name, "type": kind, "size": len(content)}, who)
        headers = {"Authorization": f"Bearer {self.tokens[who]}", **begun["headers"]}
        answer = self.api.fetch(begun["url"], method="PUT", data=content, headers=headers)
        if not answer.ok:
            raise RuntimeError(answer.text())
        self.call("POST", f"/api/media/{begun['id']}/complete", {}, who)
        return {"media": begun["id"], **({"alt": alt} if alt else {})}

    def page(
        self, username: str, viewport: dict[str, int], scheme: str = "light", scale: float = 1.5, language: str = ""
    ) -> Page:
        """Somebody's page, signed in."""
        hint = {"origin": self.url, "localStorage": [{"name": "tertulia.signed-in", "value": "1"}]}
        context = self.browser.new_context(
            base_url=self.url,
            viewport=viewport,  # type: ignore[arg-type]
            color_scheme=scheme,  # type: ignore[arg-type]
            device_scale_factor=scale,
            permissions=["microphone", "geolocation"],
            geolocation=PLACE,  # type: ignore[arg-type]
            locale=language or self.language,
            storage_state={"cookies": [], "origins": [hint]},  # type: ignore[typeddict-item]
        )
        context.request.post("/api/auth/sign-in", data={"username": username, "password": PASSWORD})
        page = context.new_page()
        page.goto("/")
        page.locator(".sidebar .brand").wait_for()
        return page


def _scenery(width: int, height: int, number: int) -> bytes:
    """A picture of an evening: bands of colour, and lamps."""
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    for line in range(height):
        warm = line / height
        draw.line(
            (0, line, width, line), (int(30 + 190 * warm), int(40 + 70 * warm), int(90 + 20 * number - 40 * warm))
        )
    for lamp in range(3 + number):
        x, y = (lamp + 0.5) * width / (3 + number), height * (0.35 + 0.07 * (lamp * number % 4))
        draw.ellipse((x - 26, y - 26, x + 26, y + 26), (255, 226, 150))
        draw.line((x, y + 26, x, height), (25, 20, 30), 9)
    into = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(3)).save(into, "PNG")
    return into.getvalue()


def _hum() -> bytes:
    into = io.BytesIO()
    with wave.open(into, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8_000)
        file.writeframes(bytes(128 + (number // 9 % 2) * 8 for number in range(8_000 * 7)))
    return into.getvalue()


class Album:
    """Where the pictures go."""

    def __init__(self, folder: Path, language: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._suffix = "" if language == NORMAL else f"-{language}"
        self.count = 0

    def keep(self, page: Page, name: str) -> None:
        """Photographs the page once nothing moves, with 256 colours: a quarter of the size, and nobody sees it."""
        page.wait_for_function(STILL)
        taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        taken.quantize(256, dither=Image.Dither.NONE).save(self._folder / f"{name}{self._suffix}.png", optimize=True)
        self.count += 1


def take(scene: Scene, album: Album) -> None:
    """The large ones, for the README."""
    ben = scene.page("ben", WIDE)
    ben.goto(f"/c/{scene.group}")
    for scheme in ("light", "dark"):
        page = scene.page("ana", WIDE, scheme)
        page.goto(f"/c/{scene.group}")
        page.get_by_role("log").get_by_text("you are the best").wait_for()
        ben.locator(".composer textarea").press_sequentially("Save me a chair", delay=20)
        page.locator(".typing-dots").wait_for()
        album.keep(page, f"conversation-{scheme}")
        phone = scene.page("ana", PHONE, scheme)
        album.keep(phone, f"phone-list-{scheme}")
        phone.goto(f"/c/{scene.group}")
        phone.get_by_role("log").get_by_text("you are the best").wait_for()
        album.keep(phone, f"phone-conversation-{scheme}")
        ben.locator(".composer textarea").fill("")
        page.locator(".typing-dots").wait_for(state="detached")
        for each in (page, phone):
            each.context.close()
    ben.context.close()


def views(scene: Scene, album: Album) -> None:
    """Every view, in each of the looks. Nothing is found by its words, which depend on the language."""
    for look, (viewport, scheme, language) in LOOKS.items():
        page = scene.page("ana", viewport, scheme, 1, language)
        for name in _of_a_member(page, scene):
            album.keep(page, f"{name}-{look}")
        page.context.close()
        host = scene.page(ADMIN, viewport, scheme, 1, language)
        host.goto("/admin")
        host.locator(".admin .member").nth(2).wait_for()
        album.keep(host, f"admin-{look}")
        host.locator(".figures").scroll_into_view_if_needed()
        host.locator(".figures dd", has_text="0.").first.wait_for()
        album.keep(host, f"figures-{look}")
        host.context.close()
        options = {"base_url": scene.url, "viewport": viewport, "color_scheme": scheme}
        options["locale"] = language or scene.language
        door = scene.browser.new_context(**options).new_page()
        for path in ("sign-in", "sign-up"):
            door.goto(f"/{path}")
            door.locator("input[name=password]").wait_for()
            album.keep(door, f"{path}-{look}")
        door.context.close()


def _of_a_member(page: Page, scene: Scene) -> Iterator[str]:
    """Leads the page from view to view; their names."""
    page.goto("/")
    page.locator(".sidebar .conversation").first.wait_for()
    yield "welcome"
    for name, button in (("new-conversation", ".strong"), ("settings", "nth=-2"), ("account", "nth=-1")):
        within = ".sidebar-head button" if button == ".strong" else ".sidebar-foot button"
        page.locator(f"{within}{button}" if button == ".strong" else f"{within} >> {button}").click()
        with _dialog(page):
            if name == "new-conversation":
                page.get_by_role("option").first.wait_for()
            yield name
    page.locator(".drafts-button").click()
    with _dialog(page):
        yield "drafts"
    for name, keys in (("switcher", "Control+k"), ("shortcuts", "Control+/")):
        page.keyboard.press(keys)
        with _dialog(page):
            yield name
    page.goto(f"/c/{scene.gallery}")
    page.locator(".voice").wait_for()
    page.wait_for_function(LOADED)
    page.locator("article").last.scroll_into_view_if_needed()
    yield "media"
    page.locator(".picture-open").first.click()
    with _dialog(page):
        page.wait_for_function("() => document.querySelector('.lightbox-picture img')?.naturalWidth > 0")
        yield "lightbox"
    if page.locator(".emoji-button").is_visible():
        page.locator(".emoji-button").click()
        with _dialog(page):
            page.locator(".emoji-grid button").nth(9).wait_for()
            yield "emoji"
            page.locator(".picker-tabs [role=tab]").nth(1).click()
            page.wait_for_function(STICKERS)
            yield "stickers"
    page.locator(".composer-tool").last.click()
    page.locator(".recorder .voice-time").get_by_text("0:02").wait_for()
    yield "recorder"
    page.locator(".recorder button").first.press("Escape")
    page.goto(f"/c/{scene.group}")
    page.locator("article").last.wait_for()
    page.locator(".pane-head .icon-button").last.click()
    with _dialog(page):
        page.locator(".member").nth(4).wait_for()
        yield "members"
    page.locator("button.edited").first.click()
    with _dialog(page):
        page.locator(".versions li").nth(1).wait_for()
        yield "versions"
    page.goto(f"/c/{scene.group}/thread/{scene.thread}")
    page.locator(".thread-panel article").nth(1).wait_for()
    yield "thread"
    page.goto(f"/c/{scene.group}")
    page.locator(".pane article").last.wait_for()
    page.keyboard.press("Control+Shift+F")
    page.locator(".search-panel input").fill("letter")
    page.keyboard.press("Enter")
    page.locator(".result").first.wait_for()
    yield "search"
    page.keyboard.press("Escape")
    page.context.set_offline(True)
    page.locator(".banner.warning").wait_for()
    yield "offline"


@contextmanager
def _dialog(page: Page) -> Iterator[None]:
    """Waits until there is a dialog, and closes it afterwards."""
    page.locator("dialog[open]").wait_for()
    yield
    page.keyboard.press("Escape")
    page.locator("dialog[open]").wait_for(state="detached")


@contextmanager
def _serving(data: str) -> Iterator[str]:
    """A server on that folder; its address."""
    password = Path(data) / "password"
    password.write_text(PASSWORD)
    password.chmod(0o600)
    environment = {
        **os.environ,
        "TERTULIA_RATE_FACTOR": "0",
        "TERTULIA_SIGN_UP": "open",
        "TERTULIA_ADMIN_USERNAME": ADMIN,
        "TERTULIA_ADMIN_PASSWORD_FILE": str(password),
    }
    command = [sys.executable, "-m", "tertulia", "serve", "--json", "--port", "0", "--data", f"{data}/data"]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert server.stdout is not None
        yield json.loads(server.stdout.readline())["url"]
    finally:
        server.terminate()
        server.wait(15)


def main(folder: Path, language: str) -> None:
    album = Album(folder, language)
    start = time.monotonic()
    microphone = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    with tempfile.TemporaryDirectory() as data, _serving(data) as url, sync_playwright() as playwright:
        chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", *microphone])
        scene = Scene(browser, url, language)
        take(scene, album)
        views(scene, album)
        browser.close()
    print(f"{album.count} pictures in {folder}, {time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--folder", type=Path, default=ROOT / "docs" / "images")
    options.add_argument("--language", default=NORMAL, help="as a browser names it, such as ar or de-DE")
    chosen = options.parse_args()
    main(chosen.folder, chosen.language)
