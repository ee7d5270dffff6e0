"""What it means that a message is found."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tertulia.domain.entries import Attachment
from tertulia.domain.markdown import plain
from tertulia.domain.messages import Message
from tertulia.domain.searching import DENSE, Needle, fold, letters_of, matches, needles, searchable

TEXTS = st.lists(
    st.sampled_from(
        [*"ab*_~|`\\[]()<>#:-.!\n\t 1", "> ", "- ", "1. ", "http://x.org", "@ana", "é", "你", "🎉", "İ", "ß"]
    )
    | st.characters(exclude_categories=["Cs"]),
    max_size=40,
).map("".join)


def message(text: str, *attachments: Attachment) -> Message:
    return Message(seq=1, timestamp=1, number=1, author="ana", id="m", text=text, attachments=attachments)


def found(term: str, text: str) -> bool:
    return matches(needles([term], []), searchable(message(text)))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Hello  World\n", "hello world"),
        ("Crème Brûlée", "creme brulee"),
        ("CRE\u0300ME", "creme"),
        ("Straße", "strasse"),
        ("ΚΌΣΜΟΣ", "κοσμοσ"),
        ("İstanbul ISPARTA", "istanbul isparta"),
        ("ＡＢＣ　ﾀﾜｰ", "abc タワー"),
        ("ﬁne ½ ™", "fine 1⁄2 tm"),
        ("so\u00adft\u200b \u202etxt\u202c", "soft txt"),
        ("👍\ufe0f 👩\u200d🚀", "👍 👩🚀"),
        ("a\u0000b", "a b"),
        ("\u0301 ", ""),
    ],
)
def test_texts_are_compared_without_case_accents_width_and_what_cannot_be_seen(text: str, folded: str) -> None:
    assert fold(text) == folded


@settings(deadline=None, derandomize=True, max_examples=200)
@given(TEXTS)
def test_folding_twice_changes_nothing(text: str) -> None:
    """So what was folded when it was indexed equals what is folded when it is searched for."""
    assert fold(fold(text)) == fold(text)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(TEXTS)
def test_a_message_is_found_in_its_plain_text(text: str) -> None:
    """Whether a text has markup is told before it is parsed; that shortcut changes nothing."""
    assert searchable(message(text)) == fold(plain(text))


def test_a_message_is_found_by_what_it_carries() -> None:
    """Names and descriptions of attachments are found, and no phrase reaches from the text into them."""
    file = Attachment(media="1", name="Report.PDF", type="application/pdf", size=1, alt="the figures")
    assert searchable(message("see", file)) == "see\nreport.pdf\nthe figures"
    assert not matches(needles([], ["see report"]), searchable(message("see", file)))


@pytest.mark.parametrize(
    ("term", "text", "expected"),
    [
        ("hi", "oh hi there", True),
        ("hi", "this", False),
        ("hi", "this hit", True),
        ("hi", "(hi)", True),
        ("hi", "snake_hill", True),
        ("hit", "white", True),
        ("é", "x Etat", True),
        ("ж", "еж", False),
        ("好", "你好吗", True),
        ("c+", "c++", True),
        ("c+", "abc+", False),
        ("+1", "no+1", True),
    ],
)
def test_one_or_two_letters_of_an_alphabet_begin_a_word(term: str, text: str, expected: bool) -> None:
    """Nearly every message has each pair of letters somewhere; ideographs are words by themselves."""
    assert found(term, text) is expected


def test_what_is_too_little_to_search_for_is_left_out() -> None:
    assert needles(["", ".", "?!", "\u0301", "..."], ["  ", "- -"]) == (
        Needle("...", begins_word=False),
        Needle("- -", begins_word=False),
    )


def test_the_same_word_twice_is_looked_for_once() -> None:
    assert needles(["Word", "wörd"], ["word"]) == (Needle("word", begins_word=False),)


@pytest.mark.parametrize("letter", "azéжαאبनა")
def test_letters_of_alphabets_are_letters(letter: str) -> None:
    assert letters_of(fold(letter)) == fold(letter)
    assert not DENSE.search(fold(letter))


@pytest.mark.parametrize("character", ["你", "の", "ﾀ", "안", "ก", "🎉", "、", "…", "←", "€"])
def test_characters_that_are_words_by_themselves_are_dense(character: str) -> None:
    assert all(DENSE.fullmatch(each) or each == "." for each in fold(character))
