"""The audience of one conversation: its members, what each of them may see, and their connections.

Membership follows the log: the snapshot that it was loaded from, then every later entry.
"""

from collections.abc import Callable, Iterable, Sequence

from msgspec import UNSET

from tertulia.adapters.hub.directory import Connection
from tertulia.domain import members
from tertulia.domain.conversations import Conversation
from tertulia.domain.entries import Entry, History, MemberAdded, MemberRemoved, SettingsChanged, target_of
from tertulia.domain.members import Member
from tertulia.domain.sight import Sight, sight


class Audience:
    """`live` are the connections of active members, with the username of each."""

    __slots__ = ("_complete_since", "_find", "live", "members", "open_history", "seq")

    def __init__(self, head: Conversation, rows: Iterable[Member], find: Callable[[str], Sequence[Connection]]) -> None:
        """`find` gives the connections of a person."""
        self.seq = head.seq
        self.open_history = head.open_history
        self.members = {row.username: row for row in rows}
        self.live: dict[Connection, str] = {}
        self._find = find
        # From here on every active member has seen everything: nobody has to be asked one by one.
        self._complete_since = 0
        for row in self.members.values():
            if row.active:
                self._complete_since = max(self._complete_since, row.periods[-1].first)
                self._connect_all(row.username)

    def connected(self, connection: Connection, username: str) -> None:
        member = self.members.get(username)
        if member is not None and member.active:
            self.live[connection] = username

    def disconnected(self, connection: Connection) -> None:
        self.live.pop(connection, None)

    def is_plain(self, entry: Entry) -> bool:
        """Whether all of `live` get the entry itself, and nothing about who is there changes by it."""
        if entry.seq <= self.seq or isinstance(entry, MemberAdded | MemberRemoved | SettingsChanged):
            return False
        target = target_of(entry)
        return target is None or self.open_history or target >= self._complete_since

    def receivers(self, entry: Entry) -> tuple[list[Connection], list[Connection]]:
        """Who gets the entry, and who gets it hidden; for any entry, also one that is older than the snapshot."""
        full: list[Connection] = []
        hidden: list[Connection] = []
        for username, member in self.members.items():
            connections = self._find(username)
            if not connections:
                continue
            seen = sight(member, entry, open_history=self.open_history)
            if seen is not Sight.NOTHING:
                (full if seen is Sight.WHOLE else hidden).extend(connections)
        return full, hidden

    def join(self, entry: MemberAdded) -> None:
        member = members.join(self.members.get(entry.username), entry.username, entry.role, entry.timestamp, 0)
        self.members[entry.username] = member
        self._complete_since = entry.timestamp
        self._connect_all(entry.username)

    def leave(self, entry: MemberRemoved) -> None:
        member = self.members.get(entry.username)
        if member is not None and member.active:
            self.members[entry.username] = members.leave(member, entry.timestamp)
        for connection in self._find(entry.username):
            self.live.pop(connection, None)

    def settle(self, entry: SettingsChanged) -> None:
        if entry.history is not UNSET:
            self.open_history = entry.history is History.ALL

    def _connect_all(self, username: str) -> None:
        for connection in self._find(username):
            self.live[connection] = username
