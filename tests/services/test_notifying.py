"""What people say about their notifications, and who is told of a message."""

import asyncio
from typing import Final

import msgspec
import pytest
from tests.domain.test_notifying import POINT, SECRET
from tests.services.world import PASSWORD, World, made_key, who

from tertulia.domain import limits, notifying
from tertulia.domain.errors import InvalidError, LimitedError
from tertulia.domain.events import ReceiptsEvent
from tertulia.domain.notifying import Book, Device, Level, QuietHours, Told
from tertulia.domain.presence import Presence
from tertulia.domain.status import Status
from tertulia.ports.notifying import Delivery, VapidKey
from tertulia.ports.store import Committed
from tertulia.services import pushing
from tertulia.services.pushing import Pushing, Surroundings, content_of, minute_of_day

HOUR: Final = 3_600_000_000


class Pushes:
    """Push services that note what they get."""

    def __init__(self) -> None:
        self.got: list[tuple[str, Told, str, bool]] = []
        self.answer = Delivery.SENT
        self.hold: asyncio.Event | None = None

    async def send(self, device: Device, content: bytes, key: VapidKey, *, topic: str, urgent: bool) -> Delivery:
        if self.hold:
            await self.hold.wait()
        self.got.append((device.endpoint, msgspec.json.decode(content, type=Told), topic, urgent))
        return self.answer


class Scene:
    """A world whose commits are pushed. Everybody's first sign-in session adds devices."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.pushes = Pushes()
        self.pushing = Pushing(
            Surroundings(
                books=world.books,
                store=world.store,
                accounts=world.accounts,
                board=world.board,
                statuses=world.statuses,
                services=self.pushes,
                clock=world.clock,
                make_key=made_key,
            )
        )
        world.store.listen(self.pushing.committed)

    async def device(self, username: str, number: int = 1, *, show_text: bool = True) -> None:
        grant = await self.world.accounts.sign_in(username, PASSWORD)
        identity = await self.world.accounts.verify(grant.access_token)
        await self.world.chat.notifying.put_device(
            identity,
            endpoint=f"https://push.example/{username}/{number}",
            p256dh=POINT,
            auth=SECRET,
            show_text=show_text,
            origin="https://chat.example.org",
        )

    async def told(self) -> list[tuple[str, str]]:
        """Whose device got which text since the last time."""
        await self.pushing.flush()
        await self.pushing.settle(5)
        got, self.pushes.got = self.pushes.got, []
        return sorted((endpoint.removeprefix("https://push.example/"), told.text) for endpoint, told, _, _ in got)


@pytest.fixture
def scene(world: World) -> Scene:
    return Scene(world)


async def test_a_device_belongs_to_the_session_that_added_it(scene: Scene) -> None:
    """Added once, changed by adding it again, gone when it is removed; removing it again is no error."""
    notes, ana = scene.world.chat.notifying, who("ana")
    given = {"endpoint": "https://push.example/1", "p256dh": POINT, "auth": SECRET, "origin": ""}
    device, new = await notes.put_device(ana, show_text=True, **given)
    assert (new, device.session) == (True, ana.session)
    assert (await notes.put_device(ana, show_text=False, **given))[1] is False
    book, key = await notes.overview(ana)
    assert ([each.show_text for each in book.devices], key) == ([False], "public")
    await notes.remove_device(ana, device.id)
    await notes.remove_device(ana, device.id)
    assert (await notes.overview(ana))[0] == Book()


async def test_what_is_absent_of_a_choice_stays(scene: Scene) -> None:
    """Muting doesn't change the level, nor the level the mute."""
    notes, ana = scene.world.chat.notifying, who("ana")
    await notes.choose(ana, "g", level=Level.MENTIONS, muted_until=msgspec.UNSET)
    choice = await notes.choose(ana, "g", level=msgspec.UNSET, muted_until=7)
    assert (choice.level, choice.muted_until) == (Level.MENTIONS, 7)
    assert (await notes.choose(ana, "g", level=Level.ALL, muted_until=msgspec.UNSET)).muted_until == 7


async def test_wrong_hours_and_too_many_changes_are_refused() -> None:
    """Nothing is changed by them."""
    world = World(limits.RateLimit(1, 0.1))
    notes = world.chat.notifying
    with pytest.raises(InvalidError):
        await notes.set_quiet(who("ana"), QuietHours(begin=-1, end=0, zone="UTC", offset=0))
    with pytest.raises(LimitedError):
        await notes.set_quiet(who("ana"), None)
    assert (await notes.overview(who("ana")))[0].quiet is None


async def test_members_without_a_device_that_looks_are_told_once(scene: Scene, group: str) -> None:
    """Who is away or offline is, at each device; who is online, who wrote it, and who isn't a member, is not."""
    for username, number in (("ana", 1), ("ben", 1), ("ben", 2), ("cleo", 1), ("dan", 1), ("eve", 1)):
        await scene.device(username, number)
    await scene.world.chat.presence.set(who("cleo"), "laptop", Presence.ONLINE, None)
    await scene.world.chat.presence.set(who("dan"), "laptop", Presence.AWAY, None)
    await scene.world.say("ana", group, "first")
    await scene.world.say("ana", group, "second")
    assert await scene.told() == [("ben/1", "second"), ("ben/2", "second"), ("dan/1", "second")]
    assert await scene.told() == []
    assert scene.pushing.counts.sent == 3


async def test_what_was_read_meanwhile_is_not_told(scene: Scene, group: str) -> None:
    """On another device, within the seconds in which messages are gathered."""
    await scene.device("ben")
    message = await scene.world.say("ana", group, "hello")
    await scene.world.chat.receipts.move(who("ben"), group, message.timestamp)
    assert await scene.told() == []


async def test_what_was_deleted_meanwhile_is_not_told(scene: Scene, group: str) -> None:
    """It isn't said by a notification either; what else was said is."""
    await scene.device("ben")
    wrong = await scene.world.say("ana", group, "wrong window")
    await scene.world.say("ana", group, "hello")
    await scene.world.chat.messages.delete(who("ana"), group, wrong.timestamp)
    assert await scene.told() == [("ben/1", "hello")]
    last = await scene.world.say("ana", group, "wrong again")
    await scene.world.chat.messages.delete(who("ana"), group, last.timestamp)
    assert await scene.told() == []


async def test_levels_mutes_and_quiet_hours_hold(scene: Scene, group: str) -> None:
    """For each person and conversation; quiet hours by the clock where the person is."""
    await scene.device("ben")
    notes, ben, world = scene.world.chat.notifying, who("ben"), scene.world
    await notes.choose(ben, group, level=Level.MENTIONS, muted_until=msgspec.UNSET)
    await world.say("ana", group, "for all")
    await world.say("ana", group, "for @ben")
    assert await scene.told() == [("ben/1", "for @ben")]
    await notes.choose(ben, group, level=msgspec.UNSET, muted_until=world.clock.now() + HOUR)
    await world.say("ana", group, "for @ben again")
    assert await scene.told() == []
    world.clock.advance(3601)
    minute = minute_of_day(world.clock.now(), QuietHours(begin=0, end=0, zone="Asia/Tokyo", offset=540))
    hours = QuietHours(begin=minute, end=(minute + 1) % 1440, zone="Asia/Tokyo", offset=540)
    await notes.set_quiet(ben, hours)
    await world.say("ana", group, "at night, @ben")
    assert await scene.told() == []
    await notes.set_quiet(ben, None)
    await world.say("ana", group, "in the morning, @ben")
    assert await scene.told() == [("ben/1", "in the morning, @ben")]


async def test_who_is_not_to_be_disturbed_is_told_nothing(scene: Scene, group: str) -> None:
    """Until the time that the person said, and of mentions neither; a status alone keeps nothing away."""
    await scene.device("ben")
    world, until = scene.world, scene.world.clock.now() + HOUR
    await world.chat.statuses.set(who("ben"), Status(text="in a meeting"))
    await world.say("ana", group, "hello")
    assert await scene.told() == [("ben/1", "hello")]
    await world.chat.statuses.set(who("ben"), Status(dnd=True, dnd_until=until))
    await world.say("ana", group, "for @ben")
    assert await scene.told() == []
    world.clock.advance(3600)
    await world.say("ana", group, "for @ben again")
    assert await scene.told() == [("ben/1", "for @ben again")]


async def test_whether_reading_is_shown_is_kept_and_told_to_own_devices(scene: Scene) -> None:
    """It is shown until somebody says otherwise."""
    notes, ana = scene.world.chat.notifying, who("ana")
    assert (await notes.overview(ana))[0].receipts
    await notes.set_receipts(ana, shown=False)
    assert not (await notes.overview(ana))[0].receipts
    assert scene.world.told(ReceiptsEvent) == [("ana", ReceiptsEvent(shown=False), None)]


async def test_a_device_says_no_more_than_it_may(scene: Scene) -> None:
    """Without the text where that is set; always who wrote, and under a topic for the conversation."""
    await scene.device("ben", 1)
    await scene.device("ben", 2, show_text=False)
    direct = await scene.world.direct("ana", "ben")
    await scene.world.say("ana", direct, "a secret")
    await scene.pushing.flush()
    await scene.pushing.settle(5)
    assert {told.text for _, told, _, _ in scene.pushes.got} == {"a secret", ""}
    for _, told, topic, urgent in scene.pushes.got:
        assert (told.name, told.title, told.conversation, urgent) == ("Ana", "", direct, True)
        assert topic == notifying.topic_of(direct, made_key().private)


async def test_a_device_ends_with_its_session(scene: Scene, group: str) -> None:
    """Signing out, a new password and disabling the account end sessions: what they added is told nothing more."""
    await scene.device("ben", 1)
    await scene.device("ben", 2)
    first = (await scene.world.books.book("ben")).devices[0].session
    identity = msgspec.structs.replace(who("ben"), session=first)
    await scene.world.accounts.sign_out(None, identity, everywhere=False)
    await scene.world.say("ana", group, "hello")
    assert await scene.told() == [("ben/2", "hello")]
    assert [each.endpoint for each in (await scene.world.books.book("ben")).devices] == ["https://push.example/ben/2"]
    await scene.world.accounts.set_disabled("ben", True)
    await scene.world.say("ana", group, "are you there?")
    assert await scene.told() == []
    assert scene.world.books.nobody()


async def test_a_browser_that_is_gone_is_forgotten(scene: Scene, group: str) -> None:
    """When its push service says so; one that fails is kept."""
    await scene.device("ben")
    scene.pushes.answer = Delivery.FAILED
    await scene.world.say("ana", group, "hello")
    await scene.told()
    scene.pushes.answer = Delivery.GONE
    await scene.world.say("ana", group, "hello")
    assert await scene.told() == [("ben/1", "hello")]
    assert (scene.pushing.counts.failed, scene.pushing.counts.gone) == (1, 1)
    assert not (await scene.world.books.book("ben")).devices


async def test_old_messages_are_not_told(scene: Scene, group: str) -> None:
    """Such as those of an import, or of a stream that stood still."""
    await scene.device("ben")
    await scene.world.say("ana", group, "long ago")
    scene.world.clock.advance(limits.PUSH_AGE_SECONDS + 1)
    assert await scene.told() == []


async def test_everything_is_bounded(scene: Scene, group: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Conversations and messages that are gathered, and notifications under way: what is over it is lost, and
    counted."""
    monkeypatch.setattr(pushing, "CONVERSATIONS_MAX", 1)
    monkeypatch.setattr(pushing, "MESSAGES_MAX", 2)
    monkeypatch.setattr(pushing, "DELIVERIES_MAX", 1)
    await scene.device("ben", 1)
    await scene.device("ben", 2)
    scene.pushes.hold = asyncio.Event()
    for text in ("one", "two", "three"):
        await scene.world.say("ana", group, text)
    await scene.world.say("ana", await scene.world.direct("ana", "ben"), "elsewhere")
    await scene.pushing.flush()
    assert scene.pushing.counts.lost == 2
    scene.pushes.hold.set()
    await scene.pushing.settle(5)
    assert [(told.text, told.more) for _, told, _, _ in scene.pushes.got] == [("three", 1)]


async def test_what_takes_too_long_is_given_up(scene: Scene, group: str) -> None:
    """A function has to end."""
    await scene.device("ben")
    scene.pushes.hold = asyncio.Event()
    await scene.world.say("ana", group, "hello")
    await scene.pushing.flush()
    await scene.pushing.settle(0.01)
    assert scene.pushing.counts.lost == 1


async def test_without_devices_nothing_is_gathered(scene: Scene, group: str) -> None:
    """A server on which nobody uses it pays nothing for it; and a conversation that isn't there harms nothing."""
    await scene.world.say("ana", group, "hello")
    await scene.device("ben")
    assert await scene.told() == []
    message = await scene.world.say("ana", group, "hello")
    entry = scene.world.committed[-1].entry
    assert entry.timestamp == message.timestamp
    scene.pushing.committed([Committed("nowhere", entry)])
    assert await scene.told() == [("ben/1", "hello")]


async def test_it_goes_on_by_itself(scene: Scene, group: str) -> None:
    """Every few seconds, also after something failed."""
    await scene.device("ben")
    work = asyncio.create_task(scene.pushing.run(0.01))
    await scene.world.say("ana", group, "hello")
    async with asyncio.timeout(10):
        while not scene.pushes.got:
            await asyncio.sleep(0.01)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work


def test_the_content_stays_within_its_bytes() -> None:
    """With the longest names and titles, of characters that take the most bytes."""
    wide = "\N{GRINNING FACE}"
    told = Told(
        conversation="g" * 64,
        timestamp=limits.TIMESTAMP_MAX,
        author="a" * limits.USERNAME_MAX,
        name=wide * limits.NAME_MAX,
        title=wide * limits.TITLE_MAX,
        text="\x01" * limits.PUSH_TEXT_MAX * 2,
    )
    assert len(content_of(told, show_text=True)) <= limits.PUSH_BYTES_MAX
    assert len(content_of(told, show_text=False)) < len(content_of(told, show_text=True))


@pytest.mark.parametrize(
    ("zone", "offset", "minute"), [("Europe/Madrid", 0, 60), ("No/Where", 90, 90), ("../etc/passwd", -60, 1380)]
)
def test_the_minute_is_the_persons(zone: str, offset: int, minute: int) -> None:
    """By the zone's own rules, or where it isn't known by what the browser said."""
    midnight = 1_704_067_200_000_000
    assert minute_of_day(midnight, QuietHours(begin=0, end=0, zone=zone, offset=offset)) == minute
