"""The audiences of conversations with recent traffic.

The least recently used go first when there are too many members.
"""

from collections import OrderedDict

from tertulia.adapters.hub.audience import Audience
from tertulia.adapters.hub.directory import Connection


class Shelf:
    """Bounded by the members of all its audiences. Knows in which audiences a person is."""

    def __init__(self, members_max: int) -> None:
        self._max = members_max
        self._audiences: OrderedDict[str, Audience] = OrderedDict()
        self._by_user: dict[str, set[str]] = {}
        self._members = 0

    def __len__(self) -> int:
        return len(self._audiences)

    @property
    def members(self) -> int:
        return self._members

    def get(self, conversation: str) -> Audience | None:
        audience = self._audiences.get(conversation)
        if audience is not None:
            self._audiences.move_to_end(conversation)
        return audience

    def put(self, conversation: str, audience: Audience) -> None:
        """Keeps it, and lets others go where it must; the newest always stays."""
        self.drop(conversation)
        self._audiences[conversation] = audience
        for username in audience.members:
            self._enter(conversation, username)
        while self._members > self._max and len(self._audiences) > 1:
            self.drop(next(iter(self._audiences)))

    def drop(self, conversation: str) -> None:
        audience = self._audiences.pop(conversation, None)
        if audience is None:
            return
        self._members -= len(audience.members)
        for username in audience.members:
            conversations = self._by_user[username]
            conversations.discard(conversation)
            if not conversations:
                del self._by_user[username]

    def joined(self, conversation: str, username: str) -> None:
        """A person who was not among the audience's members is now."""
        self._enter(conversation, username)

    def connected(self, connection: Connection, username: str) -> None:
        for conversation in self._by_user.get(username, ()):
            self._audiences[conversation].connected(connection, username)

    def disconnected(self, connection: Connection, username: str) -> None:
        for conversation in self._by_user.get(username, ()):
            self._audiences[conversation].disconnected(connection)

    def clear(self) -> None:
        self._audiences.clear()
        self._by_user.clear()
        self._members = 0

    def _enter(self, conversation: str, username: str) -> None:
        self._by_user.setdefault(username, set()).add(conversation)
        self._members += 1
