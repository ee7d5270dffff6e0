"""The picture that shows a person, from the account's dialog to others' screens."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, expect
from tests.browser.files import animation, is_loaded, text
from tests.browser.guests import REFUSED, Guest

Invite = Callable[..., Guest]


def letters_are_seen(avatar: Locator, letter: str) -> None:
    """And in the same place, whether or not there is a picture: nothing moves when one comes."""
    expect(avatar.locator("[aria-hidden]")).to_have_text(letter)
    expect(avatar.locator(".portrait.here")).to_have_count(0)


def test_a_picture_is_chosen_seen_by_others_and_removed(invite: Invite) -> None:
    """By keyboard, with words for each step. Others see a square of the first frame, in the box where the letters were,
    which stay until it is there and where it doesn't come. A file that is no picture changes nothing."""
    ana, ben = invite("Ana"), invite("Ben")
    page, keys = ana.page, ana.page.keyboard
    files = [text("notes.png"), animation(width=200, height=120)]
    page.on("filechooser", lambda chooser: chooser.set_files(files.pop(0)))
    ben.visit(ana)
    head = ben.page.locator(".pane-head .avatar")
    letters_are_seen(head, "A")
    box = head.bounding_box()
    page.get_by_role("button", name="Your account").press("Enter")
    dialog = page.get_by_role("dialog", name="Your account")
    own = dialog.get_by_role("region", name="Your picture")
    own.get_by_role("button", name="Choose a picture…").focus()
    keys.press("Enter")
    expect(own.get_by_role("alert")).to_contain_text("can’t read this picture")
    keys.press("Enter")
    expect(own.get_by_role("status")).to_have_text("Your picture is saved.")
    expect(own.get_by_role("alert")).to_have_count(0)
    shown = own.locator("img.portrait.here")
    is_loaded(shown)
    assert shown.evaluate("image => [image.naturalWidth, image.naturalHeight, image.alt]") == [120, 120, ""]
    ben.page.reload()
    seen = head.locator("img.portrait.here")
    is_loaded(seen)
    assert head.bounding_box() == box
    picture = ana.get("/api/users/me")["picture"]
    assert picture in str(seen.get_attribute("src"))
    with ben.forgiving(REFUSED):
        ben.page.route(re.compile(r"/api/media/.*variant=small"), lambda route: route.abort())
        ben.page.reload()
        letters_are_seen(head, "A")
        expect(head.locator("img")).to_have_count(1)
        ben.page.unroute_all()
    keys.press("Tab")
    expect(own.get_by_role("button", name="Remove the picture")).to_be_focused()
    keys.press("Enter")
    expect(own.get_by_role("status")).to_have_text("Your picture is removed.")
    expect(own.get_by_role("button", name="Choose a picture…")).to_be_focused()
    letters_are_seen(own, "A")
    assert "picture" not in ana.get("/api/users/me")
    ben.page.reload()
    letters_are_seen(head, "A")
    expect(head.locator("img")).to_have_count(0)
