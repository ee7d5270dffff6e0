"""Asks the server what a feed wants to know."""

from tertulia.api.responses import ConversationView
from tertulia.client.feed import Feed, Job, ListAll, Locate
from tertulia.client.operations import Operations
from tertulia.domain import limits
from tertulia.domain.errors import NotFoundError


async def do_job(feed: Feed, api: Operations, job: Job) -> bool:
    """Does one job and tells the feed the answer. Says whether that brought it further."""
    if isinstance(job, ListAll):
        feed.listed(await all_conversations(api))
        return True
    try:
        if isinstance(job, Locate):
            view = await api.get_conversation(job.conversation)
            feed.located(view, await _first_unread(api, view))
            return True
        return feed.logged(job, await api.read_log(job.conversation, after=job.after, limit=job.limit))
    except NotFoundError:
        feed.gone(job.conversation)
        return True


async def all_conversations(api: Operations) -> list[ConversationView]:
    """Every page of the list."""
    views: list[ConversationView] = []
    cursor = ""
    while True:
        page = await api.list_conversations(limit=limits.PAGE_MAX, cursor=cursor)
        views += page.conversations
        if not page.cursor:
            return views
        cursor = page.cursor


async def _first_unread(api: Operations, view: ConversationView) -> int | None:
    """The seq of the first message after the read cursor."""
    if not view.unread:
        return None
    page = await api.list_messages(view.id, after=view.read.timestamp, limit=1)
    return page.messages[0].seq if page.messages else None
