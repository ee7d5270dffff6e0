"""Packed texts: nothing is lost, and they never suggest too little."""

import random

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tertulia.adapters.dynamodb import segments
from tertulia.adapters.dynamodb.segments import GONE, PACK_BYTES_MAX, UNPACKED, Line, Packing
from tertulia.domain import limits, searching
from tertulia.domain.entries import Attachment, MessageSent
from tertulia.domain.messages import Message, begin
from tertulia.ports.search import SearchQuery

NUMBERS = st.integers(1, limits.TIMESTAMP_MAX)
LINES = st.lists(
    st.builds(
        lambda timestamp, author, flags, later, text: Line(
            timestamp, author, flags, timestamp + later if later else 0, text
        ),
        NUMBERS,
        st.sampled_from(["ana", "ben", "名前"]),
        st.integers(0, 15),
        NUMBERS | st.just(0),
        st.text(),
    ),
    max_size=20,
)


def message(text: str, **more: object) -> Message:
    sent = MessageSent(seq=1, timestamp=5, author="ana", id="m", number=1, text=text)

    return replace(begin(sent), **more)


@given(lines=LINES)
def test_what_is_packed_comes_back(lines: list[Line]) -> None:
    """Every field of every line, in its order."""
    assert segments.unpack(segments.pack(lines)) == lines


@given(texts=st.lists(st.text(min_size=1), min_size=1, max_size=4), sought=st.text(min_size=1, max_size=5))
def test_a_segment_never_suggests_too_little(texts: list[str], sought: str) -> None:
    """Whatever is found in any version of a message is suggested by its line."""
    line = segments.line_of([message(text) for text in texts])
    wanted = searching.needles([sought], [])
    for text in texts:
        if wanted and searching.matches(wanted, searching.searchable(message(text))):
            assert segments.may_be_found(line, SearchQuery(terms=(sought,)), wanted)


def test_what_is_too_much_is_looked_at_always() -> None:
    """A full segment of the longest messages fits into its bytes: the longest texts stay out, and are suggested."""
    drawn = random.Random(1)
    letters = range(0x4E00, 0x9FFF)

    def said(number: int) -> str:
        return f"short {number}" if number % 8 else "".join(map(chr, drawn.choices(letters, k=limits.TEXT_MAX)))

    lines = [segments.line_of([message(said(number))]) for number in range(Packing().segment)]
    packed = segments.pack(lines)
    assert len(packed) <= PACK_BYTES_MAX
    back = segments.unpack(packed)
    wanted = searching.needles(["nowhere"], [])
    suggested = [
        n for n, line in enumerate(back) if segments.may_be_found(line, SearchQuery(terms=("nowhere",)), wanted)
    ]
    assert suggested == [n for n in range(len(back)) if n % 8 == 0]
    assert all(line.flags & UNPACKED for n, line in enumerate(back) if n % 8 == 0)


def test_of_a_deleted_message_nothing_is_packed() -> None:
    """Not even what it had before."""
    line = segments.line_of([message("secret"), message("", deleted=9)])
    assert (line.text, line.flags, line.changed) == ("", GONE, 9)
    assert not segments.may_be_found(line, SearchQuery(author="ana"), ())


def test_links_attachments_and_authors_preselect() -> None:
    """Of any version that somebody may see."""
    file = Attachment(media="m", name="report.pdf", type="a/b", size=1, alt="of May")
    line = segments.line_of([message("http://x.org"), message("no more", attachments=(file,))])
    for query, there in (
        (SearchQuery(has_link=True), True),
        (SearchQuery(has_attachment=True), True),
        (SearchQuery(author="ana"), True),
        (SearchQuery(author="ben"), False),
    ):
        assert segments.may_be_found(line, query, ()) == there
    assert not segments.may_be_found(segments.line_of([message("plain")]), SearchQuery(has_link=True), ())
