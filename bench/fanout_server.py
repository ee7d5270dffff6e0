"""The server of the fan-out benchmark: the edge, the services, the hub, and the log on SQLite or in memory.

As the home on one machine has them, but for accounts and HTTP, which a delivery doesn't touch. Makes a conversation of
N people, prints a JSON line with the port and a ticket for each, and serves until standard input ends. Each line on
standard input is answered with the CPU time that the process has used, in seconds, and its memory.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import uvicorn

from tertulia.adapters.hub.hub import Hub
from tertulia.adapters.memory.clock import SystemClock
from tertulia.adapters.memory.entropy import SystemEntropy
from tertulia.adapters.memory.media import MemoryMedia
from tertulia.adapters.memory.presence_board import MemoryPresenceBoard
from tertulia.adapters.memory.rates import Unlimited
from tertulia.adapters.memory.store import MemoryStore
from tertulia.adapters.memory.tickets import MemoryTickets
from tertulia.adapters.sqlite.store import SqliteStore
from tertulia.api.session import Rates
from tertulia.domain.entries import ConversationCreated, ConversationKind, Stamp
from tertulia.domain.members import MemberRole, Role
from tertulia.edges.server.caller import CallerReader
from tertulia.edges.server.frames import encode_frame
from tertulia.edges.server.protocol import bind
from tertulia.edges.server.websocket import Gateway, WebSocketSettings
from tertulia.ports.connections import Ticket
from tertulia.ports.store import Store
from tertulia.services.chat import Chat
from tertulia.services.messages import Messages
from tertulia.services.presence import Presences
from tertulia.services.receipts import Receipts
from tertulia.services.tickets import Tickets
from tertulia.services.typing import Typing

CONVERSATION = "g_fanout"


def created(people: list[str]) -> Callable[[Stamp], ConversationCreated]:
    roles = (MemberRole(people[0], Role.OWNER), *map(MemberRole, people[1:]))
    return lambda stamp: ConversationCreated(
        seq=stamp.seq, timestamp=stamp.timestamp, author=people[0], type=ConversationKind.GROUP, members=roles
    )


def services(store: Store, hub: Hub, tickets: MemoryTickets) -> Chat:
    clock, rate = SystemClock(), Unlimited()
    absent = cast("Any", None)
    return Chat(
        accounts=absent,
        conversations=absent,
        members=absent,
        messages=Messages(store, MemoryMedia(), rate),
        history=absent,
        receipts=Receipts(store, hub, rate),
        typing=Typing(store, hub),
        presence=Presences(store, MemoryPresenceBoard(clock), hub, clock),
        search=absent,
        media=absent,
        tickets=Tickets(tickets, clock, rate),
    )


async def nothing(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def obey(server: uvicorn.Server) -> None:
    """Answers the lines on standard input; at its end the server stops."""
    for _ in sys.stdin:
        print(json.dumps({"cpu": time.process_time(), "rss": resident()}), flush=True)
    server.should_exit = True


async def serve(people: int, durable: bool, folder: Path) -> None:
    clock, entropy = SystemClock(), SystemEntropy()
    store: Any = SqliteStore(folder / "bench.db", clock) if durable else MemoryStore(clock)
    hub = Hub(store.audience, encode_frame)
    store.listen(hub.committed)
    tickets = MemoryTickets(clock, entropy)
    chat = services(store, hub, tickets)
    # One sender sends as fast as it is answered: faster than a person may.
    settings = WebSocketSettings(rates=Rates(actions=1e6, burst=1_000_000))
    gateway = Gateway(chat, hub, CallerReader(), clock, entropy, settings)
    config = uvicorn.Config(
        nothing,
        host="127.0.0.1",
        port=0,
        ws=bind(gateway),
        loop="uvloop",
        lifespan="off",
        log_level="error",
        backlog=4096,
    )
    server = uvicorn.Server(config)
    names = [f"user{number:05}" for number in range(people)]
    await store.create(CONVERSATION, created(names))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    issued = []
    for name in names:
        ticket = Ticket(username=name, session="bench", admin=False, origin="", expires=clock.now() + 300_000_000)
        issued.append(await tickets.issue(ticket))
    port = server.servers[0].sockets[0].getsockname()[1]
    print(json.dumps({"port": port, "conversation": CONVERSATION, "tickets": issued}), flush=True)
    threading.Thread(target=obey, args=(server,), daemon=True).start()
    await serving
    await gateway.drain(2)
    if durable:
        await store.close()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=1000)
    options.add_argument("--store", choices=("sqlite", "memory"), default="sqlite")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        uvicorn_loop = uvicorn.Config(nothing, loop="uvloop").get_loop_factory()
        with asyncio.Runner(loop_factory=uvicorn_loop) as runner:
            runner.run(serve(chosen.people, chosen.store == "sqlite", Path(folder)))


if __name__ == "__main__":
    main()
