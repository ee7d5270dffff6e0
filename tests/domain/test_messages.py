"""Messages are the fold of the entries about them, however often and in whatever portions those arrive."""

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tertulia.domain import messages
from tertulia.domain.entries import (
    AboutMessage,
    Attachment,
    MessageDeleted,
    MessageEdited,
    MessagePreviewed,
    MessageSent,
    Preview,
    ReactionAdded,
    ReactionRemoved,
    hide,
    target_of,
)
from tertulia.domain.messages import Message, Reaction

SENT = MessageSent(
    seq=7,
    timestamp=100,
    author="ana",
    id="one",
    number=3,
    text="hello @ben",
    reply_to=50,
    attachments=(Attachment(media="m", name="a.png", type="image/png", size=3),),
    mentions=("ben",),
    thread=40,
)


def changes_of(kinds: list[tuple[str, str, str]], *, gap: int = 1) -> list[AboutMessage]:
    """Entries about SENT, one per kind, with increasing seq and timestamp."""
    made: list[AboutMessage] = []
    for index, (kind, who, what) in enumerate(kinds, start=1):
        seq, timestamp = SENT.seq + index, SENT.timestamp + index * gap
        if kind == "edit":
            made.append(MessageEdited(seq=seq, timestamp=timestamp, author=who, target=SENT.timestamp, text=what))
        elif kind == "preview":
            shown = (Preview(url=f"https://example.org/{what}", title=what),)
            made.append(
                MessagePreviewed(seq=seq, timestamp=timestamp, author=who, target=SENT.timestamp, previews=shown)
            )
        elif kind == "delete":
            made.append(MessageDeleted(seq=seq, timestamp=timestamp, author=who, target=SENT.timestamp))
        elif kind == "add":
            made.append(ReactionAdded(seq=seq, timestamp=timestamp, author=who, target=SENT.timestamp, emoji=what))
        else:
            made.append(ReactionRemoved(seq=seq, timestamp=timestamp, author=who, target=SENT.timestamp, emoji=what))
    return made


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["edit", "add", "add", "remove", "preview", "delete"]),
        st.sampled_from(["ana", "ben", "cleo"]),
        st.sampled_from(["👍", "🎉", "❤️"]),
    ),
    max_size=12,
).map(changes_of)


def folded(changes: list[AboutMessage]) -> Message:
    return messages.fold(SENT, changes)


def test_a_message_begins_as_it_was_sent() -> None:
    """`begin` keeps every field of the entry, and nothing has changed yet."""
    assert messages.begin(SENT) == Message(
        seq=7,
        timestamp=100,
        number=3,
        author="ana",
        id="one",
        text="hello @ben",
        reply_to=50,
        attachments=SENT.attachments,
        mentions=("ben",),
        thread=40,
    )


def test_an_edit_replaces_text_and_mentions_and_nothing_else() -> None:
    """An edit leaves attachments, reply and reactions as they were."""
    edit = MessageEdited(seq=9, timestamp=120, author="ana", target=100, text="hi @cleo", mentions=("cleo",))
    before = folded(changes_of([("add", "ben", "👍")]))
    after = messages.apply(before, edit)
    assert (after.text, after.mentions, after.edited, after.changed) == ("hi @cleo", ("cleo",), 120, 120)
    assert (after.attachments, after.reply_to, after.reactions) == (
        before.attachments,
        before.reply_to,
        before.reactions,
    )


def preview(name: str, media: str = "") -> Preview:
    picture = Attachment(media=media, name="preview.webp", type="image/webp", size=3) if media else None
    return Preview(url=f"https://example.org/{name}", title=name, picture=picture)


def test_previews_are_replaced_and_go_with_their_links() -> None:
    """The last entry says which there are; an edit takes those away of the links that it names, and no others."""
    stamp = {"author": "ana", "target": 100}
    first = MessagePreviewed(seq=8, timestamp=110, previews=(preview("a"),), **stamp)
    shown = MessagePreviewed(seq=9, timestamp=120, previews=(preview("a"), preview("b", "p")), **stamp)
    edit = MessageEdited(seq=10, timestamp=130, text="new", unlinked=("https://example.org/a",), **stamp)
    before = folded([first, shown])
    assert (before.previews, before.text, before.edited, before.changed) == (shown.previews, SENT.text, 0, 120)
    assert messages.files_of(before) == ("m", "p")
    after = messages.apply(before, edit)
    assert (after.previews, after.text) == ((preview("b", "p"),), "new")
    gone = MessageDeleted(seq=11, timestamp=140, **stamp)
    assert messages.apply(after, gone).previews == ()


def test_a_deletion_leaves_a_tombstone_that_says_nothing() -> None:
    """Of a deleted message its place, author, id and thread stay, and nothing of what it said."""
    after = folded(changes_of([("add", "ben", "👍"), ("edit", "ana", "new"), ("delete", "ana", "")]))
    assert after == Message(seq=7, timestamp=100, number=3, author="ana", id="one", thread=40, deleted=103, changed=103)


def test_a_reply_is_in_the_thread_of_what_it_replies_to() -> None:
    """A message that replies to none begins one; a tombstone stays where it was."""
    deleted = folded(changes_of([("delete", "ana", "")]))
    assert [messages.thread_of(each) for each in (folded([]), deleted, replace(deleted, thread=0))] == [40, 40, 100]


@given(CHANGES)
def test_nothing_comes_after_a_deletion(changes: list[AboutMessage]) -> None:
    """Who sees a deletion sees the same tombstone, whatever else of the message that person has seen or sees later."""
    deletion = MessageDeleted(seq=SENT.seq + 1, timestamp=SENT.timestamp + 1, author="ana", target=SENT.timestamp)
    alone = messages.apply(messages.begin(SENT), deletion)
    state = alone
    for change in changes:
        state = messages.apply(state, change)
    assert state == alone


def test_reactions_stand_in_the_order_in_which_they_came() -> None:
    """Emoji by their first use, people by when they reacted."""
    after = folded(changes_of([("add", "ben", "🎉"), ("add", "ana", "👍"), ("add", "ana", "🎉")]))
    assert after.reactions == (Reaction("🎉", ("ben", "ana")), Reaction("👍", ("ana",)))


def test_an_emoji_that_nobody_uses_any_more_is_gone() -> None:
    """Removing the last reaction with an emoji removes the emoji; others stay."""
    after = folded(changes_of([("add", "ben", "🎉"), ("add", "ana", "👍"), ("remove", "ben", "🎉")]))
    assert after.reactions == (Reaction("👍", ("ana",)),)


def test_has_reaction_asks_for_person_and_emoji() -> None:
    """A reaction belongs to one person and one emoji."""
    after = folded(changes_of([("add", "ben", "🎉"), ("add", "ana", "👍")]))
    assert messages.has_reaction(after, "🎉", "ben")
    assert not messages.has_reaction(after, "🎉", "ana")
    assert not messages.has_reaction(after, "❤️", "ben")


@given(CHANGES)
def test_applying_an_entry_again_changes_nothing(changes: list[AboutMessage]) -> None:
    """An entry that comes twice, at once or later, has no second effect."""
    states = list(accumulate(changes, messages.apply, initial=messages.begin(SENT)))
    for change, state in zip(changes, states[1:], strict=True):
        assert messages.apply(state, change) == state
        assert messages.apply(states[-1], change) == states[-1]


@given(CHANGES, st.data())
def test_portions_do_not_matter(changes: list[AboutMessage], data: st.DataObject) -> None:
    """Folding the log in two portions that overlap gives what folding it at once gives."""
    cut = data.draw(st.integers(0, len(changes)))
    overlap = data.draw(st.integers(0, cut))
    state = folded(changes[:cut])
    for change in changes[cut - overlap :]:
        state = messages.apply(state, change)
    assert state == folded(changes)


@given(CHANGES)
def test_reactions_are_a_set_of_person_and_emoji(changes: list[AboutMessage]) -> None:
    """However people react, each (emoji, person) stands once, no emoji is empty, and the count is their number."""
    expected: set[tuple[str, str]] = set()
    for change in changes:
        match change:
            case MessageDeleted():
                expected = set()
                break
            case ReactionAdded():
                expected.add((change.emoji, change.author))
            case ReactionRemoved():
                expected.discard((change.emoji, change.author))
    message = folded(changes)
    pairs = [(reaction.emoji, user) for reaction in message.reactions for user in reaction.users]
    assert sorted(pairs) == sorted(expected)
    assert len({reaction.emoji for reaction in message.reactions}) == len(message.reactions)
    assert all(reaction.users for reaction in message.reactions)
    assert messages.reaction_count(message) == len(expected)


ATTACHMENTS = st.lists(
    st.builds(
        Attachment,
        media=st.text("abc", min_size=1, max_size=3),
        name=st.just("n"),
        type=st.just("a/b"),
        size=st.integers(1, 9),
        alt=st.text("xy", max_size=2),
    ),
    max_size=3,
)
CONTENT = st.tuples(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=5), st.integers(0, 5), ATTACHMENTS)


@given(CONTENT, CONTENT)
def test_a_digest_tells_contents_apart(
    one: tuple[str, int, list[Attachment]], other: tuple[str, int, list[Attachment]]
) -> None:
    """The same content has the same digest, another content another."""

    def said(content: tuple[str, int, list[Attachment]]) -> tuple[str, int, list[tuple[str, str]]]:
        return content[0], content[1], [(a.media, a.alt) for a in content[2]]

    assert (messages.digest(*one) == messages.digest(*other)) is (said(one) == said(other))
    assert len(messages.digest(*one)) == 16


def test_a_digest_does_not_change_between_releases() -> None:
    """Digests are stored for ever, so how they are made can't change."""
    assert messages.digest("hello", 0, ()).hex() == "de49bcc99e349f15a03acae6c0728701"


def test_entries_about_a_message_name_it() -> None:
    """`target_of` is the timestamp of the message for entries about one, and None for the others."""
    for change in changes_of(
        [("edit", "ana", "x"), ("add", "ana", "👍"), ("remove", "ana", "👍"), ("delete", "ana", "")]
    ):
        assert target_of(change) == SENT.timestamp
        assert target_of(hide(change)) is None
    assert target_of(SENT) is None


def test_a_hidden_entry_keeps_its_place_and_nothing_else() -> None:
    """Who may not read the message learns from an entry about it that the log goes on."""
    hidden = hide(changes_of([("edit", "ana", "secret")])[0])
    assert (hidden.seq, hidden.timestamp) == (8, 101)
    assert hidden.__struct_fields__ == ("seq", "timestamp")
