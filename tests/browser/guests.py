"""People in browsers: what a test does and looks at, as a person would."""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import count
from typing import Any, Final

import httpx
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

PASSWORD: Final = "correct horse battery"
WIDE: Final = {"width": 1180, "height": 760}
READING_SECONDS: Final = 30.0
PATIENCE_MS: Final = 15_000
"""How long what is expected may take: long, because tests run beside each other, and how quick the page is is measured
elsewhere."""
REFUSED: Final = "ERR_CONNECTION|WebSocket connection|Failed to load resource"
BLOCKED: Final = "Service Worker registration blocked by Playwright"
OFFLINE: Final = r"net::ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED"

expect.set_options(timeout=PATIENCE_MS)
_NUMBERS: Final = count(1)


def new_username(name: str) -> str:
    """One that nobody has, also on a server that earlier runs have used."""
    first = re.sub(r"[^a-z]", "", name.split(maxsplit=1)[0].lower()) or "guest"
    return f"{first}{next(_NUMBERS)}x{os.getpid()}"


class Guest:
    """One person in one browser of their own. Whatever the page complains about is noted, and fails the test."""

    def __init__(self, browser: Browser, base_url: str, name: str, **options: object) -> None:
        self.username = new_username(name)
        self.name = name
        self.base_url = base_url
        self.token = ""
        self.http = httpx.Client(base_url=base_url)
        hint = {"origin": base_url, "localStorage": [{"name": "tertulia.signed-in", "value": "1"}]}
        settings = {
            "viewport": WIDE,
            "base_url": base_url,
            # A worker answers beside what a test arranges between page and server; tests of the worker allow it.
            "service_workers": "block",
            "storage_state": {"cookies": [], "origins": [hint]},
            **options,
        }
        self.context: BrowserContext = browser.new_context(**settings)  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self._forgiven: list[str] = [BLOCKED]
        self.listen(self.page)

    def listen(self, page: Page) -> None:
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))

    def _note(self, message: ConsoleMessage) -> None:
        forgiven = any(re.search(pattern, message.text) for pattern in self._forgiven)
        if message.type in ("error", "warning") and not forgiven:
            self.complaints.append(f"{message.type}: {message.text}")

    @contextmanager
    def forgiving(self, pattern: str) -> Iterator[None]:
        """The page may complain of what matches: the test causes it."""
        self._forgiven.append(pattern)
        yield

    def sign_up(self, path: str = "/sign-up") -> None:
        page = self.page
        page.goto(path)
        page.get_by_label("Your name").fill(self.name)
        page.get_by_label("Username").fill(self.username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Create account").click()
        expect(page.get_by_role("heading", name="Pull up a chair")).to_be_visible()

    def arrive(self) -> None:
        """Is somebody new and signed in, without the forms."""
        api = self.context.request
        user = {"username": self.username, "password": PASSWORD}
        answer = api.post("/api/auth/sign-up", data={**user, "name": self.name})
        assert answer.status == 201, answer.text()
        answer = api.post("/api/auth/sign-in", data=user)
        assert answer.status == 200, answer.text()
        self.token = answer.json()["access_token"]
        self.page.goto("/")
        expect(self.page.get_by_role("button", name="Your account")).to_be_visible()

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """A request of this person's, beside the page."""
        answer = self.http.request(method, path, json=body, headers={"Authorization": f"Bearer {self.token}"})
        assert answer.is_success, answer.text
        result: dict[str, Any] = answer.json()
        return result

    def get(self, path: str) -> dict[str, Any]:
        return self.call("GET", path)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self.call("POST", path, body)

    def patch(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self.call("PATCH", path, body)

    def reads_all(self, conversation: str) -> None:
        """Waits until the server knows that this person has seen all of it."""
        end = time.monotonic() + READING_SECONDS
        while self.get(f"/api/conversations/{conversation}")["unread"]:
            assert time.monotonic() < end, "It wasn't read."
            self.page.wait_for_timeout(50)

    def visit(self, other: "Guest") -> str:
        """Opens the direct conversation with somebody, which begins here where there is none; answers its id."""
        conversation = str(self.post("/api/conversations", {"kind": "direct", "members": [other.username]})["id"])
        self.open(other.name)
        return conversation

    def sign_in(self) -> None:
        page = self.page
        page.get_by_label("Username").fill(self.username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()

    def begin_with(self, other: "Guest") -> None:
        """Begins the direct conversation, by way of the directory."""
        self.page.get_by_role("button", name="New conversation").click()
        self.page.get_by_role("combobox").fill(other.username)
        self.page.get_by_role("option", name=other.username).click()
        expect(self.composer).to_be_visible()

    def begin_group(self, title: str, *others: "Guest") -> None:
        self.page.get_by_role("button", name="New conversation").click()
        self.page.get_by_role("button", name="A group").click()
        self.page.get_by_label("Title").fill(title)
        for other in others:
            self.page.get_by_role("combobox").fill(other.username)
            self.page.get_by_role("option", name=other.username).click()
        self.page.get_by_role("button", name="Create the group").click()
        expect(self.composer).to_be_visible()

    @property
    def composer(self) -> Locator:
        return self.page.locator(".composer textarea")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    def item(self, name: str) -> Locator:
        """A conversation in the list."""
        return self.page.get_by_role("navigation").get_by_role("link", name=name)

    def open(self, name: str) -> None:
        self.item(name).click()
        expect(self.composer).to_be_visible()

    def say(self, *texts: str) -> None:
        for text in texts:
            self.composer.fill(text)
            self.composer.press("Enter")

    def message(self, text: str) -> Locator:
        return self.log.locator("article").filter(has=self.page.locator(".bubble .text", has_text=text))

    def sees(self, *texts: str) -> None:
        """All of them are there, each once, in this order."""
        expect(self.log.locator("article .bubble .text")).to_have_text(list(texts))

    def close(self) -> None:
        self.http.close()
        self.context.close()
        assert not self.complaints, self.complaints


def quiet(guest: Guest) -> None:
    """Nothing is on its way to the server, so that closing interrupts nothing."""
    expect(guest.page.locator(".mark")).to_have_count(0)


def today() -> date:
    """The day it is for a browser on this machine."""
    return datetime.now().astimezone().date()


def until(page: Page, check: str, wanted: Callable[[Any], bool], seconds: float = 15.0) -> Any:
    """What the function answers in the page (it may take its time), once it is as wanted."""
    end = time.monotonic() + seconds
    while not wanted(found := page.evaluate(check)):
        assert time.monotonic() < end, f"It didn't come about in {seconds} s; last it was {found!r}."
        page.wait_for_timeout(50)
    return found
