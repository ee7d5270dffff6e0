"""What people may write."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.domain import limits
from tertulia.domain.errors import InvalidError
from tertulia.domain.texts import (
    checked_client_id,
    checked_email,
    checked_emoji,
    checked_line,
    checked_text,
    checked_username,
    shown_line,
)


def refusal(error: pytest.ExceptionInfo[InvalidError]) -> str:
    return error.value.code


@pytest.mark.parametrize("username", ["an", "ana", "a" * limits.USERNAME_MAX, "0x", "ana.b-c_d"])
def test_usernames_that_are_taken(username: str) -> None:
    """From the least to the greatest length, of lower-case letters, digits, `_`, `.` and `-`."""
    assert checked_username(username) == username


@pytest.mark.parametrize(
    "username",
    ["", "a", "a" * (limits.USERNAME_MAX + 1), "Ana", "añа", "ana b", "_ana", ".ana", "-ana", "ana\n", "ana/b", "٣٣"],
)
def test_usernames_that_are_refused(username: str) -> None:
    """One past each end, and anything else than the letters above."""
    with pytest.raises(InvalidError) as error:
        checked_username(username)
    assert refusal(error) == "invalid_request"


@pytest.mark.parametrize("client_id", ["a", "A-z_0", "x" * limits.CLIENT_ID_MAX])
def test_client_ids_that_are_taken(client_id: str) -> None:
    """Up to the greatest length, of letters, digits, `_` and `-`."""
    assert checked_client_id(client_id) == client_id


@pytest.mark.parametrize("client_id", ["", "x" * (limits.CLIENT_ID_MAX + 1), "a b", "ä", "a\n", "a.b"])
def test_client_ids_that_are_refused(client_id: str) -> None:
    """One past each end, and anything else than those characters."""
    with pytest.raises(InvalidError) as error:
        checked_client_id(client_id)
    assert refusal(error) == "invalid_request"


@pytest.mark.parametrize(
    "text",
    ["x", "x" * limits.TEXT_MAX, "two\nlines\tand a tab", "مرحبا", "你好", "नमस्ते", "👨‍👩‍👧‍👦", "a\u200db", "\u202eabc"],
)
def test_texts_that_are_taken(text: str) -> None:
    """Any script, any emoji, line breaks and tabs, up to the greatest length."""
    assert checked_text(text) == text


def test_a_text_of_one_too_many_characters_is_too_large() -> None:
    """The answer to a long text says how long one may be."""
    with pytest.raises(InvalidError) as error:
        checked_text("x" * (limits.TEXT_MAX + 1))
    assert refusal(error) == "too_large"
    assert error.value.details == {"maximum": limits.TEXT_MAX}


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\u3000"])
def test_a_text_says_something_unless_there_is_something_else(text: str) -> None:
    """Blanks alone are a text only beside an attachment."""
    with pytest.raises(InvalidError) as error:
        checked_text(text)
    assert refusal(error) == "invalid_request"
    assert checked_text(text, may_be_empty=True) == text


@given(st.characters(categories=["Cc"], exclude_characters="\n\t"))
def test_control_characters_are_refused(character: str) -> None:
    """Control characters but line break and tab (Unicode category Cc) stand in no text and no line."""
    for check in (checked_text, lambda text: checked_line(text, 10, "A title")):
        with pytest.raises(InvalidError) as error:
            check(f"a{character}b")
        assert refusal(error) == "invalid_request"


def test_half_a_surrogate_pair_is_refused() -> None:
    """What can't be encoded can't be stored."""
    with pytest.raises(InvalidError):
        checked_text("a\ud800")


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20).filter(str.strip))
def test_everything_else_is_a_text(text: str) -> None:
    """No character is refused but control characters and surrogates, the unassigned ones of today neither."""
    assert checked_text(text) == text


def test_a_line_loses_its_blanks_and_counts_without_them() -> None:
    """Blanks at both ends go before anything is measured."""
    assert checked_line("  a b  ", 3, "A name") == "a b"
    with pytest.raises(InvalidError) as error:
        checked_line("abcd", 3, "A name")
    assert error.value.details == {"maximum": 3}
    assert error.value.sentence == "A name has up to 3 characters."


@pytest.mark.parametrize("character", ["\n", "\t", "\u2028", "\u2029", "\x00"])
def test_a_line_is_one_line(character: str) -> None:
    """No line break of any kind stands in a name or title."""
    with pytest.raises(InvalidError) as error:
        checked_line(f"a{character}b", 10, "A name")
    assert refusal(error) == "invalid_request"


EMOJI = {
    "pictograph": "😀",
    "of an old block": "☕",
    "text that is shown as emoji": "❤️",
    "copyright sign": "©️",
    "double exclamation mark": "‼️",
    "information": "ℹ️",
    "arrow": "↔️",
    "wavy dash": "〰️",
    "mahjong tile": "🀄",
    "skin tone": "👍🏽",
    "skin tone by itself": "🏽",
    "flag": "🇩🇪",
    "flag of tags": "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "rainbow flag": "🏳️‍🌈",
    "keycap": "1️⃣",
    "keycap of a hash": "#️⃣",
    "keycap without presentation": "*⃣",
    "family": "👨‍👩‍👧‍👦",
    "family of skin tones": "👨🏻‍👩🏼‍👧🏽‍👦🏿",
    "profession": "👩🏾‍⚕️",
    "heart on fire": "❤️‍🔥",
    "newer than the interpreter": "🫨",
    "reserved for later": "\U0001faff",
    "shortcode": ":party_parrot:",
    "shortcode of signs": ":+1:",
    "longest shortcode": f":{'a' * 30}:",
}
NO_EMOJI = {
    "nothing": "",
    "letter": "a",
    "digit": "1",
    "plus": "+",
    "less than": "<",
    "caret": "^",
    "box": "─",
    "two emoji": "😀😀",
    "two flags": "🇩🇪🇫🇷",
    "half a flag": "🇩",
    "word": "ok",
    "emoji and letter": "😀a",
    "letter and emoji": "a😀",
    "joiner alone": "\u200d",
    "joiner at the end": "👩\u200d",
    "joiner at the beginning": "\u200d👩",
    "variation alone": "\ufe0f",
    "keycap alone": "\u20e3",
    "keycap of a letter": "a\u20e3",
    "tags without an end": "🏴\U000e0067",
    "two skin tones": "👍🏽🏽",
    "blank": " ",
    "emoji and blank": "😀 ",
    "line break": "😀\n",
    "empty shortcode": "::",
    "open shortcode": ":smile",
    "shortcode of capitals": ":Smile:",
    "shortcode too long": f":{'a' * 31}:",
}


@pytest.mark.parametrize("emoji", EMOJI.values(), ids=EMOJI)
def test_emoji_that_are_taken(emoji: str) -> None:
    """A reaction is one emoji of any make."""
    assert checked_emoji(emoji) == emoji


@pytest.mark.parametrize("emoji", NO_EMOJI.values(), ids=NO_EMOJI)
def test_emoji_that_are_refused(emoji: str) -> None:
    """A reaction is not a text, and not several emoji."""
    with pytest.raises(InvalidError) as error:
        checked_emoji(emoji)
    assert refusal(error) == "invalid_request"


def test_an_emoji_is_bounded() -> None:
    """A joined emoji may have as many characters as the limit, and not one more."""
    family = "\u200d".join("👩" * 16)
    at = family + "\ufe0f"
    assert len(at) == limits.EMOJI_MAX
    assert checked_emoji(at) == at
    with pytest.raises(InvalidError):
        checked_emoji(family + "\u200d👩")


@given(st.characters(categories=["L", "N", "P", "Z", "C"], exclude_characters="ℹ‼⁉〰〽"))
def test_letters_digits_and_punctuation_are_no_emoji(character: str) -> None:
    """Of the assigned characters only symbols are emoji, but for the few that Unicode names."""
    if unicodedata.category(character) in ("Cn", "Co"):
        return
    with pytest.raises(InvalidError):
        checked_emoji(character)


LONGEST_EMAIL = "a" * (limits.EMAIL_MAX - len("@example.org")) + "@example.org"


@pytest.mark.parametrize("email", ["ana@example.org", "a.b+c@mail.example.org", LONGEST_EMAIL])
def test_email_addresses_that_are_taken(email: str) -> None:
    """Whatever can be one, up to the longest that there are (RFC 5321, 4.5.3.1)."""
    assert checked_email(email) == email


@pytest.mark.parametrize(
    "email", ["", "ana", "ana@", "@example.org", "ana@example", "a na@example.org", "a" + LONGEST_EMAIL]
)
def test_email_addresses_that_are_refused(email: str) -> None:
    with pytest.raises(InvalidError) as error:
        checked_email(email)
    assert refusal(error) == "invalid_request"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  a \n\t b  ", "a b"),
        ("a\u202egpj\u2066b\u200e\u061c", "a gpj b"),
        ("a\x00b\u200b\ufeff\ud800c", "a b c"),
        ("👩\u200d👩 نمی\u200cخو", "👩\u200d👩 نمی\u200cخو"),
        ("\u202e\u00a0\n", ""),
        ("x" * 10, "x" * 10),
        ("x" * 11, "x" * 9 + "…"),
        ("x" * 8 + " " + "y" * 100, "x" * 8 + "…"),
        ("\u202e" * 1_000_000 + "x", ""),
    ],
)
def test_lines_that_others_wrote(text: str, line: str) -> None:
    """One line up to the limit, without what turns text around or hides in it; joiners that scripts need stay."""
    assert shown_line(text, 10) == line
