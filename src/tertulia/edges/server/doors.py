"""What a WebSocket connection needs from above: who may connect, who receives its messages, and how patient to be."""

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from tertulia.domain import limits
from tertulia.edges.server.outbox import Outbox
from tertulia.edges.server.wheel import Wheel

if TYPE_CHECKING:
    from tertulia.edges.server.protocol import WebSocketProtocol


class Timing(Struct, frozen=True, kw_only=True):
    """In seconds. `close` bounds the closing handshake; `part` does where the peer broke a rule or doesn't read.
    `tick` is how exact all of it is."""

    heartbeat: float = limits.HEARTBEAT_SECONDS
    idle: float = limits.IDLE_SECONDS
    handshake: float = limits.HANDSHAKE_SECONDS
    close: float = limits.CLOSE_SECONDS
    part: float = 3.0
    tick: float = 1.0


class Handshake(Struct, frozen=True, kw_only=True):
    """What a client asks for. Header names are in lower case; `address` is the network address of the other side."""

    path: str
    query: str
    headers: dict[bytes, bytes]
    address: tuple[str, int] | None
    secure: bool


class Refusal(Struct, frozen=True):
    """No upgrade: an HTTP status and a sentence."""

    status: int
    sentence: str


class Receiver(Protocol):
    """What a connection talks to. May not raise."""

    def received(self, text: bytes) -> None:
        """A whole text message, in valid UTF-8."""
        ...

    def heard(self) -> None:
        """A sign of life that was no message."""
        ...

    def finish(self, reason: str) -> None:
        """Ends the work in hand, takes no more, then closes the connection for that reason."""
        ...

    def lost(self) -> None:
        """The connection takes no more frames. Called once."""
        ...


class Doorkeeper(Protocol):
    """Decides who may connect, and holds what all connections share."""

    @property
    def timing(self) -> Timing: ...

    @property
    def outbox(self) -> Outbox: ...

    @property
    def wheel(self) -> Wheel: ...

    def refuse(self, handshake: Handshake) -> Refusal | None:
        """What can be told without waiting."""
        ...

    async def admit(self, handshake: Handshake, connection: "WebSocketProtocol") -> Receiver | str:
        """Who receives the messages, or the reason to close. Frames that are sent to the connection meanwhile wait."""
        ...
