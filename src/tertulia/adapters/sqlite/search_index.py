"""Keeps the search index in step with the log, inside the transaction of the append."""

import sqlite3

from tertulia.domain.messages import Message


def add(connection: sqlite3.Connection, conversation: str, message: Message) -> None:
    """A message was sent."""


def change(connection: sqlite3.Connection, conversation: str, before: Message, after: Message) -> None:
    """A message was edited or deleted."""
