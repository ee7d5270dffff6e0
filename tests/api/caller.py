"""A client of `dispatch`."""

from collections.abc import Mapping
from typing import Any

import msgspec
from tests.services.world import PASSWORD, World

from tertulia.api.dispatch import Answer, Incoming, dispatch
from tertulia.api.operations import BY_NAME


class Caller:
    """Calls operations by name, over the whole way from bytes to an answer; bodies come back as JSON would have
    them."""

    def __init__(self) -> None:
        self.world = World()
        self.tokens: dict[str, str] = {}

    async def sign_in(self, *usernames: str) -> None:
        """Makes accounts of these names and begins their sessions."""
        await self.world.people(*usernames)
        for username in usernames:
            self.tokens[username] = (await self.world.accounts.sign_in(username, PASSWORD)).access_token

    async def raw(self, name: str, username: str = "", **incoming: Any) -> Answer:
        if username:
            incoming.setdefault("authorization", f"Bearer {self.tokens[username]}")
        return await dispatch(self.world.chat, BY_NAME[name], Incoming(**incoming))

    async def call(
        self,
        name: str,
        username: str = "",
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        **incoming: Any,
    ) -> tuple[int, Any]:
        """Status and body."""
        sent = b"" if body is None else msgspec.json.encode(body)
        answer = await self.raw(name, username, path=path or {}, query=query or {}, body=sent, **incoming)
        return answer.status, msgspec.json.decode(msgspec.json.encode(answer.body))
