"""The web client in Chromium: its size, a key's time, the first screen, an hour of messages, and what shifts.

Conversations are filled as the evaluation's are (`tertulia.evaluation.filling`), by the import's own writer.
`python -m bench.client --help`. It stops by itself: every wait has an end.
"""

import argparse
import asyncio
import gzip
import io
import json
import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, Route, sync_playwright

from bench.served import PASSWORD, Served
from tertulia.adapters.sqlite import schema
from tertulia.adapters.sqlite.moving import LogWriter
from tertulia.evaluation import statistics
from tertulia.evaluation.filling import Drawn, records
from tertulia.homes.folder import DataFolder

STATIC: Final = Path(__file__).resolve().parent.parent / "src" / "tertulia" / "static"
CHROMIUM: Final = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ANA: Final = "p00001"
BEN: Final = "p00002"
LARGE: Final = "g_large"
BUSY: Final = "g_busy"
BEGAN: Final = 1_790_000_000_000_000
"""When the conversations begin (microseconds)."""
SLOWED: Final = 4
"""The processor is so many times slower for the first screen."""
ROWS: Final = 250
"""So many rows are drawn before anybody types: nearly the most that ever are."""
QUIET_SHARE: Final = 0.05
"""A server that uses less of a core than this does nothing."""
QUIET_TRIES: Final = 300
"""Seconds that it may take to come to rest."""
WAIT: Final = 60_000
"""Milliseconds that anything is waited for."""
PICTURES: Final = ((1600, 500), (300, 900), (900, 700), (640, 360))
TEXT: Final = "the train was late so i read the whole chapter in the station "
USABLE: Final = """
const watch = new MutationObserver(() => {
  if (!document.querySelector('.composer textarea') || !document.querySelector('[data-key]')) return;
  watch.disconnect();
  requestAnimationFrame(() => setTimeout(() => usable(String(performance.now()))));
});
watch.observe(document, { childList: true, subtree: true });
"""
"""Says when messages and a place to write are on the screen: a task after the frame that draws them. It asks for no
frames before that, each of which would be work for the page."""
PAINTED: Final = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
AT_END: Final = """() => {
  const list = document.querySelector('.scroller');
  const last = list.querySelector('.rows').lastElementChild;
  return !last.matches('.more') && list.scrollHeight - list.scrollTop - list.clientHeight < 2;
}"""
"""The end of the rows is the present, and is shown."""
SHIFTS: Final = """() => {
  window.shifts = [];
  new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map(({ value }) => value)))
    .observe({ type: 'layout-shift' });
}"""
TOGETHER: Final = 30
"""So many messages are sent before the page has to have shown them: else it would be a test of a flood."""
RENEWED: Final = 100
"""After so many messages the sender signs in again: an access token lives for minutes."""
ARRIVED: Final = "(text) => [...document.querySelectorAll('article .text')].at(-1)?.textContent.trim() === text"
LOADED: Final = """(count) => {
  const images = [...document.querySelectorAll('.picture img')];
  return images.length === count && images.every((image) => image.complete && image.naturalWidth > 0);
}"""


def sizes() -> dict[str, float]:
    """Of what is loaded before the first screen, and the largest of what is loaded later; gzipped, in KiB."""
    manifest = json.loads((STATIC / ".vite" / "manifest.json").read_text())
    first: set[str] = set()
    entries = ["index.html"]
    while entries:
        chunk = manifest[entries.pop()]
        if chunk["file"] not in first:
            first |= {chunk["file"], *chunk.get("css", ())}
            entries += chunk.get("imports", ())
    scripts = {chunk["file"] for chunk in manifest.values() if chunk["file"].endswith(".js")}
    return {
        "first_js_kib": sum(map(_kib, (name for name in first if name.endswith(".js")))),
        "first_css_kib": sum(map(_kib, (name for name in first if name.endswith(".css")))),
        "largest_later_js_kib": max(map(_kib, scripts - first), default=0.0),
    }


def _kib(name: str) -> float:
    return len(gzip.compress((STATIC / name).read_bytes(), 9)) / 1024


async def _fill(folder: DataFolder, messages: int) -> None:
    with closing(schema.connect(folder.chat)) as connection:
        writer = LogWriter(connection)
        try:
            for name, count in ((LARGE, messages), (BUSY, 10)):
                drawn = Drawn(name=name, members=(ANA, BEN), messages=count, began=BEGAN)
                for record in records(drawn):
                    await writer.write(record)
            await writer.finish()
        finally:
            writer.abandon()


class Bench:
    """A filled server, and a browser."""

    def __init__(self, served: Served, browser: Browser) -> None:
        self.served = served
        self.browser = browser
        self.ben = httpx.Client(base_url=served.url, headers={"Authorization": f"Bearer {served.tokens[BEN]}"})
        self._sent = 0

    @contextmanager
    def page(self) -> Iterator[Page]:
        """Ana's, signed in, with an empty cache."""
        hint = {"origin": self.served.url, "localStorage": [{"name": "tertulia.signed-in", "value": "1"}]}
        context = self.browser.new_context(
            base_url=self.served.url,
            viewport={"width": 1180, "height": 760},
            storage_state={"cookies": [], "origins": [hint]},  # type: ignore[typeddict-item]
        )
        context.set_default_timeout(WAIT)
        answer = context.request.post("/api/auth/sign-in", data={"username": ANA, "password": PASSWORD})
        if not answer.ok:
            raise RuntimeError(answer.text())
        yield context.new_page()
        context.close()

    def say(self, conversation: str, text: str, **more: Any) -> None:
        if self._sent % RENEWED == 0:
            user = {"username": BEN, "password": PASSWORD}
            token = self.ben.post("/api/auth/sign-in", json=user).raise_for_status().json()["access_token"]
            self.ben.headers["Authorization"] = f"Bearer {token}"
        self._sent += 1
        message = {"id": f"b{self._sent}", "text": text, **more}
        self.ben.post(f"/api/conversations/{conversation}/messages", json=message).raise_for_status()

    def first_screen(self, runs: int) -> dict[str, Any]:
        """Milliseconds until the messages of the large conversation are there and one can write."""
        times = []
        for _ in range(runs):
            with self.page() as page:
                told: list[float] = []
                session = page.context.new_cdp_session(page)
                session.on("Runtime.bindingCalled", lambda event: told.append(float(event["payload"])))  # noqa: B023
                session.send("Runtime.enable")
                session.send("Runtime.addBinding", {"name": "usable"})
                session.send("Page.enable")
                session.send("Page.addScriptToEvaluateOnNewDocument", {"source": USABLE})
                session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
                # Playwright's own ways to wait put a script into the page, which takes it a quarter of a second.
                session.send("Page.navigate", {"url": f"{self.served.url}/c/{LARGE}"})
                for _ in range(WAIT // 20):
                    if told:
                        break
                    page.wait_for_timeout(20)
                times.append(told[0])
        return {"p50_ms": statistics.median(times), "worst_ms": max(times), "slowed": SLOWED, "n": runs}

    def typing(self, keys: int) -> dict[str, Any]:
        """What the page's main thread does for one key, in milliseconds, all tasks until the frame is painted."""
        with self.page() as page:
            page.goto(f"/c/{LARGE}")
            page.locator("[data-key]").first.wait_for()
            box = page.locator(".composer textarea")
            box.focus()
            rows = self._draw_rows(page)
            session = page.context.new_cdp_session(page)
            session.send("Performance.enable")

            def busy() -> float:
                told = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
                return float(told["TaskDuration"]) * 1000

            times = []
            for number in range(keys):
                before = busy()
                page.keyboard.press("Space" if TEXT[number % len(TEXT)] == " " else TEXT[number % len(TEXT)])
                page.evaluate(PAINTED)
                times.append(busy() - before)
            typed = (TEXT * (keys // len(TEXT) + 1))[:keys]
            if box.input_value() != typed:
                raise RuntimeError("The keys didn't arrive.")
            box.fill("")
        ordered = sorted(times)
        return {
            "p50_ms": statistics.median(times),
            "p95_ms": ordered[int(len(ordered) * 0.95)],
            "worst_ms": ordered[-1],
            "rows": rows,
            "n": keys,
        }

    def _draw_rows(self, page: Page) -> int:
        """Reads back until nearly as many rows are drawn as ever are; answers how many."""
        rows = page.locator("[data-key]")
        for _ in range(400):
            if rows.count() >= ROWS:
                break
            page.keyboard.press("PageUp")
            page.evaluate(PAINTED)
        return rows.count()

    def memory(self, messages: int) -> dict[str, Any]:
        """The heap (MB, after collecting garbage) and the nodes of a page before and after so many messages came in."""
        with self.page() as page:
            page.goto(f"/c/{BUSY}")
            page.locator("[data-key]").first.wait_for()
            before = _held(page)
            began = time.perf_counter()
            for number in range(messages):
                self.say(BUSY, f"{number} {TEXT}")
                if number % TOGETHER == TOGETHER - 1 or number == messages - 1:
                    page.wait_for_function(ARRIVED, arg=f"{number} {TEXT.strip()}")
            seconds = time.perf_counter() - began
            after = _held(page)
        return {
            "messages": messages,
            "ms_each": seconds / messages * 1000,
            "before_mb": before["JSHeapUsedSize"] / 1e6,
            "after_mb": after["JSHeapUsedSize"] / 1e6,
            "nodes_before": int(before["Nodes"]),
            "nodes_after": int(after["Nodes"]),
        }

    def shift(self) -> dict[str, Any]:
        """The layout shift that the browser reports while pictures come into the boxes that wait for them."""
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        with self.page() as page:
            page.route("**/api/media/*/content*", hold)
            page.goto(f"/c/{BUSY}")
            page.locator("[data-key]").last.focus()
            # The page begins at what is unread, which may be all that came in.
            page.keyboard.press("Control+End")
            page.wait_for_function(AT_END)
            for size in PICTURES:
                self.say(BUSY, "look", attachments=[{"media": self._upload(*size)}])
            self.say(BUSY, "below")
            page.get_by_role("log").get_by_text("below").wait_for()
            page.wait_for_function(
                "(count) => document.querySelectorAll('.picture').length === count", arg=len(PICTURES)
            )
            page.evaluate(PAINTED)
            page.evaluate(SHIFTS)
            for route in held:
                route.continue_()
            page.unroute("**/api/media/*/content*")
            for index in range(len(PICTURES)):
                page.locator(".picture").nth(index).scroll_into_view_if_needed()
            page.wait_for_function(LOADED, arg=len(PICTURES))
            page.evaluate(PAINTED)
            return {"pictures": len(PICTURES), "shift": sum(page.evaluate("() => window.shifts"))}

    def _upload(self, width: int, height: int) -> str:
        into = io.BytesIO()
        Image.effect_noise((width, height), 60).convert("RGB").save(into, "PNG")
        asked = {"name": "picture.png", "type": "image/png", "size": into.tell()}
        begun = self.ben.post("/api/media", json=asked).raise_for_status().json()
        self.ben.put(begun["url"], content=into.getvalue(), headers=begun["headers"]).raise_for_status()
        self.ben.post(f"/api/media/{begun['id']}/complete", json={}).raise_for_status()
        return str(begun["id"])


def _held(page: Page) -> dict[str, float]:
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    session.send("HeapProfiler.collectGarbage")
    return {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}


@contextmanager
def _filled(messages: int) -> Iterator[Served]:
    with Served([ANA, BEN], {}) as served:
        served.stop()
        asyncio.run(_fill(served.folder, messages))
        served.start()
        _wait_for_quiet(served)
        yield served


def _wait_for_quiet(served: Served) -> None:
    """Until the server has indexed what was filled: meanwhile it would have one of two cores."""
    for _ in range(QUIET_TRIES):
        before = served.cpu()
        time.sleep(1)
        if served.cpu() - before < QUIET_SHARE:
            return
    message = "The server doesn't come to rest."
    raise RuntimeError(message)


def measure(messages: int, keys: int, runs: int, hour: int) -> dict[str, Any]:
    """`messages` of the large conversation, `keys` to type, `runs` of the first screen, `hour`: messages of an hour."""
    with _filled(messages) as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        bench = Bench(served, browser)
        try:
            return {
                "messages": messages,
                "chromium": browser.version,
                "sizes": sizes(),
                "first_screen": bench.first_screen(runs),
                "typing": bench.typing(keys),
                "memory": bench.memory(hour),
                "shift": bench.shift(),
            }
        finally:
            bench.ben.close()
            browser.close()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--messages", type=int, default=100_000)
    options.add_argument("--keys", type=int, default=300)
    options.add_argument("--runs", type=int, default=7, help="of the first screen")
    options.add_argument("--hour", type=int, default=3_600, help="messages that come in")
    chosen = options.parse_args()
    print(json.dumps(measure(chosen.messages, chosen.keys, chosen.runs, chosen.hour), indent=2))


if __name__ == "__main__":
    main()
