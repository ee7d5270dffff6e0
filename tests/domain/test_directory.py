"""People are found by any word of their username or name, however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.domain import directory


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ana María  López", "ana maria lopez"),
        ("ben_o-neil.x", "ben o neil x"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("ＦＵＬＬ", "full"),
        ("  ", ""),
    ],
)
def test_folding(text: str, folded: str) -> None:
    """Without case and accents, words apart by one space."""
    assert directory.fold(text) == folded


@given(st.text(max_size=20))
def test_folding_twice_is_folding_once(text: str) -> None:
    """What is stored folded and what is asked for folded meet."""
    assert directory.fold(directory.fold(text)) == directory.fold(text)


def test_a_person_is_found_from_each_word_on() -> None:
    """Any beginning of a word finds a person, and so does a word and the beginning of the next."""
    assert directory.directory_words("ana.l", "Ana María López") == {
        "ana l",
        "l",
        "ana maria lopez",
        "maria lopez",
        "lopez",
    }


def test_words_are_bounded() -> None:
    """A name of very many words keeps its first ones, exactly as many as the limit."""
    name = " ".join(f"w{n}" for n in range(directory.WORDS_MAX))
    assert len(directory.directory_words("", name)) == directory.WORDS_MAX
    assert len(directory.directory_words("ana", name)) == directory.WORDS_MAX


@given(st.text("ab cé", max_size=12), st.integers(1, 8))
def test_an_index_finds_what_a_scan_finds(name: str, size: int) -> None:
    """A beginning of a word is a key where it is short, and the beginning of a key where it is not."""
    keys = directory.directory_keys("ana", name)
    for word in directory.directory_words("ana", name):
        query = word[:size].rstrip()
        if not query:
            continue
        assert query in keys if len(query) <= directory.BEGINNING_MAX else any(k.startswith(query) for k in keys)
