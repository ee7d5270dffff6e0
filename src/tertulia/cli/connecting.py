"""How commands reach a server: with the session of `login`, and conversations by the names that people use."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tertulia.api.responses import ConversationView
from tertulia.cli.session_file import FileSessions, session_path
from tertulia.client import Client, Retries
from tertulia.domain.entries import ConversationKind
from tertulia.domain.errors import NotFoundError, UnauthenticatedError

T = TypeVar("T")

_RETRIES = Retries(tries=4)
"""A person waits: some seconds, not a minute."""


def signed_in(work: Callable[[Client], Awaitable[T]]) -> T:
    """Does the work with a client in the session of `login`. Raises `unauthenticated` where there is none."""

    async def run() -> T:
        sessions = FileSessions(session_path())
        session = sessions.load()
        if session is None:
            raise UnauthenticatedError("unauthenticated")
        async with Client(session.url, sessions=sessions, retries=_RETRIES) as client:
            return await work(client)

    return asyncio.run(run())


def my_name(client: Client) -> str:
    return client.session.username if client.session else ""


async def find_conversation(client: Client, name: str, *, begin: bool = False) -> ConversationView:
    """The conversation that a person means by `name`; `begin` begins a direct one. Raises `conversation_not_found`."""
    if name.startswith("@"):
        return await _direct(client, name[1:], begin=begin)
    if name.startswith(("d_", "g_")):
        return await client.api.get_conversation(name)
    views = [view for view in await client.conversations() if view.title.casefold() == name.casefold()]
    if len(views) == 1:
        return views[0]
    if views:
        ids = ", ".join(view.id for view in views)
        raise NotFoundError(
            "conversation_not_found", f"Several conversations are called {name!r}. Name one by id: {ids}"
        )
    raise NotFoundError(
        "conversation_not_found", f"None of your conversations is called {name!r}. Use: tertulia chat --list"
    )


async def _direct(client: Client, username: str, *, begin: bool) -> ConversationView:
    if begin:
        return await client.api.create_conversation(ConversationKind.DIRECT, [username])
    for view in await client.conversations():
        if view.kind is ConversationKind.DIRECT and any(member.username == username for member in view.members):
            return view
    raise NotFoundError("conversation_not_found", f"You have no conversation with {username} yet.")
