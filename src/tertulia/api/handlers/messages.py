"""Handlers of messages, history, receipts and search."""

from tertulia.api import requests as q
from tertulia.api import responses as r
from tertulia.api.calls import Answer, Call
from tertulia.api.views import head_of
from tertulia.domain.errors import InvalidError
from tertulia.ports.search import SearchQuery
from tertulia.services.chat import Chat
from tertulia.services.messages import NewAttachment, NewMessage
from tertulia.services.search import parse_query


async def list_messages(chat: Chat, call: Call[q.ConversationPath, q.MessagesQuery, None]) -> Answer:
    query = call.query
    page = await chat.history.messages(
        call.identity,
        call.path.id,
        before=query.before,
        after=query.after,
        around=query.around,
        thread=query.thread,
        limit=query.limit,
    )
    body = r.Messages(
        messages=page.messages,
        more_before=page.more_before,
        more_after=page.more_after,
        head=head_of(page.conversation),
    )
    return Answer(status=200, body=body)


async def read_log(chat: Chat, call: Call[q.ConversationPath, q.LogQuery, None]) -> Answer:
    page = await chat.history.log(call.identity, call.path.id, after=call.query.after, limit=call.query.limit)
    return Answer(status=200, body=r.Log(entries=page.entries, through=page.through, head=head_of(page.conversation)))


async def send_message(chat: Chat, call: Call[q.ConversationPath, q.Nothing, q.SendMessage]) -> Answer:
    message, created = await chat.messages.send(call.identity, call.path.id, new_message(call.body))
    return Answer(status=201 if created else 200, body=message)


def new_message(body: q.MessageFields) -> NewMessage:
    """The message that a request or an action asks to send."""
    attachments = [NewAttachment(a.media, a.alt, a.voice, a.peaks) for a in body.attachments]
    return NewMessage(
        id=body.id,
        text=body.text,
        reply_to=body.reply_to,
        attachments=attachments,
        live_seconds=body.live_seconds,
    )


async def edit_message(chat: Chat, call: Call[q.MessagePath, q.Nothing, q.EditMessage]) -> Answer:
    message = await chat.messages.edit(call.identity, call.path.id, call.path.timestamp, call.body.text)
    return Answer(status=200, body=message)


async def list_versions(chat: Chat, call: Call[q.MessagePath, q.VersionsQuery, None]) -> Answer:
    path, query = call.path, call.query
    page = await chat.history.versions(call.identity, path.id, path.timestamp, before=query.before, limit=query.limit)
    return Answer(status=200, body=r.Versions(versions=page.versions, cursor=page.cursor))


async def delete_message(chat: Chat, call: Call[q.MessagePath, q.Nothing, None]) -> Answer:
    return Answer(status=200, body=await chat.messages.delete(call.identity, call.path.id, call.path.timestamp))


async def remove_previews(chat: Chat, call: Call[q.MessagePath, q.Nothing, None]) -> Answer:
    return Answer(
        status=200, body=await chat.messages.remove_previews(call.identity, call.path.id, call.path.timestamp)
    )


async def add_reaction(chat: Chat, call: Call[q.ReactionPath, q.Nothing, None]) -> Answer:
    path = call.path
    return Answer(status=200, body=await chat.messages.react(call.identity, path.id, path.timestamp, path.emoji))


async def remove_reaction(chat: Chat, call: Call[q.ReactionPath, q.Nothing, None]) -> Answer:
    path = call.path
    return Answer(status=200, body=await chat.messages.unreact(call.identity, path.id, path.timestamp, path.emoji))


async def move_cursor(chat: Chat, call: Call[q.ConversationPath, q.Nothing, q.MoveCursor]) -> Answer:
    read, unread = await chat.receipts.move(call.identity, call.path.id, call.body.timestamp)
    return Answer(status=200, body=r.ReadState(read=read, unread=unread))


async def search_messages(chat: Chat, call: Call[q.Nothing, q.SearchMessages, None]) -> Answer:
    asked = call.query
    if asked.has not in (None, "attachment", "link"):
        raise InvalidError("invalid_request", "`has` is `attachment` or `link`.")
    terms, phrases = parse_query(asked.query)
    query = SearchQuery(
        terms=terms,
        phrases=phrases,
        conversation=asked.conversation,
        author=asked.from_,
        before=asked.before,
        after=asked.after,
        has_attachment=asked.has == "attachment",
        has_link=asked.has == "link",
    )
    found, cursor = await chat.search.search(call.identity, query, cursor=asked.cursor, limit=asked.limit)
    results = [r.SearchResult(conversation=each.conversation, message=each.message) for each in found]
    return Answer(status=200, body=r.SearchResults(results=results, cursor=cursor))
