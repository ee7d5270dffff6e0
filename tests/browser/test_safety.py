"""The page itself lets nothing foreign in, and keeps no secret where a script would find it."""

from collections.abc import Callable

from tests.browser.guests import Guest

Invite = Callable[..., Guest]


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
