"""Where somebody is, as they say it themselves.

A place that is shared once is a message like any other: its text is a `geo:` URI (RFC 5870). A live location is a
message that says until when it lasts; the positions are only ever passed on, and stored nowhere.
"""

import math
from typing import Final

from msgspec import Struct

from tertulia.domain import limits
from tertulia.domain.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from tertulia.domain.messages import Message

_DIGITS: Final = 6
"""After the point: about a decimetre. More says nothing that a device knows."""
_MICROSECONDS: Final = 1_000_000


class Position(Struct, frozen=True):
    """In degrees (WGS 84), and by how many metres it may be wrong."""

    latitude: float
    longitude: float
    accuracy: float


def checked_position(latitude: float, longitude: float, accuracy: float) -> Position:
    """The position, with no more digits than mean something. Raises `invalid_request`."""
    if not (abs(latitude) <= 90 and abs(longitude) <= 180 and 0 <= accuracy < math.inf):
        raise InvalidError(
            "invalid_request", "A position has a latitude from -90 to 90, a longitude from -180 to 180, and metres."
        )
    exact = min(accuracy, limits.ACCURACY_MAX)
    return Position(round(latitude, _DIGITS), round(longitude, _DIGITS), round(exact, 1))


def checked_live_seconds(seconds: int) -> int:
    """How long a live location lasts; 0: it is none. Raises `invalid_request`."""
    if seconds and not limits.LIVE_SECONDS_MIN <= seconds <= limits.LIVE_SECONDS_MAX:
        raise InvalidError(
            "invalid_request",
            f"A live location lasts from {limits.LIVE_SECONDS_MIN} to {limits.LIVE_SECONDS_MAX} seconds.",
            minimum=limits.LIVE_SECONDS_MIN,
            maximum=limits.LIVE_SECONDS_MAX,
        )
    return seconds


def live_until(timestamp: int, seconds: int) -> int:
    """The timestamp at which a live location ends that began at `timestamp`; 0 where it is none."""
    return timestamp + seconds * _MICROSECONDS if seconds else 0


def check_live(message: Message | None, username: str, now: int) -> None:
    """That this person's live location, which `message` began, lasts at the timestamp `now`.

    Raises `message_not_found`, `forbidden`, `live_location_over`.
    """
    if message is None:
        raise NotFoundError("message_not_found")
    if message.author != username:
        raise ForbiddenError("forbidden", "Only who shares a live location can say where they are.")
    if message.deleted or now >= message.live_until:
        raise ConflictError("live_location_over")
