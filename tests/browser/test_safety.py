"""What people write is text, wherever it is shown."""

from collections.abc import Callable, Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.guests import Guest
from tests.conformance.places import Place

Invite = Callable[..., Guest]

FOREIGN: Final = """() => document.querySelectorAll(
  'script:not([src="/first.js"]), iframe, style, img, svg:not(.icon, .logo)').length"""
OVERFLOW: Final = """() => {
  const list = document.querySelector('.scroller');
  return list.scrollWidth - list.clientWidth;
}"""
RAN: Final = "window.ran = true"
HOSTILE: Final = (
    f"<script>{RAN}</script>",
    f"<img src=x onerror='{RAN}'>",
    f"\"><svg onload='{RAN}'></svg>",
    f"<iframe srcdoc='<script>parent.{RAN}</script>'></iframe>",
    f"[click](javascript:{RAN})",
    f"[click](data:text/html,<script>{RAN}</script>)",
    f"javascript:{RAN}",
    f'https://example.org/"onmouseover="{RAN}',
    f"<style>@import 'http://127.0.0.1:9/x'</style><b onclick='{RAN}'>b</b>",
    "{{constructor.constructor('window.ran=true')()}}",
    "\u202eright to left override\u2066 isolate",
    "z" + "\u0300\u0301\u0302" * 60,
    "W" * 3000,
    "**" * 500 + "x",
    "> " * 200 + "deep",
    "&lt;script&gt; &amp; &#60;b&#62;",
    "../../etc/passwd %00 ${7*7} <%= 7*7 %>",
)


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_runs_nothing_and_breaks_out_of_nothing(shown: tuple[Guest, Guest, str], hostile: str) -> None:
    """In a message, its preview, a quotation, a title, a draft, a notice to screen readers: text is shown as text."""
    ana, ben, group = shown
    message = ana.post(f"/api/conversations/{group}/messages", {"id": f"m{HOSTILE.index(hostile)}", "text": hostile})
    reply = {"id": f"r{HOSTILE.index(hostile)}", "text": "reply", "reply_to": message["timestamp"]}
    ana.post(f"/api/conversations/{group}/messages", reply)
    ana.patch(f"/api/conversations/{group}", {"title": hostile[:100]})
    expect(ben.page.locator(f'[data-timestamp="{message["timestamp"]}"] .bubble')).to_have_count(1)
    expect(ben.page.get_by_role("main").get_by_role("heading", level=2)).to_have_text(hostile[:100].strip())
    for link in ben.log.get_by_role("link").all():
        assert (link.get_attribute("href") or "").startswith(("http://", "https://", "mailto:"))
        assert link.get_attribute("rel") == "noopener noreferrer nofollow"
    assert ben.page.evaluate(FOREIGN) == 1, "only the page's own scripts"
    assert ben.page.evaluate("() => window.ran") is None
    assert ben.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert ben.page.evaluate(OVERFLOW) <= 0


@pytest.fixture(scope="module")
def shown(browser: Browser, place: Place) -> Iterator[tuple[Guest, Guest, str]]:
    """Two in a group that is on the screen of the second, whose names are hostile too."""
    guests = [Guest(browser, place.base_url, f"<b onclick='{RAN}'>{name}</b>") for name in ("ana", "ben")]
    for guest in guests:
        guest.arrive()
    ana, ben = guests
    group = str(ana.post("/api/conversations", {"kind": "group", "members": [ben.username], "title": "x"})["id"])
    ben.page.goto(f"/c/{group}")
    expect(ben.composer).to_be_visible()
    yield ana, ben, group
    for guest in guests:
        guest.close()


def test_the_policy_lets_nothing_foreign_in(invite: Invite) -> None:
    """The page runs under a strict content security policy, with Trusted Types."""
    ana = invite("Ana")
    answer = ana.page.request.get("/")
    policy = answer.headers["content-security-policy"]
    for directive in ("script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert directive in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy
    with ana.forgiving("TrustedHTML|Trusted Type"):
        refused = ana.page.evaluate(
            "() => { try { document.body.innerHTML = '<b>x</b>'; return false; } catch { return true; } }"
        )
    assert refused


def test_the_access_token_is_nowhere_that_a_reload_would_find_it(invite: Invite) -> None:
    """Tokens live in memory and in an HttpOnly cookie: no storage that scripts can read holds one."""
    ana = invite("Ana")
    kept = ana.page.evaluate("() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert "eyJ" not in kept
    assert ana.page.evaluate("() => document.cookie") == ""
    (cookie,) = [
        cookie for cookie in ana.context.cookies(f"{ana.base_url}/api/auth/refresh") if "refresh" in cookie["name"]
    ]
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Strict"
