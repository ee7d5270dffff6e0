"""WebKit, driven by the W3C WebDriver protocol over HTTP: as much of it as the tests need.

Debian's `webkit2gtk-driver` starts the engine's own MiniBrowser, which needs a display: a virtual one, where there is
none. Everything is ended with `close`.
"""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Final, Self

import httpx
from tests.conformance.places import free_port

DRIVER: Final = os.environ.get("WEBKIT_DRIVER", "/usr/bin/WebKitWebDriver")
XVFB: Final = "/usr/bin/Xvfb"
BROWSERS: Final = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
ELEMENT: Final = "element-6066-11e4-a52e-4f735466cecf"
"""The key by which a reference to an element is told from other objects (WebDriver, 11)."""
PATIENCE: Final = 60.0
"""Seconds that anything is waited for: the engine draws by itself, without a graphics card."""
STEP: Final = 0.05


def missing() -> str:
    """What has to be installed before WebKit can run; nothing where all is there."""
    if not Path(DRIVER).exists() or not BROWSERS:
        return "There is no WebKitWebDriver: install it (Debian: apt-get install webkit2gtk-driver)."
    if not os.environ.get("DISPLAY") and not Path(XVFB).exists():
        return "WebKit needs a display: install a virtual one (Debian: apt-get install xvfb)."
    return ""


class Display:
    """A virtual screen of its own, at a number that the server of it chooses."""

    def __init__(self) -> None:
        read, write = os.pipe()
        command = [XVFB, "-displayfd", str(write), "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
        self._process = subprocess.Popen(
            command, pass_fds=(write,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(write)
        with os.fdopen(read) as number:
            self.name = f":{number.readline().strip()}"

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(15)


class WebKit:
    """The driver, and the engine that it runs; one window at a time."""

    def __init__(self) -> None:
        self._home = tempfile.TemporaryDirectory()
        self._display = Display()
        folders = {f"XDG_{name}_HOME": self._home.name for name in ("CACHE", "CONFIG", "DATA")}
        environment = {
            **os.environ,
            **folders,
            "DISPLAY": self._display.name,
            "GDK_BACKEND": "x11",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "NO_AT_BRIDGE": "1",
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
        }
        port = free_port()
        self._process = subprocess.Popen(
            [DRIVER, f"--port={port}"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE)
        end = time.monotonic() + PATIENCE
        while not self._ready():
            assert time.monotonic() < end, "WebKitWebDriver doesn't answer."
            time.sleep(STEP)

    def _ready(self) -> bool:
        try:
            return bool(self.http.get("/status").json()["value"]["ready"])
        except httpx.TransportError:
            return False

    def close(self) -> None:
        self.http.close()
        self._process.terminate()
        self._process.wait(15)
        self._display.close()
        shutil.rmtree(self._home.name, ignore_errors=True)
        self._home.cleanup()


class Window:
    """One session: a window of WebKit with no memory of others. Ends with the `with` in which it is used."""

    def __init__(self, webkit: WebKit) -> None:
        self._http = webkit.http
        options = {"binary": str(BROWSERS[-1]), "args": ["--automation"]}
        wanted = {"alwaysMatch": {"browserName": "MiniBrowser", "webkitgtk:browserOptions": options}}
        self._path = ""
        self._path = f"/session/{self._ask('POST', '/session', {'capabilities': wanted})['sessionId']}"
        self.resize(1180, 760)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ask("DELETE", "")

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        sent = {} if method == "POST" and body is None else body
        answer = self._http.request(method, f"{self._path}{path}", json=sent)
        value = answer.json()["value"]
        assert answer.is_success, f"{path}: {value['error']}: {value['message']}"
        return value

    def resize(self, width: int, height: int) -> None:
        self._ask("POST", "/window/rect", {"width": width, "height": height})

    def go(self, url: str) -> None:
        self._ask("POST", "/url", {"url": url})

    def run(self, script: str, *arguments: object) -> Any:
        """What the body of a function answers; its parameters are `arguments`, those of the protocol."""
        return self._ask("POST", "/execute/sync", {"script": script, "args": arguments})

    def until(self, script: str, *arguments: object) -> Any:
        """What the script answers as soon as that is true."""
        end = time.monotonic() + PATIENCE
        while not (found := self.run(script, *arguments)):
            assert time.monotonic() < end, f"It didn't come about in {PATIENCE:.0f} s: {script}"
            time.sleep(STEP)
        return found

    def find(self, selector: str) -> str:
        """Waits for the element; answers its reference."""
        found = self.until("return document.querySelector(arguments[0])", selector)
        return str(found[ELEMENT])

    def click(self, selector: str) -> None:
        self._ask("POST", f"/element/{self.find(selector)}/click")

    def type(self, selector: str, text: str) -> None:
        """By keys, as a person does; `\\ue007` is Enter."""
        self._ask("POST", f"/element/{self.find(selector)}/value", {"text": text})

    def picture(self) -> str:
        """The window as a PNG, in base64."""
        return str(self._ask("GET", "/screenshot"))
