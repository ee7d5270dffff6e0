"""Entries and events keep their form: what one process writes another reads, today and later."""

from typing import get_args

import msgspec
import pytest
from msgspec.structs import replace

from tertulia.domain.entries import (
    BaseEntry,
    ConversationCreated,
    ConversationKind,
    Entry,
    MessageDeleted,
    MessageEdited,
    MessagePreviewed,
    MessageSent,
    Preview,
    SettingsChanged,
    VisibleEntry,
    hide,
    is_same,
    with_thread,
    without_words,
)
from tertulia.domain.events import ConversationEvent, Event, UserEvent
from tertulia.domain.limits import RateLimit
from tertulia.domain.members import MemberRole, Role


def test_every_entry_is_of_the_union() -> None:
    """Who adds a kind of entry adds it to the union that stores and clients decode."""
    assert set(BaseEntry.__subclasses__()) == set(get_args(Entry))


def test_every_kind_of_entry_has_a_tag_of_its_own() -> None:
    """The field `kind` tells all entries apart, the hidden one too."""
    tags = [kind.__struct_config__.tag for kind in get_args(VisibleEntry)]
    assert len(set(tags)) == len(tags)
    assert {kind.__struct_config__.tag_field for kind in get_args(VisibleEntry)} == {"kind"}


def test_events_of_conversations_and_people_are_events() -> None:
    """Whatever is broadcast, a client can be told."""
    assert set(get_args(ConversationEvent)) | set(get_args(UserEvent)) <= set(get_args(Event))


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        (
            ConversationCreated(
                seq=1, timestamp=5, author="ana", type=ConversationKind.DIRECT, members=(MemberRole("ana", Role.OWNER),)
            ),
            (
                '{"kind":"created","seq":1,"timestamp":5,"author":"ana","type":"direct",'
                '"members":[{"username":"ana","role":"owner"}]}'
            ),
        ),
        (
            MessageSent(seq=2, timestamp=6, author="ana", id="one", number=1, text="hi"),
            '{"kind":"message","seq":2,"timestamp":6,"author":"ana","id":"one","number":1,"text":"hi"}',
        ),
        (
            SettingsChanged(seq=3, timestamp=7, author="ana", live_typing=False),
            '{"kind":"settings_changed","seq":3,"timestamp":7,"author":"ana","live_typing":false}',
        ),
        (
            hide(MessageSent(seq=2, timestamp=6, author="ana", id="one", number=1, text="hi")),
            '{"kind":"hidden","seq":2,"timestamp":6}',
        ),
    ],
)
def test_entries_on_the_wire(entry: VisibleEntry, text: str) -> None:
    """An absent field has its default value, and decoding gives the entry back."""
    assert msgspec.json.encode(entry).decode() == text
    assert msgspec.json.decode(text, type=VisibleEntry) == entry


def test_nothing_is_left_of_what_was_erased() -> None:
    """Neither words nor links nor what they lead to."""
    stamp = {"seq": 3, "timestamp": 7, "author": "ana", "target": 6}
    shown = MessagePreviewed(previews=(Preview(url="https://example.org/", title="secret"),), **stamp)
    edit = MessageEdited(text="secret", unlinked=("https://example.org/secret",), **stamp)
    for entry in (shown, edit):
        left = without_words(entry)
        assert b"secret" not in msgspec.json.encode(left)
        assert is_same(entry, left)


def test_a_rate_limit_names_its_parts() -> None:
    """The burst comes first."""
    assert RateLimit(3, 1)._asdict() == {"burst": 3, "per_second": 1}


def test_an_entry_without_its_thread_gets_it_from_what_it_replies_to() -> None:
    """An earlier version wrote none. What has one keeps it, and with it or without it's the same entry."""
    root = MessageSent(seq=2, timestamp=5, author="ana", id="a", number=1)
    reply, known = replace(root, reply_to=3), replace(root, reply_to=3, thread=2)
    deleted = MessageDeleted(seq=2, timestamp=5, author="ana", target=3)
    threads = {3: 1}
    assert with_thread(reply, lambda timestamp: threads.get(timestamp, 0)) == replace(reply, thread=1)
    assert with_thread(reply, lambda _: 0) == replace(reply, thread=3)
    for entry in (root, known, deleted):
        assert with_thread(entry, lambda _: 9) == entry
    assert is_same(reply, known)
    assert is_same(without_words(known), reply)
    assert without_words(known) == replace(root, thread=2, erased=True)


def test_an_entry_is_the_same_when_it_was_erased() -> None:
    """What a message or an edit said may be gone on either side; nothing else of an entry ever changes."""
    sent = MessageSent(seq=2, timestamp=5, author="ana", id="a", number=1, text="hello", reply_to=3)
    edited = MessageEdited(seq=3, timestamp=6, author="ana", target=5, text="hi", mentions=("ben",))
    for entry in (sent, edited):
        assert is_same(entry, entry)
        assert is_same(entry, without_words(entry))
        assert is_same(without_words(entry), entry)
        assert not is_same(entry, replace(entry, text="other"))
        assert not is_same(without_words(entry), replace(entry, author="ben"))
    assert not is_same(without_words(sent), replace(sent, id="b"))
    deleted = MessageDeleted(seq=2, timestamp=5, author="ana", target=5)
    assert not is_same(without_words(sent), deleted)
    assert without_words(deleted) == deleted
