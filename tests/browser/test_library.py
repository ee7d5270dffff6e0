"""The server's own pictures, from the picker to the other's screen."""

from collections.abc import Callable
from typing import Final

from playwright.sync_api import Browser, expect
from tests.browser.files import animation, is_loaded, made, picture
from tests.browser.guests import Guest, quiet
from tests.conformance.places import ADMIN, Place
from tests.fixtures.pictures import zipped

Invite = Callable[..., Guest]
CUP: Final = "A steaming cup of coffee"


def test_stickers_and_gifs_by_keyboard(invite: Invite) -> None:
    """Tabs and the grid by arrows, found by a word, sent at once and without a bubble; a GIF that one of them sent is
    saved by the other under a name, and sent again from the library; when a message goes, the picture stays."""
    ana, ben = invite("Ana"), invite("Ben")
    direct = ana.visit(ben)
    keys, page = ana.page.keyboard, ana.page
    ana.composer.fill("not sent yet")
    page.get_by_role("button", name="Emoji", exact=True).press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("tab", name="Emoji").focus()
    keys.press("ArrowRight")
    expect(dialog).to_have_accessible_name("Stickers")
    expect(dialog.get_by_role("tab", name="Stickers")).to_be_focused()
    cup = dialog.get_by_role("group", name="At the café").get_by_role("button", name=CUP)
    expect(cup).to_be_visible()
    keys.press("Tab")
    keys.press("ArrowDown")
    expect(cup).to_be_focused()
    keys.press("ArrowRight")
    expect(dialog.get_by_role("button", name="A cup waves hello")).to_be_focused()
    search = dialog.get_by_role("textbox", name="Search stickers")
    search.fill("café")
    expect(dialog.get_by_role("status")).to_have_text("1 found")
    search.press("Enter")
    expect(dialog).to_have_count(0)
    expect(ana.composer).to_be_focused()
    expect(ana.composer).to_have_value("not sent yet")
    ben.open("Ana")
    sticker = ben.log.get_by_role("img", name=CUP)
    is_loaded(sticker)
    assert sticker.evaluate("image => image.getBoundingClientRect().width") == 160
    assert ben.log.locator(".bubble.bare").count() == 1
    ana.page.locator(".composer input[type=file]").set_input_files(animation())
    ana.composer.press("Enter")
    moving = ben.log.locator("article").filter(has=ben.page.locator(".picture"))
    moving.hover()
    moving.get_by_role("button", name="Save to GIFs").click()
    form = ben.page.get_by_role("dialog", name="Save to GIFs")
    form.get_by_label("What it shows").fill("traffic lights")
    form.get_by_label("Tags").fill("stop go")
    form.get_by_role("button", name="Save").click()
    expect(form).to_have_count(0)
    ben.page.get_by_role("button", name="Emoji", exact=True).click()
    dialog = ben.page.get_by_role("dialog")
    dialog.get_by_role("tab", name="GIFs").click()
    dialog.get_by_role("textbox", name="Search GIFs").fill("STOP")
    dialog.get_by_role("group", name="Found").get_by_role("button", name="traffic lights").click()
    sent = ana.log.get_by_role("img", name="traffic lights")
    is_loaded(sent)
    quiet(ben)
    page.get_by_role("button", name="Emoji", exact=True).click()
    page.get_by_role("tab", name="GIFs").click()
    page.get_by_role("group", name="Newest first").get_by_role("button", name="traffic lights").focus()
    expect(page.get_by_role("button", name="Remove")).to_have_count(0)
    keys.press("Escape")
    last = ana.get(f"/api/conversations/{direct}/messages")["messages"][-1]
    ben.call("DELETE", f"/api/conversations/{direct}/messages/{last['timestamp']}")
    expect(sent).to_have_count(0)
    assert ana.get("/api/library/pictures?kind=gif")["pictures"][0]["media"] == last["attachments"][0]["media"]
    ben.page.get_by_role("button", name="Emoji", exact=True).click()
    dialog.get_by_role("tab", name="GIFs").click()
    dialog.get_by_role("group", name="Used lately").get_by_role("button", name="traffic lights").focus()
    dialog.get_by_role("button", name="Remove “traffic lights”").click()
    ben.page.get_by_role("dialog", name="Remove “traffic lights”?").get_by_role("button", name="Remove").click()
    expect(dialog.get_by_text("There are none yet.")).to_be_visible()
    ben.page.keyboard.press("Escape")
    for guest in (ana, ben):
        quiet(guest)


def test_emoji_of_the_server(place: Place, browser: Browser, invite: Invite) -> None:
    """An administrator uploads a pack; people complete its names, see pictures in texts and reactions, and the words
    again when it is removed."""
    root = Guest(browser, place.base_url, "Admin", storage_state=None)
    root.username = ADMIN
    root.page.goto("/admin")
    root.sign_in()
    section = root.page.get_by_role("region", name="Stickers, GIFs and emoji")
    form = section.get_by_role("form", name="Add a pack")
    dot = picture(width=64, height=64)["buffer"]
    form.get_by_label("Zip file").set_input_files(
        made("Shapes.zip", "application/zip", zipped({"dotty.png": dot, "no.png": b"no"}))
    )
    form.get_by_label("Kind").select_option("emoji")
    form.get_by_role("button", name="Add the pack").click()
    expect(form.get_by_role("status")).to_have_text("1 picture added")
    expect(form.get_by_role("list", name="Not added")).to_contain_text("no.png")
    ana, ben = invite("Ana"), invite("Ben")
    ana.visit(ben)
    ana.composer.focus()
    ana.page.keyboard.type("look :dot")
    ana.page.get_by_role("option", name=":dotty:").click()
    expect(ana.composer).to_have_value("look :dotty:")
    ana.composer.press("Enter")
    ben.open("Ana")
    article = ben.log.locator("article")
    is_loaded(article.get_by_role("img", name=":dotty:"))
    article.hover()
    article.get_by_role("button", name="React with another emoji").click()
    dialog = ben.page.get_by_role("dialog", name="React")
    dialog.get_by_role("button", name="Of this server").click()
    dialog.get_by_role("group", name="Of this server").get_by_role("button", name="dotty").click()
    reaction = ana.log.get_by_role("button", name=":dotty: 1")
    is_loaded(reaction.locator("img"))
    quiet(ana)
    section.get_by_role("button", name="Remove Shapes").click()
    root.page.get_by_role("dialog", name="Remove “Shapes”?").get_by_role("button", name="Remove").click()
    expect(section.get_by_role("list", name="Packs")).to_have_count(0)
    with ana.forgiving("404"):
        ana.page.reload()
        expect(ana.log.locator("article .bubble .text")).to_have_text("look :dotty:")
    root.close()
