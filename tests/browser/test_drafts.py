"""What somebody has begun to write goes on at another device."""

from collections.abc import Callable

from playwright.sync_api import expect
from tests.browser.axe import violations
from tests.browser.files import choose, picture, ready
from tests.browser.guests import Guest, until

Invite = Callable[..., Guest]


def test_a_draft_goes_on_at_another_device_with_its_file_and_what_it_answers(invite: Invite) -> None:
    """It is found in a list, by keyboard; a deletion there is undone; when it is sent there, it is gone here."""
    ana, ben = invite("Ana María"), invite("Ben Okafor")
    conversation = ana.visit(ben)
    ben.post(f"/api/conversations/{conversation}/messages", {"id": "asked", "text": "where?"})
    ana.sees("where?")
    ana.composer.press("Shift+ArrowUp")
    choose(ana, picture())
    ready(ana)
    ana.composer.fill("half a sent")
    phone = invite("Ana María", arrive=False)
    phone.username = ana.username
    phone.page.goto("/")
    phone.sign_in()
    found = phone.page.get_by_role("button", name="1 draft")
    expect(found).to_be_visible()
    expect(phone.item("Ben Okafor").get_by_text("Draft", exact=True)).to_be_attached()
    # The name keeps its place beside the sign, and the list its own below the button.
    expect(phone.item("Ben Okafor").get_by_text("Ben Okafor", exact=True)).to_be_visible()
    button, first = found.bounding_box(), phone.item("Ben Okafor").bounding_box()
    assert button is not None
    assert first is not None
    assert 0 <= first["y"] - button["y"] - button["height"] < 40
    found.press("Enter")
    dialog = phone.page.get_by_role("dialog", name="Drafts")
    expect(dialog).to_be_visible()
    assert violations(phone.page) == []
    dialog.get_by_role("button", name="Delete the draft in Ben Okafor").press("Enter")
    undo = dialog.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    expect(ana.composer).to_have_value("")
    expect(ana.page.locator(".tray-item")).to_have_count(0)
    undo.press("Enter")
    dialog.get_by_role("button", name="half a sent").press("Enter")
    expect(phone.composer).to_have_value("half a sent")
    expect(phone.page.locator(".mode-line")).to_contain_text("where?")
    ready(phone)
    phone.composer.fill("half a sentence")
    phone.composer.press("Enter")
    ben.open("Ana María")
    ben.sees("where?", "half a sentence")
    expect(ben.log.locator("article img")).to_have_count(1)
    expect(ana.composer).to_have_value("")
    expect(phone.composer).to_have_value("")
    expect(ana.page.locator(".tray-item, .mode-line")).to_have_count(0)
    kept = "() => fetch('/api/drafts', {headers: {Authorization: 'Bearer %s'}}).then((answer) => answer.json())"
    until(ana.page, kept % ana.token, lambda found: found["drafts"] == [])
