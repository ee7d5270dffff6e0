"""All that people can do, in one object: what edges are given."""

from msgspec import Struct

from tertulia.services.accounts import Accounts
from tertulia.services.conversations import Conversations
from tertulia.services.drafts import KeptDrafts
from tertulia.services.figures import ServerFigures
from tertulia.services.history import HistoryReader
from tertulia.services.library import PictureLibrary
from tertulia.services.locations import Locations
from tertulia.services.media import MediaFiles
from tertulia.services.members import Members
from tertulia.services.messages import Messages
from tertulia.services.notifying import Notifying
from tertulia.services.presence import Presences
from tertulia.services.receipts import Receipts
from tertulia.services.search import MessageSearch
from tertulia.services.statuses import Statuses
from tertulia.services.tickets import Tickets
from tertulia.services.typing import Typing


class Chat(Struct, frozen=True, kw_only=True):
    accounts: Accounts
    conversations: Conversations
    members: Members
    messages: Messages
    history: HistoryReader
    receipts: Receipts
    typing: Typing
    locations: Locations
    presence: Presences
    statuses: Statuses
    search: MessageSearch
    media: MediaFiles
    library: PictureLibrary
    tickets: Tickets
    drafts: KeptDrafts
    notifying: Notifying
    figures: ServerFigures
