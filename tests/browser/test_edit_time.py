"""Where the operator gives a time for changing messages."""

from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, expect
from tests.browser.guests import Guest
from tests.conformance.places import EmbeddedPlace


def test_a_message_can_be_changed_in_time_and_deleted_at_any(tmp_path: Path, browser: Browser) -> None:
    """Afterwards *Edit* isn't offered, its key says why, and arrow up finds nothing to change."""
    place = EmbeddedPlace(tmp_path, {"TERTULIA_EDIT_SECONDS": "3600"})
    try:
        ana, ben = (Guest(browser, place.base_url, name) for name in ("Ana", "Ben"))
        for guest in (ana, ben):
            guest.arrive()
        ana.visit(ben)
        ana.say("hello")
        row, keys = ana.message("hello"), ana.page.keyboard
        expect(row).to_be_visible()
        row.focus()
        expect(row.get_by_role("button", name="Edit")).to_be_visible()
        keys.press("e")
        expect(ana.composer).to_have_value("hello")
        keys.press("Escape")
        ana.page.clock.set_fixed_time(datetime.now() + timedelta(hours=2))  # noqa: DTZ005 - the page's own time
        ana.composer.focus()
        keys.press("ArrowUp")
        expect(ana.composer).to_have_value("")
        row.focus()
        expect(row.get_by_role("button", name="Delete")).to_be_visible()
        expect(row.get_by_role("button", name="Edit")).to_have_count(0)
        keys.press("e")
        expect(ana.page.get_by_text("The time in which this message could be changed is over.")).to_be_visible()
        for guest in (ana, ben):
            guest.close()
    finally:
        place.close()
