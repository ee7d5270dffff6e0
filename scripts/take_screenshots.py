"""Takes the pictures in `docs/images`: starts a server of its own, lets people talk in browsers, and photographs them.

Run: python scripts/take_screenshots.py [folder]. Needs the built web client, Debian's Chromium, and emoji fonts.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

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

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url
        self.api = browser.new_context(base_url=url).request
        self.tokens: dict[str, str] = {}
        for username, name in PEOPLE.items():
            user = {"username": username, "password": PASSWORD}
            self.call("POST", "/api/auth/sign-up", {**user, "name": name})
            self.tokens[username] = self.call("POST", "/api/auth/sign-in", user)["access_token"]
        self.group = self._write()

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
        for who, text in (("emil", "Could you send me the address?"), ("chloe", "See you there 👋")):
            direct = self.call("POST", "/api/conversations", {"kind": "direct", "members": ["ana"]}, who)
            self.call("POST", f"/api/conversations/{direct['id']}/messages", {"id": who, "text": text}, who)
        return conversation

    def page(self, username: str, viewport: dict[str, int], scheme: str = "light") -> Page:
        """Somebody's page, signed in."""
        hint = {"origin": self.url, "localStorage": [{"name": "tertulia.signed-in", "value": "1"}]}
        context = self.browser.new_context(
            base_url=self.url,
            viewport=viewport,  # type: ignore[arg-type]
            color_scheme=scheme,  # type: ignore[arg-type]
            device_scale_factor=1.5,
            locale="en-GB",
            storage_state={"cookies": [], "origins": [hint]},  # type: ignore[typeddict-item]
        )
        context.request.post("/api/auth/sign-in", data={"username": username, "password": PASSWORD})
        page = context.new_page()
        page.goto("/")
        page.get_by_role("navigation").get_by_role("link", name="Thursday table").wait_for()
        return page


def take(scene: Scene, folder: Path) -> None:
    """Every view, in light and dark, wide and on a phone."""
    folder.mkdir(parents=True, exist_ok=True)
    ben = scene.page("ben", WIDE)
    ben.goto(f"/c/{scene.group}")
    for scheme in ("light", "dark"):
        page = scene.page("ana", WIDE, scheme)
        page.goto(f"/c/{scene.group}")
        page.get_by_role("log").get_by_text("you are the best").wait_for()
        ben.locator(".composer textarea").press_sequentially("Save me a chair", delay=20)
        page.locator(".typing-dots").wait_for()
        page.wait_for_timeout(1500)
        page.screenshot(path=folder / f"conversation-{scheme}.png")
        page.goto("/")
        page.get_by_role("heading", name="Pull up a chair").wait_for()
        page.screenshot(path=folder / f"welcome-{scheme}.png")
        phone = scene.page("ana", PHONE, scheme)
        phone.screenshot(path=folder / f"phone-list-{scheme}.png")
        phone.goto(f"/c/{scene.group}")
        phone.get_by_role("log").get_by_text("you are the best").wait_for()
        phone.wait_for_timeout(500)
        phone.screenshot(path=folder / f"phone-conversation-{scheme}.png")
        ben.locator(".composer textarea").fill("")
        ben.wait_for_timeout(3200)
    views(scene, folder)


def views(scene: Scene, folder: Path) -> None:
    page = scene.page("ana", WIDE)
    page.get_by_role("button", name="New conversation").click()
    page.get_by_role("option").first.wait_for()
    page.screenshot(path=folder / "new-conversation-light.png")
    page.keyboard.press("Escape")
    page.goto(f"/c/{scene.group}")
    page.get_by_role("button", name="Members and settings").click()
    page.get_by_text("Members (5)").wait_for()
    page.screenshot(path=folder / "members-light.png")
    door = scene.browser.new_context(base_url=scene.url, viewport=WIDE, device_scale_factor=1.5).new_page()  # type: ignore[arg-type]
    door.goto("/sign-up")
    door.get_by_label("Your name").wait_for()
    door.screenshot(path=folder / "sign-up-light.png")


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        environment = {**os.environ, "TERTULIA_RATE_FACTOR": "0", "TERTULIA_SIGN_UP": "open"}
        command = [sys.executable, "-m", "tertulia", "serve", "--json", "--port", "0", "--data", data]
        server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            assert server.stdout is not None
            url = json.loads(server.stdout.readline())["url"]
            chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            start = time.monotonic()
            take(Scene(browser, url), folder)
            print(f"{len(list(folder.glob('*.png')))} pictures in {folder}, {time.monotonic() - start:.0f} s")
            browser.close()
        finally:
            server.terminate()
            server.wait(15)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images")
