"""Telling connected people at once. A broadcast may be lost or come out of order; history may not: who sees a hole
asks."""

from collections.abc import Collection
from typing import Protocol

from tertulia.domain.events import ConversationEvent, UserEvent


class Broadcast(Protocol):
    """Never blocks and never raises: a fault at one receiver touches nobody else."""

    def to_conversation(self, conversation: str, event: ConversationEvent, *, skip: str | None = None) -> None:
        """To every connection of the conversation's active members, but for those of `skip` (a username)."""
        ...

    def to_user(self, username: str, event: UserEvent) -> None:
        """To every connection of one person."""
        ...

    def to_watchers(self, username: str, event: UserEvent) -> None:
        """To every connection that watches the presence of `username`."""
        ...

    def end_sessions(self, username: str, *, sessions: Collection[str] | None, reason: str) -> None:
        """Says goodbye to a person's connections, of the named sign-in sessions or of all, and closes them within a
        second."""
        ...
