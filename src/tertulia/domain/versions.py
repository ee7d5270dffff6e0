"""What a message said earlier: the versions of its text, from the entry that sent it and its edits."""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct

from tertulia.domain.entries import MessageEdited, MessageSent

Saying = MessageSent | MessageEdited
"""Entries that say what a message says from then on."""


class Version(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a message said from `timestamp` on."""

    timestamp: int
    text: str = ""


class LookedAt(NamedTuple):
    """An entry about a message, or the one that sent it; `says`: it gave the message a text."""

    timestamp: int
    says: bool


def version_of(entry: Saying) -> Version:
    return Version(timestamp=entry.timestamp, text=entry.text)


def page_of(looked_at: Sequence[LookedAt], limit: int, *, whole: bool) -> tuple[list[int], int | None]:
    """Of what was looked at, newest first, the timestamps of up to `limit` versions, and before which timestamp to go
    on; None at the end. `whole`: nothing comes after what was looked at."""
    says = [each.timestamp for each in looked_at if each.says]
    if len(says) > limit:
        return says[:limit], says[limit - 1]
    return says, None if whole else looked_at[-1].timestamp
