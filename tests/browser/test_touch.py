"""By touch, on a narrow page."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final
from uuid import uuid4

from playwright.sync_api import Locator, Page, expect
from tests.browser.guests import Guest, quiet

Invite = Callable[..., Guest]
PHONE: Final = {"viewport": {"width": 390, "height": 700}, "has_touch": True}


def drag(page: Page, target: Locator, along: int, across: int = 0) -> None:
    """A finger on the target, moved in steps and lifted: real touch input."""
    box = target.bounding_box()
    assert box is not None
    x, y = box["x"] + 40, box["y"] + box["height"] / 2
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        touches = [{"x": px, "y": py} for px, py in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    touch("touchStart", (x, y))
    for step in range(1, 9):
        touch("touchMove", (x + along * step / 8, y + across * step / 8))
    touch("touchEnd")
    session.detach()


@contextmanager
def finger(page: Page, target: Locator) -> Iterator[None]:
    """Meanwhile a finger rests on the target."""
    box = target.bounding_box()
    assert box is not None
    session = page.context.new_cdp_session(page)
    place = {"x": box["x"] + 40, "y": box["y"] + box["height"] / 2}
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [place]})
    yield
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    session.detach()


def test_a_swipe_along_the_line_replies(invite: Invite) -> None:
    """A short one doesn't, nor one backwards or across; the message is where it was afterwards."""
    ana, ben = invite("Ana", **PHONE), invite("Ben")
    conversation = ana.visit(ben)
    ben.post(f"/api/conversations/{conversation}/messages", {"id": uuid4().hex, "text": "swipe me"})
    row, line = ana.message("swipe me"), ana.page.locator(".mode-line")
    expect(row).to_be_visible()
    for along, across in ((40, 0), (-90, 0), (20, 90)):
        drag(ana.page, row, along, across)
        expect(line).to_have_count(0)
        assert row.evaluate("(row) => row.style.transform") == ""
    # A finger that rests shows what can be done with the message, and has not replied when it is lifted.
    tools = ana.page.get_by_role("toolbar", name="Message actions")
    ana.page.get_by_role("heading", level=1).tap()
    expect(tools).to_have_count(0)
    with finger(ana.page, row):
        expect(tools).to_be_visible()
    expect(line).to_have_count(0)
    drag(ana.page, row, 90)
    expect(line).to_contain_text("swipe me")
    expect(ana.composer).to_be_focused()
    assert row.evaluate("(row) => row.style.transform") == ""
    quiet(ana)
