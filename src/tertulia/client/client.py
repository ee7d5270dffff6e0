"""The client: one server, one person."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Final, Self

from tertulia.api.requests import AttachmentRef
from tertulia.api.responses import ConversationView, SearchResult
from tertulia.client.backoff import Retries
from tertulia.client.catch_up import all_conversations
from tertulia.client.feed import LiveEvent, Start
from tertulia.client.link import RECONNECT
from tertulia.client.live import Live
from tertulia.client.operations import Operations
from tertulia.client.sessions import MemorySessions, SavedSession, SessionStore
from tertulia.client.transport import Transport
from tertulia.domain.entries import VisibleEntry
from tertulia.domain.errors import ChatError, InvalidError
from tertulia.domain.messages import Message
from tertulia.domain.users import User


class Client:
    """An async context manager. `api` has every operation of the server; the methods here are what is built on them.

    Who has tokens already gives them, or a store that keeps them; who has a password calls `Client.sign_in`.
    """

    def __init__(
        self,
        url: str,
        *,
        access_token: str = "",
        refresh_token: str = "",
        sessions: SessionStore | None = None,
        retries: Retries | None = None,
        reconnect: Retries = RECONNECT,
        timeout: float = 30.0,
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise InvalidError("invalid_request", "The server's address begins with http:// or https://.", url=url)
        if sessions is None:
            given = SavedSession(url=url, access_token=access_token, refresh_token=refresh_token)
            sessions = MemorySessions(given if access_token or refresh_token else None)
        self._transport: Final = Transport(url, sessions, retries=retries or Retries(), timeout=timeout)
        self._reconnect: Final = reconnect
        self.api: Final = Operations(self._transport)

    @classmethod
    @asynccontextmanager
    async def sign_in(
        cls,
        url: str,
        username: str,
        password: str,
        *,
        sessions: SessionStore | None = None,
        retries: Retries | None = None,
    ) -> AsyncIterator[Self]:
        """Signs in, and out again at the end where no store keeps the session."""
        async with cls(url, sessions=sessions, retries=retries) as client:
            await client.api.sign_in(username, password)
            try:
                yield client
            finally:
                if sessions is None:
                    await client._end_session()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends the connections. The session on the server stays; `api.sign_out` ends it."""
        await self._transport.close()

    @property
    def session(self) -> SavedSession | None:
        """The session in which requests are made."""
        return self._transport.session

    def connect(
        self,
        *,
        cursors: Mapping[str, int] | None = None,
        start: Start = Start.NOW,
        on_connection: Callable[[bool], None] | None = None,
    ) -> Live:
        """The real-time stream, to be entered with `async with`.

        `cursors` (a `seq` by conversation) are those of an earlier stream, after a restart of the program; where there
        is none for a conversation, `start` says where to begin. `on_connection` hears of each connection and its loss.
        """
        return Live(
            self._transport,
            cursors=cursors,
            start=start,
            on_connection=on_connection,
            reconnect=self._reconnect,
        )

    async def events(
        self, *, cursors: Mapping[str, int] | None = None, start: Start = Start.NOW
    ) -> AsyncIterator[LiveEvent]:
        """The events of a stream that lasts as long as the iteration."""
        async with self.connect(cursors=cursors, start=start) as live:
            async for event in live:
                yield event

    async def send(
        self,
        conversation: str,
        text: str = "",
        *,
        client_id: str | None = None,
        reply_to: int = 0,
        attachments: Sequence[AttachmentRef] = (),
        live_seconds: int = 0,
    ) -> Message:
        """Sends a message, once, however often it must be tried."""
        return await self.api.send_message(
            conversation,
            text,
            client_id=client_id,
            reply_to=reply_to,
            attachments=attachments,
            live_seconds=live_seconds,
        )

    async def conversations(self) -> list[ConversationView]:
        """All of this person's conversations, by id."""
        return await all_conversations(self.api)

    async def log(self, conversation: str, *, after: int = 0) -> AsyncIterator[VisibleEntry]:
        """Every entry after the `seq` given, up to the end that the log has when it is reached."""
        while True:
            page = await self.api.read_log(conversation, after=after)
            for entry in page.entries:
                yield entry
            if page.through >= page.head.seq or page.through <= after:
                return
            after = page.through

    async def search(
        self,
        query: str = "",
        *,
        conversation: str | None = None,
        author: str | None = None,
        before: int | None = None,
        after: int | None = None,
        has: str | None = None,
    ) -> AsyncIterator[SearchResult]:
        """Everything that is found, newest first, asked for as it is wanted: a page of the server may be empty and not
        the last one."""
        cursor: str | None = ""
        while cursor is not None:
            page = await self.api.search_messages(
                query, conversation=conversation, author=author, before=before, after=after, has=has, cursor=cursor
            )
            for result in page.results:
                yield result
            cursor = page.cursor

    async def upload(self, name: str, media_type: str, content: bytes) -> AttachmentRef:
        """Uploads a file; what it returns goes into a message's `attachments`."""
        announced = await self.api.create_media(name, media_type, len(content))
        for part in announced.parts:
            start = (part.number - 1) * announced.part_bytes
            await self.api.upload_part(part, content[start : start + announced.part_bytes])
        if not announced.parts:
            await self.api.upload_content(announced, content)
        await self.api.complete_media(announced.id)
        return AttachmentRef(media=announced.id)

    async def set_picture(self, name: str, media_type: str, content: bytes) -> User:
        """Uploads a picture that shows the caller from now on, to everybody signed in: small, and standing still."""
        return await self.api.update_me(picture=(await self.upload(name, media_type, content)).media)

    async def download(self, media: str) -> bytes:
        """The content of a file."""
        pieces = [piece async for piece in self.api.get_content(await self.api.get_media(media))]
        return b"".join(pieces)

    async def _end_session(self) -> None:
        """Signs out. That the server can't be told now is no reason to fail: the session expires by itself."""

        try:
            await self.api.sign_out()
        except ChatError:
            return
