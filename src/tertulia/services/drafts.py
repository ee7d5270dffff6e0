"""Drafts: what somebody has written and not sent yet, on all devices of that person and for nobody else."""

import asyncio

from msgspec.structs import replace

from tertulia.domain import limits
from tertulia.domain.drafts import KeptDraft, checked_draft
from tertulia.domain.events import KeptDraftEvent
from tertulia.ports.accounts import Identity
from tertulia.ports.broadcast import Broadcast
from tertulia.ports.clock import Clock
from tertulia.ports.drafts import Drafts
from tertulia.ports.rates import Rate
from tertulia.ports.store import Store
from tertulia.services import access, limiting


class KeptDrafts:
    """Of the caller's own alone, and only of conversations in which the caller is. Which files a draft names isn't
    looked at: they are asked for by their ids, and who may have them is decided then."""

    def __init__(self, store: Store, drafts: Drafts, broadcast: Broadcast, clock: Clock, rate: Rate) -> None:
        """`rate` is for this alone, so that drafts take nothing from sending."""
        self._store = store
        self._drafts = drafts
        self._broadcast = broadcast
        self._clock = clock
        self._rate = rate

    async def keep(self, identity: Identity, draft: KeptDraft) -> int:
        """Keeps it in place of what was kept for that conversation; an empty one is none. When that was, by the
        server's clock: the caller's other devices are told the same. Raises `conversation_not_found`,
        `invalid_request`, `rate_limited`."""
        limiting.take(self._rate, identity.username)
        draft = checked_draft(replace(draft, timestamp=self._clock.now()))
        if draft.is_empty:
            # Also by who has left: what was written there may go at once.
            changed = await self._drafts.forget(identity.username, draft.conversation)
        else:
            await access.member_of(self._store, draft.conversation, identity.username)
            await self._drafts.keep(identity.username, draft)
            changed = True
        if changed:
            self._broadcast.to_user(identity.username, KeptDraftEvent(draft.conversation, draft.timestamp))
        return draft.timestamp

    async def list(self, identity: Identity) -> list[KeptDraft]:
        """The newest first."""
        found = await self._drafts.kept(identity.username, self._clock.now() - limits.DRAFT_SECONDS * 1_000_000)
        rows = await asyncio.gather(*(self._store.member(each.conversation, identity.username) for each in found))
        return [each for each, row in zip(found, rows, strict=True) if row is not None and row[1].active]
