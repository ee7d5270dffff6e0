"""`ports.drafts.Drafts` in memory: what the port means, in its simplest form. For tests."""

from tertulia.domain.drafts import KeptDraft, surplus


class MemoryDrafts:
    def __init__(self) -> None:
        self._drafts: dict[str, dict[str, KeptDraft]] = {}

    async def keep(self, username: str, draft: KeptDraft) -> None:
        own = self._drafts.setdefault(username, {})
        own[draft.conversation] = draft
        for old in surplus(list(own.values())):
            del own[old.conversation]

    async def forget(self, username: str, conversation: str) -> bool:
        return self._drafts.get(username, {}).pop(conversation, None) is not None

    async def kept(self, username: str, after: int) -> list[KeptDraft]:
        own = [each for each in self._drafts.get(username, {}).values() if each.timestamp > after]
        return sorted(own, key=lambda each: each.timestamp, reverse=True)
