"""Clients that write down what they do and see, so that the history checker can decide whether the contract held."""

import asyncio
from typing import Any

import httpx
from tests.conformance.people import JSON, Person
from tests.conformance.sockets import ActionFailedError, Socket
from tests.history.events import (
    Change,
    Connect,
    Disconnect,
    History,
    Holds,
    MoveCursor,
    Outcome,
    Overview,
    Push,
    Quiet,
    ReadLog,
    ReadMessages,
    Recorder,
    Send,
)

LOST = (ConnectionError, OSError, TimeoutError, httpx.TransportError)
"""What a client sees when the network or the server fails it: whether the request took effect isn't known."""
UNSURE = frozenset({"unavailable", "overloaded", "shutting_down", "internal"})
"""Errors after which the same request is to be sent again."""


class Record:
    """The record of one run over some conversations."""

    def __init__(self) -> None:
        self.recorder = Recorder()

    async def send(
        self, person: Person, conversation: str, client_id: str, text: str, *, over: Socket | None = None
    ) -> Outcome:
        """One attempt to send, over a socket where one is given, else over REST."""
        began = self.recorder.tick()
        outcome = Outcome.UNKNOWN
        message: JSON = {}
        try:
            if over is None:
                outcome, message = await _over_rest(person, conversation, client_id, text)
            else:
                result = await over.act("send", conversation=conversation, id=client_id, text=text)
                outcome = Outcome.DONE if result["created"] else Outcome.REPEATED
                message = result["message"]
        except ActionFailedError as error:
            outcome = Outcome.UNKNOWN if error.code in UNSURE else Outcome.REFUSED
        except LOST:
            pass
        finally:
            self.recorder.add(
                Send(
                    began=began,
                    ended=self.recorder.tick(),
                    username=person.username,
                    conversation=conversation,
                    id=client_id,
                    text=text,
                    outcome=outcome,
                    message=message,
                )
            )
        return outcome

    async def change(
        self, person: Person, conversation: str, entry: JSON, method: str, path: str, body: Any
    ) -> Outcome:
        """One attempt at any other append, which makes an entry with these fields."""
        began = self.recorder.tick()
        outcome = Outcome.UNKNOWN
        try:
            response = await person.ask(method, f"/api/conversations/{conversation}{path}", json=body)
            outcome = _outcome(response)
        except LOST:
            pass
        self.recorder.add(
            Change(
                began=began,
                ended=self.recorder.tick(),
                username=person.username,
                conversation=conversation,
                outcome=outcome,
                entry=entry,
            )
        )
        return outcome

    async def view(self, person: Person, conversation: str) -> None:
        """Looks at the conversation: its head, the own cursor and unread count."""
        began = self.recorder.tick()
        try:
            response = await person.ask("GET", f"/api/conversations/{conversation}")
        except LOST:
            return
        if response.is_success:
            view = response.json()
            self.recorder.add(
                Overview(
                    began=began,
                    ended=self.recorder.tick(),
                    username=person.username,
                    conversation=conversation,
                    unread=view["unread"],
                    read=view["read"]["number"],
                    head_messages=view["head"]["messages"],
                    head_seq=view["head"]["seq"],
                )
            )

    async def move(self, person: Person, conversation: str, timestamp: int) -> None:
        """Moves the cursor, and takes note of the unread count of the answer."""
        began = self.recorder.tick()
        outcome, state = Outcome.UNKNOWN, None
        try:
            response = await person.ask("PUT", f"/api/conversations/{conversation}/read", json={"timestamp": timestamp})
            outcome = _outcome(response)
            state = response.json() if response.is_success else None
        except LOST:
            pass
        ended = self.recorder.tick()
        about: JSON = {"began": began, "ended": ended, "username": person.username, "conversation": conversation}
        self.recorder.add(MoveCursor(**about, timestamp=timestamp, outcome=outcome))
        if state:
            self.recorder.add(Overview(**about, unread=state["unread"], read=state["read"]["number"]))

    async def page(self, person: Person, conversation: str, **page: int) -> list[JSON]:
        """A page of messages."""
        began = self.recorder.tick()
        try:
            response = await person.ask("GET", f"/api/conversations/{conversation}/messages", params=page)
        except LOST:
            return []
        messages: list[JSON] = response.json()["messages"] if response.is_success else []
        if response.is_success:
            self.recorder.add(
                ReadMessages(
                    began=began,
                    ended=self.recorder.tick(),
                    username=person.username,
                    conversation=conversation,
                    messages=tuple(messages),
                )
            )
        return messages

    def quiet(self) -> None:
        """Nothing more is sent, and every push had the time to arrive."""
        self.recorder.add(Quiet(at=self.recorder.tick()))

    async def history(self, witness: Person, *conversations: str) -> History:
        """All of it, with the logs as a founding member reads them now."""
        return self.recorder.history({each: list(await witness.log(each)) for each in conversations})


class Device:
    """A client that holds a conversation's log: by pushes, and by asking wherever it sees a hole."""

    def __init__(self, name: str, person: Person, conversation: str, record: Record) -> None:
        self.name = name
        self.person = person
        self.conversation = conversation
        self.record = record
        self.cursor = 0
        self.socket: Socket | None = None
        self._connections = 0
        self._asking = asyncio.Lock()

    async def connect(self) -> None:
        """Connects, then asks for what was missed: between the two there is no window."""
        self._connections += 1
        connection = f"{self.name}#{self._connections}"
        self.socket = await self.person.connect(on_event=lambda event: self._pushed(connection, event))
        self.record.recorder.add(
            Connect(
                at=self.record.recorder.tick(),
                connection=connection,
                device=self.name,
                username=self.person.username,
            )
        )
        await self.catch_up()

    async def disconnect(self, *, cut: bool = True) -> None:
        """Breaks the connection, or closes it; what is under way is lost."""
        socket, self.socket = self.socket, None
        if socket is None:
            return
        connection = f"{self.name}#{self._connections}"
        if cut:
            socket.cut()
        await socket.close()
        self.record.recorder.add(Disconnect(at=self.record.recorder.tick(), connection=connection))

    async def catch_up(self, limit: int = 500) -> None:
        """Reads the log from the cursor to its end."""
        async with self._asking:
            while await self._read_page(limit):
                pass

    async def follow(self, seq: int, seconds: float = 10.0) -> None:
        """Returns when the device holds the log up to `seq`; asks where there is a hole."""
        async with asyncio.timeout(seconds):
            while self.cursor < seq:
                await self._follow(seq, seconds)

    async def _follow(self, seq: int, seconds: float) -> None:
        """Asks where there is a hole; else waits for pushes."""
        socket = self.socket
        assert socket is not None, "follows while connected"
        if any(entry["seq"] > self.cursor + 1 for entry in socket.entries(self.conversation)):
            await self.catch_up()
        else:
            await socket.until(lambda: self.cursor >= seq or socket.closed is not None, seconds)

    def holds(self) -> None:
        """Says what the device holds now."""
        self.record.recorder.add(
            Holds(
                at=self.record.recorder.tick(),
                device=self.name,
                username=self.person.username,
                conversation=self.conversation,
                through=self.cursor,
            )
        )

    def _pushed(self, connection: str, event: JSON) -> None:
        if event["type"] != "entry" or event["conversation"] != self.conversation:
            return
        self.record.recorder.add(
            Push(
                at=self.record.recorder.tick(),
                connection=connection,
                device=self.name,
                username=self.person.username,
                conversation=self.conversation,
                entry=event["entry"],
            )
        )
        if event["entry"]["seq"] == self.cursor + 1:
            self.cursor += 1

    async def _read_page(self, limit: int) -> bool:
        """Whether there may be more."""
        began = self.record.recorder.tick()
        after = self.cursor
        path = f"/api/conversations/{self.conversation}/log"
        try:
            response = await self.person.ask("GET", path, params={"after": after, "limit": limit})
        except LOST:
            return False
        if not response.is_success:
            return False
        page = response.json()
        self.record.recorder.add(
            ReadLog(
                began=began,
                ended=self.record.recorder.tick(),
                device=self.name,
                username=self.person.username,
                conversation=self.conversation,
                after=after,
                through=page["through"],
                entries=tuple(page["entries"]),
            )
        )
        self.cursor = max(self.cursor, page["through"])
        return bool(page["through"] > after)


async def _over_rest(person: Person, conversation: str, client_id: str, text: str) -> tuple[Outcome, JSON]:
    body = {"id": client_id, "text": text}
    response = await person.ask("POST", f"/api/conversations/{conversation}/messages", json=body)
    outcome = _outcome(response)
    if outcome is Outcome.DONE and response.status_code == 200:
        outcome = Outcome.REPEATED
    return outcome, response.json() if response.is_success else {}


def _outcome(response: httpx.Response) -> Outcome:
    if response.is_success:
        return Outcome.DONE
    return Outcome.UNKNOWN if response.json()["code"] in UNSURE else Outcome.REFUSED
