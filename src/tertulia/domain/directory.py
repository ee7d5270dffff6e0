"""The directory: what a person is found by."""

import re
from typing import Final

from tertulia.domain.folding import caseless

_SPLIT: Final = re.compile(r"[\s_.\-]+")
WORDS_MAX: Final = 24
"""Words of a username and a name that a person is found by; a name of more keeps its first ones."""
BEGINNING_MAX: Final = 3
"""Up to this length, every beginning of a word is a key of its own in an index: most people share so short a one."""


def fold(text: str) -> str:
    """The text as the directory compares it: without case and accents, its words separated by single spaces."""
    return " ".join(_SPLIT.split(caseless(text))).strip()


def directory_words(username: str, name: str) -> frozenset[str]:
    """Username and name from each of their words on, folded.

    "Ana María López" gives "ana maria lopez", "maria lopez" and "lopez", so that any beginning of a word finds her and
    "maria l" does too.
    """
    found: list[str] = []
    for text in (username, name):
        words = fold(text).split()
        found += [" ".join(words[start:]) for start in range(len(words))]
    return frozenset(found[:WORDS_MAX])


def directory_keys(username: str, name: str) -> frozenset[str]:
    """The words, and their short beginnings: what an index holds for one person.

    A query of up to BEGINNING_MAX characters equals a key; a longer one is the beginning of a key.
    """
    words = directory_words(username, name)
    short = {word[:size].rstrip() for word in words for size in range(1, BEGINNING_MAX + 1)}
    return words | frozenset(short)
