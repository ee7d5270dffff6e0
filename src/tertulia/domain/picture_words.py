"""By which words a picture of the library is found: the one definition, for every home."""

import re
from collections.abc import Iterable
from typing import Final

from tertulia.domain.folding import caseless
from tertulia.domain.library import Picture

_BREAKS: Final = re.compile(r"[\s_+-]+")


def words_of(text: str) -> tuple[str, ...]:
    """What is looked for, word by word, without regard to case and accents."""
    return tuple(word for word in _BREAKS.split(caseless(text)) if word)


def matches(picture: Picture, wanted: Iterable[str]) -> bool:
    """Whether each word that is wanted begins a word of its name, its tags or its description."""
    words = [word for text in (picture.name, picture.alt, *picture.tags) for word in words_of(text)]
    return all(any(word.startswith(each) for word in words) for each in wanted)
