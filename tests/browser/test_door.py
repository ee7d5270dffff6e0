"""Who gets in, and how."""

from pathlib import Path

from playwright.sync_api import Browser, expect
from tests.browser.guests import Guest
from tests.conformance.places import ADMIN, EmbeddedPlace


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
