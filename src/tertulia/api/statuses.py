"""What callers send and get about what people say of themselves, and show of what they have read."""

from tertulia.api import fields
from tertulia.api.requests import Request
from tertulia.api.responses import Response
from tertulia.domain.status import Status


class StatusesQuery(Request, frozen=True):
    """`usernames`, separated by commas, at most 100."""

    usernames: str


class SetStatus(Request, frozen=True):
    """All of it: what is absent is not said any more. `until` and `dnd_until` (microseconds) are when it ends; 0: when
    it is changed. `dnd`: the caller isn't to be disturbed, so nothing is told on any device."""

    emoji: fields.StatusEmoji = ""
    text: fields.StatusText = ""
    until: fields.Timestamp = 0
    dnd: bool = False
    dnd_until: fields.Timestamp = 0


class SetReceipts(Request, frozen=True):
    """`shown`: whether others are to be shown what the caller reads."""

    shown: bool


class PeopleStatuses(Response, frozen=True):
    """By username. Who has said nothing is absent; of what has ended nothing is there."""

    statuses: dict[str, Status]
