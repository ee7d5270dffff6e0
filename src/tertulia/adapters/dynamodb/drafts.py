"""`ports.drafts.Drafts` on DynamoDB: items of `Chat-Index`, of the owner `~<username>`, by conversation.

They have the attributes of `KeptDraft`, and `expires` (seconds since 1970), by which DynamoDB deletes them.
"""

from typing import Any, Final

import msgspec

from tertulia.adapters.dynamodb.database import Database, Delete, Put
from tertulia.adapters.dynamodb.items import Item
from tertulia.adapters.dynamodb.keys import INDEX, Key
from tertulia.domain import limits
from tertulia.domain.drafts import KeptDraft, surplus

_ALL: Final = ("-", "~")
"""Between these are the ids of all conversations: letters, digits, `-` and `_`."""


class DynamoDrafts:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, username: str, draft: KeptDraft) -> None:
        """One write unit for each KB; of a conversation that had none, one read unit for each 4 KB of all the person's
        drafts besides."""
        item: dict[str, Any] = msgspec.to_builtins(draft)
        del item["conversation"]
        item["expires"] = draft.timestamp // 1_000_000 + limits.DRAFT_SECONDS
        replaced = await self._database.put(Put(_key(username, draft.conversation), item))
        if not replaced:
            for old in surplus(await self.kept(username, 0)):
                await self.forget(username, old.conversation)

    async def forget(self, username: str, conversation: str) -> bool:
        """One write unit for each KB that was kept."""
        return await self._database.remove(Delete(_key(username, conversation)))

    async def kept(self, username: str, after: int) -> list[KeptDraft]:
        """One read unit for each 4 KB."""
        found = [_draft(item) async for item in self._database.query(INDEX, _owner(username), _ALL)]
        own = [each for each in found if each.timestamp > after]
        return sorted(own, key=lambda each: each.timestamp, reverse=True)


def _owner(username: str) -> str:
    """No conversation's id begins with `~`, and no other owner does."""
    return f"~{username}"


def _key(username: str, conversation: str) -> Key:
    return Key(INDEX, _owner(username), conversation)


def _draft(item: Item) -> KeptDraft:
    return msgspec.convert({**item, "conversation": item["key"]}, KeptDraft)
