"""Which messages somebody is told of, and by which browsers."""

from base64 import urlsafe_b64encode
from typing import Any

import pytest

from tertulia.domain import limits, notifying
from tertulia.domain.conversations import Conversation
from tertulia.domain.entries import ConversationKind, MessageSent
from tertulia.domain.errors import InvalidError
from tertulia.domain.members import Cursor, Member, Period
from tertulia.domain.notifying import Book, Choice, Device, Level, QuietHours, What

NOW = 1_000_000_000
POINT = urlsafe_b64encode(b"\x04" + b"p" * 64).decode().rstrip("=")
SECRET = urlsafe_b64encode(b"s" * 16).decode().rstrip("=")


def device(number: int = 1, **changed: Any) -> Device:
    given = {
        "id": f"device{number}",
        "endpoint": f"https://push.example/{number}",
        "p256dh": POINT,
        "auth": SECRET,
        "show_text": True,
        "session": "s",
        "origin": "",
        "since": number,
    }
    return Device(**{**given, **changed})


def head(kind: ConversationKind = ConversationKind.GROUP, members: int = 3) -> Conversation:
    return Conversation(id="g", kind=kind, created=1, seq=9, timestamp=NOW, members=members, title="A group")


def member(username: str = "ana", read: int = 0, **changed: Any) -> Member:
    return Member(username=username, read=Cursor(read, 1), periods=(Period(1),), **changed)


def message(timestamp: int, author: str = "ben", text: str = "hello", **changed: Any) -> MessageSent:
    return MessageSent(
        seq=timestamp, timestamp=timestamp, author=author, id="x", number=timestamp, text=text, **changed
    )


def test_a_browser_that_is_added_again_is_changed() -> None:
    """There is one device for each address, with what was said last."""
    book = notifying.with_device(notifying.with_device(Book(), device(1)), device(1, show_text=False))
    assert [each.show_text for each in book.devices] == [False]
    assert notifying.device_id("https://push.example/1") == notifying.device_id("https://push.example/1")
    assert notifying.device_id("https://push.example/1") != notifying.device_id("https://push.example/2")


def test_the_oldest_device_goes_where_there_are_too_many() -> None:
    """A person has limits.PUSH_DEVICES_MAX, and can take one away."""
    book = Book()
    for number in range(limits.PUSH_DEVICES_MAX):
        book = notifying.with_device(book, device(number))
    assert len(book.devices) == limits.PUSH_DEVICES_MAX
    more = notifying.with_device(book, device(99))
    assert more.devices == (*book.devices[1:], device(99))
    assert notifying.without_devices(more, ["device99"]).devices == book.devices[1:]


def test_a_device_prints_without_its_address() -> None:
    """Who has the address and the keys can send."""
    assert "push.example" not in repr(device())


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "http://push.example/1"},
        {"endpoint": "https:///1"},
        {"endpoint": "https://push.example:0/1"},
        {"endpoint": "https://push.example:x/1"},
        {"endpoint": "https://ana:secret@push.example/1"},
        {"endpoint": "https://push.example/1 2"},
        {"endpoint": "https://push.example/\u00e9"},
        {"endpoint": "https://push.example/\x01"},
        {"p256dh": SECRET},
        {"p256dh": urlsafe_b64encode(b"\x02" + b"p" * 64).decode()},
        {"p256dh": "a"},
        {"auth": POINT},
    ],
)
def test_what_is_no_subscription_is_refused(wrong: dict[str, str]) -> None:
    """An https address without credentials, a point of P-256, a secret of 16 bytes."""
    notifying.check_device(device())
    with pytest.raises(InvalidError) as refused:
        notifying.check_device(device(**wrong))
    assert refused.value.code == "invalid_request"


def test_the_earliest_choice_goes_where_there_are_too_many() -> None:
    """A person has chosen for limits.PUSH_CHOICES_MAX conversations; what is as everywhere isn't kept."""
    book = Book()
    for number in range(limits.PUSH_CHOICES_MAX + 1):
        book = notifying.with_choice(book, str(number), Choice(level=Level.NONE))
    assert len(book.choices) == limits.PUSH_CHOICES_MAX
    assert book.choice("0") == Choice()
    assert book.choice("1").level is Level.NONE
    assert "1" not in notifying.with_choice(book, "1", Choice()).choices


@pytest.mark.parametrize(
    ("begin", "end", "quiet", "loud"),
    [(60, 120, (60, 119), (59, 120)), (1380, 420, (1380, 0, 419), (420, 1379)), (5, 5, (), (4, 5, 6))],
)
def test_quiet_hours_also_go_over_midnight(begin: int, end: int, quiet: tuple[int, ...], loud: tuple[int, ...]) -> None:
    """From the first minute to the last one before the end; without any, none is quiet."""
    book = Book(quiet=QuietHours(begin=begin, end=end, zone="UTC", offset=0))
    assert all(book.is_quiet(minute) for minute in quiet)
    assert not any(book.is_quiet(minute) for minute in loud)
    assert not Book().is_quiet(60)


@pytest.mark.parametrize(("begin", "end", "offset"), [(-1, 0, 0), (0, 1440, 0), (0, 0, 1081), (0, 0, -1081)])
def test_quiet_hours_are_minutes_of_a_day(begin: int, end: int, offset: int) -> None:
    """0 to 1439, in a zone that can be."""
    notifying.check_quiet_hours(QuietHours(begin=0, end=1439, zone="UTC", offset=-1080))
    with pytest.raises(InvalidError):
        notifying.check_quiet_hours(QuietHours(begin=begin, end=end, zone="UTC", offset=offset))


def test_a_message_concerns_members_who_have_not_read_it() -> None:
    """Not who wrote it, who has read it, who has left, or who came later; nor what was deleted meanwhile."""
    rows = [
        member("ana"),
        member("ben"),
        member("cleo", read=10),
        member("dan", active=False),
        Member(username="eve", periods=(Period(11),)),
    ]
    assert list(notifying.concerned(head(), rows, [message(10)])) == ["ana"]
    assert not notifying.concerned(head(), rows, [message(10, erased=True)])


def test_in_a_large_group_only_mentions_are_told() -> None:
    """Up to limits.PUSH_GROUP_MAX members everybody is; in more, who is named."""
    rows = [member("ana"), member("cleo")]
    said = [message(10, mentions=("cleo",))]
    small, large = head(members=limits.PUSH_GROUP_MAX), head(members=limits.PUSH_GROUP_MAX + 1)
    assert list(notifying.concerned(small, rows, said)) == ["ana", "cleo"]
    assert list(notifying.concerned(large, rows, said)) == ["cleo"]
    assert notifying.choose(Book(), large, rows[0], said, NOW) is None
    assert notifying.choose(Book(), large, rows[1], said, NOW) == (said[0], 0)
    assert list(notifying.concerned(head(ConversationKind.DIRECT, 999), rows, said)) == ["ana", "cleo"]


def test_one_notification_stands_for_a_run_of_messages() -> None:
    """The last one that names the person, else the last; it says how many others there are."""
    said = [message(10), message(11, mentions=("ana",)), message(12)]
    assert notifying.choose(Book(), head(), member(), said, NOW) == (said[1], 2)
    assert notifying.choose(Book(), head(), member(), [said[0], said[2]], NOW) == (said[2], 1)
    assert notifying.choose(Book(), head(), member(read=11), said, NOW) == (said[2], 0)


def test_the_level_and_the_mute_of_a_conversation_hold() -> None:
    """Mentions alone, nothing at all, and nothing until a time, mentions neither."""
    plain, naming = message(10), message(11, mentions=("ana",))

    def chosen(choice: Choice, said: MessageSent) -> object:
        return notifying.choose(notifying.with_choice(Book(), "g", choice), head(), member(), [said], NOW)

    assert chosen(Choice(level=Level.MENTIONS), plain) is None
    assert chosen(Choice(level=Level.MENTIONS), naming) == (naming, 0)
    assert chosen(Choice(level=Level.NONE), naming) is None
    assert chosen(Choice(muted_until=NOW + 1), naming) is None
    assert chosen(Choice(muted_until=NOW), plain) == (plain, 0)


def test_everybody_is_told_where_all_are_named_and_by_push_nobody_where_those_are_who_are_there() -> None:
    """`@all` is a mention of each member, also where only mentions are wanted; `@here` is for pages that are open."""
    book = notifying.with_choice(Book(), "g", Choice(level=Level.MENTIONS))
    everybody, there = message(10, mentions=("@all",)), message(11, mentions=("@here",))
    assert notifying.choose(book, head(), member(), [everybody, there], NOW) == (everybody, 1)
    assert notifying.choose(book, head(), member(), [there], NOW) is None
    assert notifying.choose(Book(), head(), member(), [there], NOW) == (there, 0)


def test_what_is_said_is_the_beginning_without_spoilers() -> None:
    """200 characters; who wrote, and the group's title."""
    long = notifying.told(head(), message(10, text="x" * 201), "Ben", 2)
    assert (long.name, long.title, long.text, long.more) == ("Ben", "A group", "x" * 200 + "…", 2)
    short = notifying.told(head(ConversationKind.DIRECT), message(10, text="it was ||the  butler||\n*so*"), "", 0)
    assert (short.name, short.title) == ("ben", "")
    assert "butler" not in short.text
    assert notifying.told(head(), message(10, text="x" * 200), "Ben", 0).text == "x" * 200


def test_where_somebody_is_is_not_said() -> None:
    """That it is a place is, or that it is a live one."""
    place = notifying.told(head(), message(10, text="geo:52.5,13.4;u=9"), "Ben", 0)
    assert (place.text, place.what) == ("", What.PLACE)
    live = notifying.told(head(), message(10, text="on my way", live_until=99), "Ben", 0)
    assert (live.text, live.what) == ("on my way", What.LIVE)
    assert notifying.told(head(), message(10, text="see geo:1,2"), "Ben", 0).what is What.WORDS


def test_a_topic_says_nothing_to_who_lacks_the_secret() -> None:
    """It is the same for a conversation, another with another secret, and short enough for a push service."""
    topic = notifying.topic_of("g", b"one")
    assert topic == notifying.topic_of("g", b"one")
    assert topic not in (notifying.topic_of("g", b"two"), notifying.topic_of("h", b"one"))
    assert len(topic) <= 32
