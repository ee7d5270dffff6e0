"""Example people and conversations, for `tertulia serve --demo`. Everybody knows the password: not for the public."""

from typing import TYPE_CHECKING, Final

from tertulia.domain.entries import ConversationKind
from tertulia.ports.accounts import Identity
from tertulia.services.messages import NewMessage

if TYPE_CHECKING:
    from tertulia.homes.local import LocalHome

PASSWORD: Final = "tertulia demo"  # noqa: S105 - known on purpose
PEOPLE: Final = {"ana": "Ana Marín", "ben": "Ben Okafor", "carla": "Carla Rossi"}
_GROUP: Final = (
    ("ana", "Welcome to the *tertulia*! Every Thursday at eight, in the café on the corner."),
    ("ben", "What do we talk about this week?"),
    ("carla", "Talkomatic, 1973: the first chat, where everybody saw every keystroke of the others."),
    ("ben", "Like `live typing`? Ana can switch it on in the settings of this conversation."),
    ("ana", "> every keystroke\n\nOnly if nobody laughs at my typos. @carla, will you bring the slides?"),
    ("carla", "Sure 👍"),
)
_DIRECT: Final = (("ben", "Ana, will you be there on Thursday?"), ("ana", "Of course. Keep me a chair."))


async def seed(home: "LocalHome") -> None:
    """Makes the people and what they said, where they are not there already. Repeating it changes nothing.

    Raises ValueError where real people have accounts: those with a known password have no place beside them.
    """
    anybody = await home.accounts.everybody(limit=1)
    if anybody and not await home.accounts.users(list(PEOPLE)):
        message = (
            f"There are accounts in {home.folder.path} already. A demonstration needs a data folder of its own: --data"
        )
        raise ValueError(message)
    for username, name in PEOPLE.items():
        if await home.accounts.user(username) is None:
            await home.accounts.create_user(username, PASSWORD, name)
    chat = home.chat
    group, _ = await chat.conversations.create(
        _as("ana"), ConversationKind.GROUP, ["ben", "carla"], "Thursday tertulia", "demo"
    )
    direct, _ = await chat.conversations.create(_as("ana"), ConversationKind.DIRECT, ["ben"], "", None)
    for conversation, said in ((group.conversation.id, _GROUP), (direct.conversation.id, _DIRECT)):
        for number, (username, text) in enumerate(said):
            sent, new = await chat.messages.send(
                _as(username), conversation, NewMessage(id=f"demo-{number}", text=text)
            )
            if new and text.startswith("Sure"):
                await chat.messages.react(_as("ana"), conversation, sent.timestamp, "🎉")


def _as(username: str) -> Identity:
    return Identity(username=username, session="demo", admin=False, expires=0)
