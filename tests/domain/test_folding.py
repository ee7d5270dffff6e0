"""How texts are compared."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.domain.folding import caseless


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Straße", "strasse"),
        ("ÉCOLE", "ecole"),
        ("ﬁn", "fin"),
        ("Ａｂｃ", "abc"),
        ("Ǆ", "dz"),
        ("İstanbul", "istanbul"),
        ("한", "\u1112\u1161\u11ab"),
        ("हिन्दी", "हिनदी"),
        ("plain", "plain"),
    ],
)
def test_case_accents_and_width_do_not_matter(text: str, folded: str) -> None:
    """Compatibility caseless matching, and no marks."""
    assert caseless(text) == folded


def test_the_combining_characters_are_unicodes() -> None:
    """Each that is taken out has a combining class, and with the version that they were written down from, all have."""
    # Whatever has a class is a mark; one that normalization takes apart is judged by its parts.
    marks = [c for c in map(chr, range(0x110000)) if unicodedata.category(c)[0] == "M"]
    plain = {c for c in marks if unicodedata.normalize("NFKD", c) == c}
    gone = {c for c in plain if caseless("a" + c) == "a"}
    combining = {c for c in plain if unicodedata.combining(c)}
    assert gone <= combining
    if unicodedata.unidata_version == "14.0.0":
        assert gone == combining - {"\u0345"}  # which case folding makes a letter of
    assert len(gone) > 800


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    """What is stored folded can be folded again with what is asked."""
    assert caseless(caseless(text)) == caseless(text)
