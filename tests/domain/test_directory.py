"""What people are found by in the directory."""

from hypothesis import given
from hypothesis import strategies as st

from tertulia.domain.directory import BEGINNING_MAX, WORDS_MAX, directory_keys, directory_words, fold


def test_case_accents_and_separators_make_no_difference() -> None:
    assert fold("  Ana_María.LÓPEZ-Straße ") == "ana maria lopez strasse"


def test_a_person_is_known_by_username_and_name_from_each_word_on() -> None:
    assert directory_words("ana.l", "Ana María") == {"ana l", "l", "ana maria", "maria"}


def test_a_name_of_very_many_words_keeps_its_first_ones() -> None:
    assert len(directory_words("ana", " ".join(f"w{n}" for n in range(99)))) == WORDS_MAX


@given(st.text(max_size=64))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=20), st.text(max_size=BEGINNING_MAX + 2))
def test_keys_find_exactly_whom_words_find(name: str, query: str) -> None:
    """A short query equals a key where, and only where, it begins a word; a longer one begins a key."""
    beginning = fold(query)
    words, keys = directory_words("ana", name), directory_keys("ana", name)
    found = any(word.startswith(beginning) for word in words)
    if len(beginning) <= BEGINNING_MAX:
        assert (not beginning) or (beginning in keys) == found
    else:
        assert any(key.startswith(beginning) for key in keys) == found
