"""Handlers of notifications."""

from typing import Final

from tertulia.api import requests as q
from tertulia.api import responses as r
from tertulia.api.calls import Answer, Call
from tertulia.domain.notifying import Choice, Device, QuietHours
from tertulia.services.chat import Chat

_ORIGIN_MAX: Final = 300
"""A host's name has up to 253 characters (RFC 1035, 2.3.4)."""


async def get_notifications(chat: Chat, call: Call[q.Nothing, q.Nothing, None]) -> Answer:
    book, key = await chat.notifying.overview(call.identity)
    body = r.Notifications(
        key=key,
        devices=[_device(each) for each in book.devices],
        quiet=None if book.quiet is None else _quiet(book.quiet),
        conversations={name: _choice(choice) for name, choice in book.choices.items()},
        receipts=book.receipts,
    )
    return Answer(status=200, body=body)


async def set_quiet_hours(chat: Chat, call: Call[q.Nothing, q.Nothing, q.SetQuietHours]) -> Answer:
    given = call.body.quiet
    hours = (
        None if given is None else QuietHours(begin=given.begin, end=given.end, zone=given.zone, offset=given.offset)
    )
    await chat.notifying.set_quiet(call.identity, hours)
    return Answer(status=200, body=r.Empty())


async def choose_notifications(chat: Chat, call: Call[q.ConversationPath, q.Nothing, q.ChooseNotifications]) -> Answer:
    choice = await chat.notifying.choose(
        call.identity, call.path.id, level=call.body.level, muted_until=call.body.muted_until
    )
    return Answer(status=200, body=_choice(choice))


async def put_device(chat: Chat, call: Call[q.Nothing, q.Nothing, q.PutDevice]) -> Answer:
    b = call.body
    # Push services want to know whom to write to; what isn't https isn't an address of that kind (RFC 8292, 2.1).
    said = call.incoming.origin
    origin = said if said.startswith("https://") and len(said) <= _ORIGIN_MAX else ""
    device, added = await chat.notifying.put_device(
        call.identity, endpoint=b.endpoint, p256dh=b.p256dh, auth=b.auth, show_text=b.show_text, origin=origin
    )
    return Answer(status=201 if added else 200, body=_device(device))


async def remove_device(chat: Chat, call: Call[q.DevicePath, q.Nothing, None]) -> Answer:
    await chat.notifying.remove_device(call.identity, call.path.id)
    return Answer(status=200, body=r.Empty())


def _quiet(quiet: QuietHours) -> r.QuietHoursView:
    return r.QuietHoursView(begin=quiet.begin, end=quiet.end, zone=quiet.zone, offset=quiet.offset)


def _device(device: Device) -> r.NotifiedDevice:
    """Without the address and the keys: who has them can send."""
    return r.NotifiedDevice(id=device.id, show_text=device.show_text, since=device.since)


def _choice(choice: Choice) -> r.NotificationChoice:
    return r.NotificationChoice(level=choice.level, muted_until=choice.muted_until)
