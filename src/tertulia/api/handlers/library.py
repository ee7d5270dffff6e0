"""Handlers of the server's own pictures."""

from collections.abc import Iterable

from tertulia.api import requests as q
from tertulia.api import responses as r
from tertulia.api.calls import Answer, Call
from tertulia.domain.library import Pack, Rules
from tertulia.services.chat import Chat
from tertulia.services.library import NewPicture, Shown


async def get_library(chat: Chat, call: Call[q.Nothing, q.Nothing, None]) -> Answer:  # noqa: ARG001 - all handlers' form
    return Answer(status=200, body=_library(*await chat.library.overview()))


async def update_library(chat: Chat, call: Call[q.Nothing, q.Nothing, q.UpdateLibrary]) -> Answer:
    changed = await chat.library.change_rules(call.identity, gifs=call.body.gifs, house_pack=call.body.house)
    return Answer(status=200, body=_library(*changed))


async def list_pictures(chat: Chat, call: Call[q.Nothing, q.PicturesQuery, None]) -> Answer:
    asked = call.query
    shown, cursor = await chat.library.find(
        call.identity, asked.kind, asked.query, after=asked.cursor, limit=asked.limit
    )
    return Answer(status=200, body=r.Pictures(pictures=[_picture(each) for each in shown], cursor=cursor))


async def add_picture(chat: Chat, call: Call[q.Nothing, q.Nothing, q.AddPicture]) -> Answer:
    body = call.body
    new = NewPicture(media=body.media, kind=body.kind, name=body.name, alt=body.alt, tags=body.tags)
    shown, created = await chat.library.add(call.identity, new)
    return Answer(status=201 if created else 200, body=_picture(shown))


async def remove_picture(chat: Chat, call: Call[q.MediaPath, q.Nothing, None]) -> Answer:
    await chat.library.remove(call.identity, call.path.id)
    return Answer(status=200, body=r.Empty())


async def add_pack(chat: Chat, call: Call[q.Nothing, q.Nothing, q.AddPack]) -> Answer:
    body = call.body
    taken = await chat.library.add_pack(call.identity, body.media, body.kind, body.title, body.start)
    problems = [r.PackProblem(file=each.file, code=each.code, detail=each.sentence) for each in taken.problems]
    answer = r.PackTaken(pack=_pack(taken.pack), added=taken.added, next=taken.following, problems=problems)
    return Answer(status=200, body=answer)


async def remove_pack(chat: Chat, call: Call[q.PackPath, q.Nothing, None]) -> Answer:
    await chat.library.remove_pack(call.identity, call.path.id)
    return Answer(status=200, body=r.Empty())


def _library(rules: Rules, packs: Iterable[Pack]) -> r.LibraryView:
    return r.LibraryView(gifs=rules.gifs, house=rules.house, packs=[_pack(each) for each in packs])


def _pack(pack: Pack) -> r.PackView:
    return r.PackView(id=pack.id, kind=pack.kind, title=pack.title)


def _picture(shown: Shown) -> r.PictureView:
    picture = shown.picture
    return r.PictureView(
        media=picture.media,
        kind=picture.kind,
        name=picture.name,
        url=shown.url,
        added_by=picture.added_by,
        added=picture.added,
        still=shown.still,
        expires=shown.expires,
        type=picture.type,
        width=picture.width,
        height=picture.height,
        thumbhash=picture.thumbhash,
        animated=picture.animated,
        alt=picture.alt,
        tags=picture.tags,
        pack=picture.pack,
    )
