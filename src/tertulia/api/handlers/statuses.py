"""Handlers of what people say of themselves, and show of what they have read."""

from tertulia.api import requests as q
from tertulia.api import responses as r
from tertulia.api import statuses as s
from tertulia.api.calls import Answer, Call
from tertulia.domain.status import Status
from tertulia.services.chat import Chat


async def list_statuses(chat: Chat, call: Call[q.Nothing, s.StatusesQuery, None]) -> Answer:
    names = [name for name in call.query.usernames.split(",") if name]
    return Answer(status=200, body=s.PeopleStatuses(statuses=await chat.statuses.of(names)))


async def set_status(chat: Chat, call: Call[q.Nothing, q.Nothing, s.SetStatus]) -> Answer:
    b = call.body
    said = Status(emoji=b.emoji, text=b.text, until=b.until, dnd=b.dnd, dnd_until=b.dnd_until)
    return Answer(status=200, body=await chat.statuses.set(call.identity, said))


async def set_receipts(chat: Chat, call: Call[q.Nothing, q.Nothing, s.SetReceipts]) -> Answer:
    await chat.notifying.set_receipts(call.identity, shown=call.body.shown)
    return Answer(status=200, body=r.Empty())
