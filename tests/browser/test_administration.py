"""The administrator's page."""

import re
import secrets
from collections.abc import Callable, Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.guests import Guest, until
from tests.conformance.places import ADMIN, Place

Invite = Callable[..., Guest]
LOADED: Final = """() => performance.getEntriesByType('resource')
  .map(({ name }) => name).filter((name) => name.includes('admin-page'))"""


@pytest.fixture
def admin(place: Place, browser: Browser) -> Iterator[Guest]:
    guest = Guest(browser, place.base_url, "Admin", storage_state=None)
    guest.username = ADMIN
    guest.page.goto("/")
    guest.sign_in()
    guest.page.get_by_role("button", name="Your account").click()
    guest.page.get_by_role("link", name="Administration").click()
    expect(guest.page.get_by_role("heading", name="Administration")).to_be_visible()
    yield guest
    guest.close()


def test_users_are_found_and_read_by_pages(admin: Guest, place: Place) -> None:
    """Fifty at once, more on request, by the beginning of a name."""
    for number in range(55):
        user = {"username": f"crowd{number:02}", "password": "correct horse battery", "name": f"Crowd {number}"}
        assert admin.http.post("/api/auth/sign-up", json=user).status_code == 201
    users = admin.page.get_by_role("region", name="Users")
    users.get_by_role("textbox").fill("crowd")
    expect(users.get_by_role("status")).to_have_text("The first 50 users")
    users.get_by_role("button", name="More").click()
    expect(users.get_by_role("status")).to_have_text("55 users")
    users.get_by_role("textbox").fill("crowd42")
    expect(users.get_by_role("listitem")).to_have_count(1)
    users.get_by_role("textbox").fill("nobody of that name")
    expect(users.get_by_role("status")).to_have_text("No users")


def test_who_is_disabled_is_out_at_once_and_back_when_enabled(admin: Guest, invite: Invite) -> None:
    """It is asked before; the page of who is disabled ends; the focus stays with the user."""
    ana = invite("Ana")
    page = admin.page
    page.get_by_role("textbox", name="Search users").fill(ana.username)
    line = page.get_by_role("listitem").filter(has_text=f"@{ana.username}")
    line.get_by_role("button", name="Disable Ana").press("Enter")
    dialog = page.get_by_role("dialog", name="Disable Ana?")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(line.get_by_role("button", name="Disable Ana")).to_be_focused()
    with ana.forgiving("401|403|WebSocket"):
        line.get_by_role("button", name="Disable Ana").click()
        dialog.get_by_role("button", name="Disable").click()
        expect(line.get_by_text("disabled", exact=True)).to_be_visible()
        expect(ana.page.get_by_role("button", name="Sign in")).to_be_visible()
        ana.sign_in()
        expect(ana.page.locator(".failure")).not_to_be_empty()
        line.get_by_role("button", name="Enable Ana").click()
        expect(line.get_by_role("button", name="Disable Ana")).to_be_visible()
        ana.sign_in()
        expect(ana.page.get_by_role("button", name="Your account")).to_be_visible()


def test_an_administrator_makes_another(admin: Guest, invite: Invite) -> None:
    """And takes it back; never of oneself."""
    ana = invite("Ana")
    page = admin.page
    page.get_by_role("textbox", name="Search users").fill(ana.username)
    line = page.get_by_role("listitem").filter(has_text=f"@{ana.username}")
    line.get_by_role("button", name="Make administrator: Ana").click()
    expect(line.get_by_text("administrator", exact=True)).to_be_visible()
    assert ana.get("/api/users/me")["admin"] is True
    line.get_by_role("button", name="No administrator: Ana").click()
    expect(line.get_by_role("button", name="Make administrator: Ana")).to_be_visible()
    page.get_by_role("textbox", name="Search users").fill(ADMIN)
    expect(page.get_by_role("listitem").filter(has_text="(you)")).to_be_visible()
    expect(page.get_by_role("region", name="Users").get_by_role("button")).to_have_count(0)


def test_figures_follow_while_somebody_looks(admin: Guest) -> None:
    """They are the server's, stay where they are when they change, and nothing is announced; what is out of sight asks
    for nothing."""
    page = admin.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/api/figures") else None)
    page.clock.install()
    page.goto("/admin")
    figures = page.get_by_role("region", name="Figures")
    people = figures.locator("div").filter(has_text="People with an account").get_by_role("definition")
    expect(people).to_have_text(re.compile(r"^[\d,]+$"))
    known = int((people.text_content() or "").replace(",", ""))
    assert figures.locator("[aria-live], [role=status], [role=alert]").count() == 0
    before = figures.bounding_box()
    user = {"username": f"counted-{secrets.token_hex(4)}", "password": "correct horse battery"}
    assert admin.http.post("/api/auth/sign-up", json=user).status_code == 201
    page.clock.fast_forward(10_000)
    expect(people).to_have_text(f"{known + 1:,}")
    assert figures.bounding_box() == before
    page.get_by_role("textbox", name="Search users").scroll_into_view_if_needed()
    page.set_viewport_size({"width": 900, "height": 300})
    page.get_by_role("region", name="Users").get_by_role("listitem").last.scroll_into_view_if_needed()
    expect(figures).not_to_be_in_viewport()
    count = len(asked)
    page.clock.fast_forward(60_000)
    page.set_viewport_size({"width": 900, "height": 800})
    figures.scroll_into_view_if_needed()
    until(page, "() => true", lambda _: len(asked) > count)
    assert len(asked) == count + 1


def test_others_see_nothing_of_it(invite: Invite) -> None:
    """No way leads there, and the address says for whom it is; neither users nor figures are asked for."""
    ana = invite("Ana")
    ana.page.get_by_role("button", name="Your account").click()
    expect(ana.page.get_by_role("dialog").get_by_role("link")).to_have_count(0)
    ana.page.goto("/admin")
    expect(ana.page.get_by_role("main")).to_contain_text("for administrators")
    expect(ana.page.get_by_role("textbox")).to_have_count(0)
    expect(ana.page.get_by_role("region", name="Figures")).to_have_count(0)


def test_its_code_is_loaded_by_who_opens_it(invite: Invite) -> None:
    """A first visit doesn't wait for what only administrators use."""
    ana = invite("Ana")
    assert ana.page.evaluate(LOADED) == []
    ana.page.goto("/admin")
    until(ana.page, LOADED, lambda names: any(name.endswith(".js") for name in names))
