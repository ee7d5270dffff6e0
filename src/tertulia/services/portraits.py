"""The pictures that show people: naming one, removing it, and where others find it."""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from tertulia.domain import limits
from tertulia.domain.errors import NotFoundError
from tertulia.domain.media import Variant
from tertulia.domain.users import PORTRAITS, User, require_portrait
from tertulia.ports.accounts import Accounts
from tertulia.ports.clock import Clock
from tertulia.ports.media import MediaStore, Upload

_ROUND: Final = limits.MEDIA_URL_SECONDS // 2
"""Seconds: addresses that are given out within the same half hour end together, so that on one machine they are the
same, and a browser keeps what it got."""


class Portraits:
    """Others get a picture's small thumbnail and nothing else: it stands still, and says nothing but what it shows."""

    def __init__(self, accounts: Accounts, media: MediaStore, clock: Clock) -> None:
        self._accounts = accounts
        self._media = media
        self._clock = clock

    def shown(self, user: User) -> User:
        """With an address for the picture, where there is one. It asks nobody."""
        if not user.picture:
            return user
        # What an address says is the name and the type, and a thumbnail's type is always the same.
        upload = Upload(id=user.picture, owner=user.username, name=f"{user.username}.webp", type="", size=0, created=0)
        expires = (self._clock.now() // 1_000_000 // _ROUND + 2) * _ROUND
        return replace(user, picture_url=self._media.content_url(upload, expires, Variant.SMALL))

    def all_shown(self, users: Sequence[User]) -> list[User]:
        return [self.shown(user) for user in users]

    async def change(self, username: str, picture: str) -> User:
        """From now on this completed upload of theirs shows the person, or with "" nothing does; the file of before is
        deleted. Repeating it changes nothing. Raises `media_not_found`, `picture_unsuitable`, `user_not_found`."""
        if picture:
            upload = await self._media.get(picture)
            if upload is None or upload.owner != username:
                raise NotFoundError("media_not_found")
            require_portrait(upload.details, upload.size)
            if not await self._media.claim(picture, PORTRAITS, username):
                raise NotFoundError("media_not_found")
        user, before = await self._accounts.set_picture(username, picture)
        if before and before != picture:
            await self._forget(username, before)
        return self.shown(user)

    async def _forget(self, username: str, media: str) -> None:
        """Deletes a file of that person's that nothing else has."""
        upload = await self._media.get(media)
        if upload is not None and (upload.conversation, upload.client_id) == (PORTRAITS, username):
            await self._media.delete(media)
