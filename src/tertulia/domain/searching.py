"""What it means that a message is found: the one definition, which every search index is held to.

A message is found by what it says without its markup, and by the names and descriptions of what it carries, without
regard to case, accents and the width of characters (Unicode 15: NFKD, default caseless matching). A word or phrase may
stand anywhere, also inside a word. One or two letters of an alphabet must begin a word, or nearly every message would
have them; of a script that is written without spaces, one character may stand anywhere. One or two characters of ASCII
punctuation are too little to search for.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from tertulia.domain.folding import caseless
from tertulia.domain.markdown import plain
from tertulia.domain.messages import Message

SHORT_MAX: Final = 2
"""Up to this length the alphabet decides where a word may stand."""

# Letters and digits of scripts that put spaces between words, as they are after folding; fixed here, so that an index
# doesn't depend on the version of a Unicode database. Thai, Lao, Tibetan, Burmese, Hangul (as Jamo), Khmer, Han and
# Kana are not among them.
_ALPHABETIC: Final = "\xaa\xb5\xba\xc0-\xd6\xd8-\xf6\xf8-\u0dff\u10a0-\u10ff\u1200-\u177f\u1800-\u1fff\u2c00-\u2dff"
_LETTER: Final = "0-9a-z" + _ALPHABETIC
DENSE: Final = re.compile(f"[^\\x00-\\x7f{_ALPHABETIC}]")
"""A character that may stand anywhere by itself: an ideograph, a syllable, an emoji, a sign."""
_letters: Final = re.compile(f"[{_LETTER}]+").match
_ends_with_letter: Final = re.compile(f"[{_LETTER}]\\Z").search
_markup: Final = re.compile(r"[\\`*_~|\[<>]").search
# Joiners, variation selectors, direction marks: they change how text looks, not what it says.
_invisible: Final = re.compile("[\xad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]+").sub


class Needle(Struct, frozen=True):
    """A folded word or phrase. `begins_word`: it counts only where a word begins."""

    text: str
    begins_word: bool


def fold(text: str) -> str:
    """The text as it is compared: one case, no accents, single spaces, lines that are apart stay apart."""
    folded = caseless(text)
    if not folded.isascii():
        folded = _invisible("", folded)
    return " ".join(folded.replace("\0", " ").lower().split())


def searchable(message: Message) -> str:
    """The folded text in which a message is found; its parts are lines. Empty for a deleted message."""
    said = message.text
    parts = [plain(said) if _markup(said) else said]
    for attachment in message.attachments:
        parts += [attachment.name, attachment.alt]
    return "\n".join(filter(None, map(fold, parts)))


def needles(terms: Iterable[str], phrases: Iterable[str]) -> tuple[Needle, ...]:
    """What to look for. What is too little to search for is left out."""
    folded = dict.fromkeys(fold(text) for text in (*terms, *phrases))
    found = (_needle(text) for text in folded)
    return tuple(needle for needle in found if needle is not None)


def matches(wanted: Sequence[Needle], text: str) -> bool:
    """Whether all of `wanted` stand in the folded `text`."""
    return all(_stands(needle, text) for needle in wanted)


def letters_of(text: str) -> str:
    """The letters and digits with which the text begins."""
    found = _letters(text)
    return found[0] if found else ""


def _needle(text: str) -> Needle | None:
    if len(text) > SHORT_MAX or DENSE.search(text):
        return Needle(text, begins_word=False)
    if letters_of(text):
        return Needle(text, begins_word=True)
    return Needle(text, begins_word=False) if letters_of(text[1:]) else None


def _stands(needle: Needle, text: str) -> bool:
    position = text.find(needle.text)
    while needle.begins_word and position > 0 and _ends_with_letter(text, position - 1, position):
        position = text.find(needle.text, position + 1)
    return position >= 0
