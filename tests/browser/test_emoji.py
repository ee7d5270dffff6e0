"""Emoji: choosing, completing, reacting; and names that complete."""

from collections.abc import Callable
from uuid import uuid4

from playwright.sync_api import expect
from tests.browser.guests import PASSWORD, Guest, new_username, quiet

Invite = Callable[..., Guest]


def write(guest: Guest, conversation: str, *texts: str) -> None:
    for text in texts:
        guest.post(f"/api/conversations/{conversation}/messages", {"id": uuid4().hex, "text": text})


def test_an_emoji_is_chosen_by_keyboard(invite: Invite) -> None:
    """Search, arrows, Enter; it stands where the caret was, and is offered first the next time."""
    ana, ben = invite("Ana"), invite("Ben")
    ana.visit(ben)
    keys, page = ana.page.keyboard, ana.page
    ana.composer.fill("ab")
    keys.press("ArrowLeft")
    page.get_by_role("button", name="Emoji", exact=True).press("Enter")
    dialog = page.get_by_role("dialog", name="Emoji")
    expect(dialog.get_by_role("textbox", name="Search emoji")).to_be_focused()
    keys.type("party")
    expect(dialog.get_by_role("status")).to_contain_text("emoji found")
    keys.press("ArrowDown")
    keys.press("ArrowRight")
    keys.press("ArrowLeft")
    expect(dialog.get_by_role("button", name="party popper")).to_be_focused()
    keys.press("Enter")
    expect(ana.composer).to_have_value("a🎉b")
    expect(ana.composer).to_be_focused()
    page.get_by_role("button", name="Emoji", exact=True).click()
    expect(dialog.get_by_role("group", name="Used often").get_by_role("button", name="party popper")).to_be_visible()


def test_a_skin_tone_is_kept(invite: Invite) -> None:
    """For emoji that take one, in the picker and in what is completed."""
    ana, ben = invite("Ana"), invite("Ben")
    ana.visit(ben)
    ana.page.get_by_role("button", name="Emoji", exact=True).click()
    dialog = ana.page.get_by_role("dialog", name="Emoji")
    dialog.get_by_label("Skin tone").select_option("3")
    dialog.get_by_role("textbox").fill("thumbs up")
    dialog.get_by_role("button", name="thumbs up").click()
    expect(ana.composer).to_have_value("👍🏽")
    ana.page.reload()
    expect(ana.composer).to_have_value("👍🏽")
    ana.composer.fill("")
    ana.composer.type(":wave")
    ana.page.get_by_role("option", name=":wave:").click()
    expect(ana.composer).to_have_value("👋🏽")


def test_short_names_are_completed_from_two_letters(invite: Invite) -> None:
    """One letter offers nothing; Tab and Enter take what is chosen and send nothing; Escape leaves it as typed."""
    ana, ben = invite("Ana"), invite("Ben")
    ana.visit(ben)
    keys, offers = ana.page.keyboard, ana.page.get_by_role("listbox", name="Suggestions")
    ana.composer.focus()
    keys.type("hey :t")
    expect(offers).to_have_count(0)
    keys.type("ad")
    expect(offers).to_be_visible()
    expect(ana.composer).to_have_attribute("aria-activedescendant", "completion-0")
    keys.press("Enter")
    expect(ana.composer).to_have_value("hey 🎉")
    expect(ana.log.locator("article .bubble")).to_have_count(0)
    keys.type(" :tad")
    expect(offers).to_be_visible()
    keys.press("Escape")
    expect(offers).to_have_count(0)
    keys.press("Enter")
    ana.sees("hey 🎉 :tad")
    quiet(ana)


def test_names_are_completed_and_mention(invite: Invite) -> None:
    """By name or username, of who is there, and of everybody; arrows choose. Who isn't there can be added at once, and
    before many are told one is asked."""
    ana, ben, bea = invite("Ana"), invite("Ben Okafor"), invite("Bea Lund")
    ana.begin_group("Tea", ben, bea)
    keys, offers = ana.page.keyboard, ana.page.get_by_role("listbox", name="Suggestions")
    ana.composer.focus()
    keys.type("@")
    expect(offers.get_by_role("option")).to_have_count(4)
    expect(offers.get_by_role("option").nth(2)).to_contain_text("@all · 2 people")
    keys.type("oka")
    expect(offers.get_by_role("option")).to_have_count(1)
    keys.press("Tab")
    expect(ana.composer).to_have_value(f"@{ben.username} ")
    keys.type("tea?")
    keys.press("Enter")
    ben.open("Tea")
    expect(ben.log.locator(".mention.me")).to_have_text("@Ben Okafor")
    group = ana.get("/api/conversations")["conversations"][0]["id"]
    others = [new_username(name) for name in ("Cleo", *("Guest",) * 8)]
    for username in others:
        ana.http.post("/api/auth/sign-up", json={"username": username, "password": PASSWORD}).raise_for_status()
    for username in others[1:]:
        ana.call("PUT", f"/api/conversations/{group}/members/{username}", {})
    keys.type(f"@{others[0]} and @all")
    hint = ana.page.get_by_text(f"{others[0]} isn’t in this conversation.")
    expect(hint).to_be_visible()
    ana.page.get_by_role("button", name=f"Add {others[0]}").click()
    expect(hint).to_have_count(0)
    expect(ana.composer).to_be_focused()
    keys.press("Tab")
    expect(ana.composer).to_have_value(f"@{others[0]} and @all ")
    keys.press("Enter")
    asking = ana.page.get_by_role("dialog", name="Tell 11 people?")
    asking.get_by_role("button", name="Go on writing").click()
    expect(ana.composer).to_be_focused()
    keys.press("Enter")
    asking.get_by_role("button", name="Send").click()
    expect(ben.log.locator(".mention.me").last).to_have_text("@all")
    expect(ana.composer).to_have_value("")
    quiet(ana)


def test_any_emoji_can_be_a_reaction_and_becomes_a_quick_one(invite: Invite) -> None:
    """From the row's own button, by keyboard; the other sees it; the focus is in the row again."""
    ana, ben = invite("Ana"), invite("Ben")
    write(ben, ana.visit(ben), "done")
    ben.visit(ana)
    row = ana.message("done")
    row.focus()
    row.get_by_role("button", name="React with another emoji").press("Enter")
    dialog = ana.page.get_by_role("dialog", name="React")
    dialog.get_by_role("textbox").fill("octopus")
    dialog.get_by_role("button", name="octopus").wait_for()
    ana.page.keyboard.press("Enter")
    expect(ana.log.get_by_role("button", name="🐙 1, including you")).to_be_visible()
    expect(ben.log.get_by_role("button", name="🐙 1", exact=True)).to_be_visible()
    expect(row).to_contain_text("done")
    assert row.evaluate("(row) => row.contains(document.activeElement)")
    ana.composer.focus()
    row.focus()
    expect(row.get_by_role("toolbar").get_by_role("button").first).to_have_accessible_name("React with 🐙")
    ana.composer.focus()
    ana.page.keyboard.press("Control+Shift+Backslash")
    expect(dialog).to_be_visible()


def test_short_names_in_messages_are_shown_as_what_they_name(invite: Invite) -> None:
    """Whoever wrote them by an API; what names nothing stays as typed."""
    ana, ben = invite("Ana"), invite("Ben")
    write(ben, ana.visit(ben), "well done :tada: and :nosuchthing:")
    expect(ana.log.get_by_role("img", name="party popper")).to_have_text("🎉")
    expect(ana.log.locator("article .bubble")).to_contain_text(":nosuchthing:")
