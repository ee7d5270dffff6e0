"""What a refresh token tells by itself."""

import pytest

from tertulia.adapters.cognito.refresh_tokens import TOKEN_MAX, Presented, RefreshTokens

TOKEN = Presented("ana", "session", b"s" * 32, "inner.with.dots")


def test_a_token_is_read_as_it_was_given() -> None:
    tokens = RefreshTokens("secret")
    assert tokens.parse(tokens.text(TOKEN)) == TOKEN


def test_no_part_can_be_changed_and_no_other_client_gives_any() -> None:
    """Else somebody could end the session of another by presenting a token that looks spent."""
    tokens = RefreshTokens("secret")
    text = tokens.text(TOKEN)
    head, _, inner = text.partition(".")
    other = tokens.text(Presented("ben", "session", b"s" * 32, "inner"))
    changed = [head[:n] + ("A" if head[n] != "A" else "B") + head[n + 1 :] for n in range(len(head) - 1)]
    for forged in [*(f"{one}.{inner}" for one in changed), f"{head}.other", f"{other.partition('.')[0]}.{inner}", head]:
        assert tokens.parse(forged) is None
    assert RefreshTokens("other").parse(text) is None


@pytest.mark.parametrize("text", ["", ".", "x.y", "é.y", "\ud800.\ud800", "A" * 64, "." + "A" * 64])
def test_anything_else_is_no_token(text: str) -> None:
    assert RefreshTokens("secret").parse(text) is None


def test_a_token_fits_into_a_cookie() -> None:
    """At the limit it is read, one past it isn't; with Cognito's 1,800 characters there is room."""
    tokens = RefreshTokens("secret")
    longest = Presented("a" * 32, "s" * 36, b"s" * 32, "i" * 1800)
    room = TOKEN_MAX - len(tokens.text(longest))
    assert room > 0
    at_limit, past = (
        Presented(longest.username, longest.session, longest.secret, "i" * n) for n in (1800 + room, 1801 + room)
    )
    assert tokens.parse(tokens.text(at_limit)) == at_limit
    assert tokens.parse(tokens.text(past)) is None


def test_a_token_is_not_printed() -> None:
    assert "inner" not in repr(TOKEN)
