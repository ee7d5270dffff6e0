"""Where drafts are kept: what people have written and not sent yet."""

from typing import Protocol

from tertulia.domain.drafts import KeptDraft


class Drafts(Protocol):
    """One a person and conversation. What has been returned is durable; a draft goes by itself `limits.DRAFT_SECONDS`
    after it was kept, for readers at once, from the disk with time. Raises UnavailableError."""

    async def keep(self, username: str, draft: KeptDraft) -> None:
        """In place of what was kept for that conversation. Where the person has more than limits.DRAFTS_MAX then, the
        oldest go."""
        ...

    async def forget(self, username: str, conversation: str) -> bool:
        """Whether there was one."""
        ...

    async def kept(self, username: str, after: int) -> list[KeptDraft]:
        """The person's, the newest first, of those that were kept after that time (microseconds)."""
        ...
