"""Handlers of drafts."""

from tertulia.api import requests as q
from tertulia.api import responses as r
from tertulia.api.calls import Answer, Call
from tertulia.domain.drafts import DraftFile, KeptDraft
from tertulia.services.chat import Chat


async def list_drafts(chat: Chat, call: Call[q.Nothing, q.Nothing, None]) -> Answer:
    return Answer(status=200, body=r.KeptDrafts(drafts=await chat.drafts.list(call.identity)))


async def keep_draft(chat: Chat, call: Call[q.ConversationPath, q.Nothing, q.KeepDraft]) -> Answer:
    b = call.body
    files = tuple(DraftFile(media=a.media, alt=a.alt, voice=a.voice, peaks=tuple(a.peaks)) for a in b.attachments)
    draft = KeptDraft(conversation=call.path.id, timestamp=0, text=b.text, reply_to=b.reply_to, attachments=files)
    return Answer(status=200, body=r.DraftKept(timestamp=await chat.drafts.keep(call.identity, draft)))
