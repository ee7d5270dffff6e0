"""Who gets in, and how."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Route, expect
from tests.browser.guests import PASSWORD, Guest
from tests.conformance.places import ADMIN, EmbeddedPlace

Invite = Callable[..., Guest]
CODE = "246810"


class Mail:
    """Codes, as a home sends them whose accounts have a way to. The local home has none, so these answers, and no
    others, are made here."""

    def __init__(self, page: Page) -> None:
        self.codes: list[dict[str, Any]] = []
        page.route("**/config.json", self._with_codes)
        page.route("**/api/auth/sign-up", self._accepted)
        for path in ("confirm", "reset-password"):
            page.route(f"**/api/auth/{path}", self._checked)
        self.sent_again: list[dict[str, Any]] = []
        page.route("**/api/auth/resend-code", self._again)
        page.route("**/api/auth/forgot-password", lambda route: route.fulfill(json={}))

    def _with_codes(self, route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "codes": True})

    def _accepted(self, route: Route) -> None:
        """The account is really made, so that signing in works afterwards."""
        answer = route.fetch()
        assert answer.status == 201
        route.fulfill(response=answer, status=202)

    def _again(self, route: Route) -> None:
        self.sent_again.append(route.request.post_data_json)
        route.fulfill(status=202, json={})

    def _checked(self, route: Route) -> None:
        body = route.request.post_data_json
        self.codes.append(body)
        if body["code"] == CODE:
            route.fulfill(json={})
            return
        problem = {"type": "/docs/errors#invalid_code", "title": "Invalid code", "status": 400, "code": "invalid_code"}
        route.fulfill(status=400, json={**problem, "detail": "The code is wrong or too old."})


def test_a_new_account_is_confirmed_with_the_code_that_was_sent(invite: Invite) -> None:
    """The page asks for it, says where it is wrong, and lets in who has the right one."""
    ana = invite("Ana", arrive=False)
    page, mail = ana.page, Mail(ana.page)
    page.goto("/sign-up")
    page.get_by_label("Username").fill(ana.username)
    page.get_by_label("E-mail").fill("ana@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    code = page.get_by_role("textbox", name="Code", exact=True)
    expect(code).to_be_focused()
    expect(code).to_have_attribute("autocomplete", "one-time-code")
    code.fill("000000")
    with ana.forgiving("400"):
        code.press("Enter")
        expect(page.get_by_role("alert")).to_have_text("The code is wrong or too old.")
    code.fill(CODE)
    code.press("Enter")
    expect(page.get_by_role("heading", name="Pull up a chair")).to_be_visible()
    assert mail.codes == [{"username": ana.username, "code": given} for given in ("000000", CODE)]


def test_a_code_can_be_entered_later(invite: Invite) -> None:
    """Who reloaded the page before the code came is not locked out."""
    ana = invite("Ana", arrive=False)
    page, mail = ana.page, Mail(ana.page)
    page.goto("/sign-up")
    page.get_by_label("Username").fill(ana.username)
    page.get_by_label("E-mail").fill("ana@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("textbox", name="Code", exact=True)).to_be_visible()
    page.goto("/")
    page.get_by_label("Username").fill(ana.username)
    page.get_by_role("button", name="Enter a confirmation code").click()
    expect(page.get_by_label("Username")).to_have_value(ana.username)
    page.get_by_role("textbox", name="Code", exact=True).fill(CODE)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("status")).to_have_text("Your account is confirmed. Sign in.")
    assert mail.codes == [{"username": ana.username, "code": CODE}]
    ana.sign_in()
    expect(page.get_by_role("heading", name="Pull up a chair")).to_be_visible()


def test_a_lost_code_is_sent_once_more(invite: Invite) -> None:
    """The page asks for it by name, says what happened, and keeps what was typed."""
    page = invite("Ana", arrive=False).page
    mail = Mail(page)
    page.goto("/")
    page.get_by_label("Username").fill("Ana")
    page.get_by_role("button", name="Enter a confirmation code").click()
    page.get_by_role("button", name="Send a new code").click()
    expect(page.get_by_role("status")).to_have_text("If ana is still to be confirmed, a new code was sent.")
    assert mail.sent_again == [{"username": "ana"}]
    expect(page.get_by_label("Username")).to_have_value("ana")


def test_a_forgotten_password_is_replaced_with_a_code(invite: Invite) -> None:
    """The page asks for the code and the new password, and says what was done where it can't sign in by itself."""
    ana = invite("Ana", arrive=False)
    page, mail = ana.page, Mail(ana.page)
    page.goto("/")
    page.get_by_label("Username").fill(ana.username)
    page.get_by_role("button", name="Forgot password?").click()
    expect(page.get_by_label("Username")).to_have_value(ana.username)
    page.get_by_role("button", name="Send the code").click()
    page.get_by_role("textbox", name="Code", exact=True).fill(CODE)
    page.get_by_label("New password").fill("another horse battery")
    with ana.forgiving("401"):
        page.get_by_role("button", name="Change the password").click()
        expect(page.get_by_role("status")).to_have_text("Your password is changed. Sign in with it.")
    assert mail.codes == [{"username": ana.username, "code": CODE, "new": "another horse battery"}]


def test_where_no_code_can_be_sent_the_administrator_helps(invite: Invite) -> None:
    """On the local home, a forgotten password is a matter for a person; the page says so."""
    page = invite("Ana", arrive=False).page
    page.goto("/")
    expect(page.get_by_role("button", name="Enter a confirmation code")).to_have_count(0)
    page.get_by_role("button", name="Forgot password?").click()
    expect(page.get_by_text("Ask its administrator to set a new password for you.")).to_be_visible()
    back = page.get_by_role("button", name="Back to signing in")
    expect(back).to_be_focused()
    back.press("Enter")
    expect(page.get_by_label("Username")).to_be_focused()


def test_an_administrators_invitation_lets_one_person_in(tmp_path: Path, browser: Browser) -> None:
    """Where sign-up is by invitation, the administrator's link opens the door once."""
    place = EmbeddedPlace(tmp_path, {"TERTULIA_SIGN_UP": "invite"})
    admin, ana, ben = (Guest(browser, place.base_url, name, storage_state=None) for name in ("Admin", "Ana", "Ben"))
    try:
        admin.username = ADMIN
        admin.page.goto("/")
        admin.sign_in()
        admin.page.get_by_role("button", name="Your account").click()
        admin.page.get_by_role("button", name="Invite somebody").click()
        link = admin.page.get_by_role("textbox", name="Link for one person").input_value()
        ana.sign_up(link)
        ben.page.goto(link)
        with ben.forgiving("403"):
            ben.page.get_by_label("Username").fill(ben.username)
            ben.page.get_by_label("Password").fill("correct horse battery")
            ben.page.get_by_role("button", name="Create account").click()
            expect(ben.page.get_by_role("alert")).to_contain_text("invitation is unknown, used or expired")
        for guest in (admin, ana, ben):
            guest.close()
    finally:
        place.close()
