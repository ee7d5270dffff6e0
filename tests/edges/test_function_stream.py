"""The function on the streams: what was committed has its consequences, once or more, whatever order records come
in."""

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pytest
from tests.edges.function_events import JSON, event

from tertulia.adapters.apigateway.broadcast import FLUSH_SECONDS
from tertulia.domain.entries import Entry, MessageDeleted, MessageEdited, MessageSent, TitleChanged
from tertulia.edges.functions.stream import Change, Consequences, StreamFunction
from tertulia.homes.aws import read_change
from tertulia.ports.store import Committed
from tertulia.services.previews import Linking


class After:
    """What followed. `through` is what was pushed before; `failing` names what fails."""

    def __init__(self) -> None:
        self.through: dict[str, int] = {}
        self.pushed: list[tuple[str, int]] = []
        self.indexed: list[int] = []
        self.erased: list[tuple[str, int]] = []
        self.deleted: list[str] = []
        self.asked: list[Linking] = []
        self.failing = ""
        self._given: list[Committed] = []
        self.records: dict[str, Change] = {}

    def function(self) -> StreamFunction:
        return StreamFunction(
            Consequences(
                read=lambda record: self.records[record["dynamodb"]["SequenceNumber"]],
                through=self._through,
                push=self,
                finish_deletion=self._erase,
                delete_file=self._delete,
                index=self,
                ask_for_previews=self._ask,
            )
        )

    async def handle(self, *changes: Change) -> JSON:
        """The answer to a batch of records, numbered from 1."""
        self.records = {str(number): change for number, change in enumerate(changes, start=1)}
        records = [{"dynamodb": {"SequenceNumber": number}} for number in self.records]
        return await self.function().handle({"Records": records})

    def committed(self, batch: Sequence[Committed]) -> None:
        self._given += batch

    async def flush(self, *, seconds: float) -> None:
        """As the broadcast does it: tells, and marks; in more time than a function has that somebody waits for."""
        assert FLUSH_SECONDS < seconds < 60
        given, self._given = self._given, []
        for each in given:
            self.pushed.append((each.conversation, each.entry.seq))
            self.through[each.conversation] = max(each.entry.seq, self.through.get(each.conversation, 0))

    async def index(self, records: Sequence[Committed]) -> None:
        self._fail_at("index")
        self.indexed += [each.entry.seq for each in records]

    async def _through(self, conversations: Iterable[str]) -> Mapping[str, int]:
        self._fail_at("through")
        return {name: self.through[name] for name in conversations if name in self.through}

    async def _erase(self, conversation: str, target: int) -> None:
        self._fail_at("erase")
        self.erased.append((conversation, target))

    async def _ask(self, linking: Linking) -> None:
        self._fail_at("ask")
        self.asked.append(linking)

    async def _delete(self, file: str) -> None:
        self._fail_at("delete")
        self.deleted.append(file)

    def _fail_at(self, what: str) -> None:
        if self.failing == what:
            raise RuntimeError


def sent(seq: int, conversation: str = "c") -> Change:
    return entry(MessageSent(seq=seq, timestamp=seq * 10, author="ana", id=f"i{seq}", number=seq), conversation)


def entry(of: Entry, conversation: str = "c") -> Change:
    return Change(Committed(conversation, of))


@pytest.fixture
def after() -> After:
    return After()


async def test_what_nobody_pushed_is_pushed(after: After) -> None:
    """From the mark on, in order, for each conversation; nothing that the mark covers."""
    after.through = {"c": 2}
    answer = await after.handle(sent(2), sent(3), sent(4), sent(1, "d"))
    assert after.pushed == [("c", 3), ("c", 4), ("d", 1)]
    assert answer == {"batchItemFailures": []}


async def test_records_that_come_again_or_in_any_order_change_nothing(after: After) -> None:
    """However they come, each entry is pushed once and in order, and what follows can follow twice."""
    dice = random.Random(7)
    records = [sent(seq) for seq in range(1, 9)] * 2
    dice.shuffle(records)
    await after.handle(*records)
    assert after.pushed == [("c", seq) for seq in range(1, 9)]
    await after.handle(*records)
    assert len(after.pushed) == 8


async def test_the_search_gets_every_entry(after: After) -> None:
    """Those too that change no text: it counts how far it is behind."""
    title = entry(TitleChanged(seq=2, timestamp=20, author="ana", title="t"))
    edit = entry(MessageEdited(seq=3, timestamp=30, author="ana", target=10, text="x"))
    deletion = entry(MessageDeleted(seq=4, timestamp=40, author="ana", target=10))
    await after.handle(sent(1), title, edit, deletion)
    assert after.indexed == [1, 2, 3, 4]
    assert after.erased == [("c", 10)]


async def test_files_of_an_erased_message_are_deleted(after: After) -> None:
    """Whichever function deleted the message, and did or didn't live to delete them."""
    await after.handle(Change(files=("f_one", "f_two")), Change())
    assert after.deleted == ["f_one", "f_two"]


async def test_links_are_looked_at_and_hold_up_nothing(after: After) -> None:
    """Those of messages and of edits; where nobody can be asked, the records are done all the same."""
    linked = MessageSent(seq=1, timestamp=10, author="ana", id="i1", number=1, text="https://example.org/")
    edit = MessageEdited(seq=2, timestamp=20, author="ana", target=10, text="http://example.org/")
    records = (entry(linked), entry(edit), sent(3))
    await after.handle(*records)
    assert after.asked == [Linking("c", "ana", 10)] * 2
    after.failing = "ask"
    assert await after.handle(*records) == {"batchItemFailures": []}
    assert len(after.asked) == 2


@pytest.mark.parametrize("failing", ["index", "erase", "delete", "through"])
async def test_what_fails_comes_again_from_the_first_record_that_failed(after: After, failing: str) -> None:
    """The rest is done all the same; pushing doesn't wait for any of it."""
    after.failing = failing
    title = entry(TitleChanged(seq=1, timestamp=10, author="ana", title="t"))
    deletion = entry(MessageDeleted(seq=2, timestamp=20, author="ana", target=5))
    answer = await after.handle(title, deletion, Change(files=("f",)))
    first = {"index": "1", "erase": "2", "delete": "3", "through": "1"}[failing]
    assert answer == {"batchItemFailures": [{"itemIdentifier": first}]}
    assert after.pushed == ([] if failing == "through" else [("c", 1), ("c", 2)])
    after.failing = ""
    assert (await after.handle(title, deletion, Change(files=("f",))))["batchItemFailures"] == []
    assert after.pushed == [("c", 1), ("c", 2)]


async def test_a_record_that_cannot_be_read_holds_up_no_other_consequence(after: After) -> None:
    """It is reported; what could be read is done."""
    after.records = {"2": sent(5)}
    records = [{"dynamodb": {"SequenceNumber": number}} for number in ("1", "2")]
    answer = await after.function().handle({"Records": records})
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert after.pushed == [("c", 5)]
    assert await after.function().handle({"Records": []}) == {"batchItemFailures": []}


def test_recorded_records_are_read() -> None:
    """A new item is an entry; an item that was erased names the files that it had; every other change is none."""
    committed = Committed(
        "g_" + "a" * 26,
        MessageSent(seq=2, timestamp=1_700_000_000_000_002, author="ana", id="m1", number=1, text="hola"),
    )
    assert read_change(event("stream_insert")) == Change(committed)
    modified = event("stream_modify")
    assert read_change(modified) == Change(files=("f_one", "f_two"))
    images: dict[str, Any] = modified["dynamodb"]
    picture = {"M": {name: {"S": name} for name in ("media", "name", "type")} | {"size": {"N": "1"}}}
    previews = {"L": [{"M": {"url": {"S": "u"}, "title": {"S": "t"}, "picture": picture}}]}
    images["OldImage"]["state"] = {"M": {"previews": previews}}
    assert read_change(modified) == Change(files=("f_one", "f_two", "media")), "the pictures of previews too"
    images["OldImage"] = images["NewImage"]
    assert read_change(modified) == Change(), "erased before"
    del images["OldImage"]
    assert read_change(modified) == Change(), "a stream without old images"
    removed = {**modified, "eventName": "REMOVE"}
    assert read_change(removed) == Change()
