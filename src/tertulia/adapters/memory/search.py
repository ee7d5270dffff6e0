"""The port `Search` in memory: looks at every message that the reader may read. The reference."""

from tertulia.adapters.memory.store import Log, MemoryStore
from tertulia.domain import searching
from tertulia.domain.markdown import has_link
from tertulia.domain.members import Member
from tertulia.domain.messages import Message
from tertulia.ports.search import Findings, Found, SearchQuery, page_of


class MemorySearch:
    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    async def search(
        self, reader: str, query: SearchQuery, *, before: tuple[int, str] | None = None, limit: int
    ) -> Findings:
        wanted = searching.needles(query.terms, query.phrases)
        if not wanted and (query.terms or query.phrases):
            return Findings([])
        found = [
            Found(name, message)
            for name, log in self._store.logs.items()
            if query.conversation in (None, name)
            for message in _readable(log, log.members.get(reader))
            if (before is None or (message.timestamp, name) < before)
            and _passes(query, message)
            and searching.matches(wanted, searching.searchable(message))
        ]
        found.sort(key=lambda each: (each.message.timestamp, each.conversation), reverse=True)
        return page_of(found, limit)


def _readable(log: Log, reader: Member | None) -> list[Message]:
    if reader is None or not reader.active:
        return []

    def sees(timestamp: int) -> bool:
        return reader.sees(timestamp, open_history=log.head.open_history)

    messages = (log.message(timestamp, sees) for timestamp in log.timestamps() if sees(timestamp))
    return [message for message in messages if message is not None and not message.deleted]


def _passes(query: SearchQuery, message: Message) -> bool:
    return (
        (query.author is None or message.author == query.author)
        and (query.before is None or message.timestamp < query.before)
        and (query.after is None or message.timestamp > query.after)
        and (not query.has_attachment or bool(message.attachments))
        and (not query.has_link or has_link(message.text))
    )
