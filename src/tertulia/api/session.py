"""A WebSocket session as a pure step function: state and a message in, state and what to do out.

On the server the state stays in memory; on API Gateway every message is a call of its own and the state comes from the
connection's row. Nothing here does I/O or knows the time.
"""

from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tertulia.api import events
from tertulia.domain import limits
from tertulia.domain.errors import ChatError, InvalidError, LimitedError
from tertulia.domain.presence import Presence


class Bucket(Struct, frozen=True, array_like=True):
    """A token bucket (Turner, 1986): `tokens` as of `at` (seconds)."""

    tokens: float
    at: float


class Rates(Struct, frozen=True, kw_only=True):
    """What one connection may send. `refused` is how far a sender may go over it before the connection is closed."""

    actions: float = limits.ACTIONS_PER_SECOND
    burst: int = limits.ACTIONS_BURST
    refused: int = limits.ACTIONS_REFUSED_MAX
    drafts: float = limits.DRAFTS_PER_SECOND
    typings: float = limits.TYPINGS_PER_SECOND
    locations: float = limits.LOCATIONS_PER_SECOND


DEFAULT_RATES: Final = Rates()


def scaled_rates(factor: float) -> Rates:
    """The bounds of one connection, multiplied; without bounds where the factor is 0."""
    scale = factor or 1_000_000.0
    rates = DEFAULT_RATES
    return replace(
        rates,
        actions=rates.actions * scale,
        burst=int(rates.burst * scale),
        drafts=rates.drafts * scale,
        typings=rates.typings * scale,
        locations=rates.locations * scale,
    )


class Session(Struct, frozen=True, array_like=True):
    """What is remembered of a connection between two messages. `presence` is None until the client has said how it
    is."""

    actions: Bucket
    drafts: Bucket
    typings: Bucket
    presence: Presence | None = None
    locations: Bucket = Bucket(limits.LOCATIONS_PER_SECOND, 0)


class Call(Struct, frozen=True):
    """Perform the action (`tertulia.api.actions`) and answer with what it gives."""

    action: events.AnyAction


class Reply(Struct, frozen=True):
    """Answer at once."""

    answer: events.Result | events.ActionError


class Renew(Struct, frozen=True):
    """Keep the lease of this device's presence, with that status."""

    status: Presence


class Close(Struct, frozen=True):
    """Say goodbye for this reason, one of `events.CLOSE_REASONS`, and close."""

    reason: str


Step = Call | Reply | Renew | Close


class _Numbered(Struct, frozen=True):
    """As much of a message as is needed to say which one was wrong."""

    request: int = 0


_decode: Final = msgspec.json.Decoder(events.AnyAction).decode
_decode_number: Final = msgspec.json.Decoder(_Numbered).decode


def begin(now: float, rates: Rates = DEFAULT_RATES) -> Session:
    """The state of a new connection. `now` is in seconds and never goes back."""
    return Session(Bucket(rates.burst, now), Bucket(rates.drafts, now), Bucket(rates.typings, now))


def step(session: Session, data: bytes, now: float, rates: Rates = DEFAULT_RATES) -> tuple[Session, list[Step]]:
    """What a text message of the client leads to.

    Over the rate an action is answered with `rate_limited` and counts as well, so that waiting helps and insisting does
    not; far over it the connection is closed. Drafts, typing and positions are of the moment: beyond their own rate
    they are answered and not passed on.
    """
    tokens = _filled(session.actions, now, rates.actions, rates.burst) - 1
    session = replace(session, actions=Bucket(tokens, now))
    if tokens < 0:
        if tokens < -rates.refused:
            return session, [Close("rate_limited")]
        error = LimitedError("rate_limited", retry_after=round(-tokens / rates.actions, 3))
        return session, [Reply(answer_error(_number(data), error))]
    try:
        action = _decode(data)
    except msgspec.ValidationError as error:
        return session, [Reply(answer_error(_number(data), InvalidError("invalid_request", f"{error}.")))]
    except msgspec.MsgspecError:
        return session, [Reply(answer_error(0, InvalidError("invalid_request", "The message is not JSON.")))]
    return _admit(session, action, now, rates)


def answer_error(request: int, error: ChatError) -> events.ActionError:
    """The answer to an action that failed."""
    return events.ActionError(
        request=request,
        code=error.code,
        detail=error.sentence,
        temporary=error.temporary,
        retry_after=msgspec.UNSET if error.retry_after is None else error.retry_after,
    )


def _admit(session: Session, action: events.AnyAction, now: float, rates: Rates) -> tuple[Session, list[Step]]:
    """Passes the action on, but for pings, and for what is of the moment beyond its rate."""
    match action:
        case events.Draft():
            tokens = _filled(session.drafts, now, rates.drafts, rates.drafts)
            if tokens < 1:
                return session, [Reply(events.Result(request=action.request))]
            session = replace(session, drafts=Bucket(tokens - 1, now))
        case events.Typing():
            tokens = _filled(session.typings, now, rates.typings, rates.typings)
            if tokens < 1:
                return session, [Reply(events.Result(request=action.request))]
            session = replace(session, typings=Bucket(tokens - 1, now))
        case events.Locate():
            tokens = _filled(session.locations, now, rates.locations, rates.locations)
            if tokens < 1:
                return session, [Reply(events.Result(request=action.request))]
            session = replace(session, locations=Bucket(tokens - 1, now))
        case events.Ping():
            pong: list[Step] = [Reply(events.Result(request=action.request))]
            return session, pong if session.presence is None else [*pong, Renew(session.presence)]
        case events.SetPresence():
            session = replace(session, presence=action.status)
        case events.Send() | events.Read():
            pass
    return session, [Call(action)]


def _filled(bucket: Bucket, now: float, per_second: float, burst: float) -> float:
    return min(burst, bucket.tokens + (now - bucket.at) * per_second)


def _number(data: bytes) -> int:
    """The number of a request that is otherwise wrong; 0 where it can't be told."""
    try:
        request = _decode_number(data).request
    except msgspec.MsgspecError:
        return 0
    return request if 0 <= request <= limits.TIMESTAMP_MAX else 0
