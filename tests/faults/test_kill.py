"""kill -9 under load: whenever the process dies, nothing acknowledged is lost, nothing doubled, nothing skipped."""

import asyncio
import os
import time
from pathlib import Path
from random import Random
from typing import Final

import httpx
import msgspec
import pytest
from tests.conformance.homes import Home
from tests.conformance.people import Person, new_id
from tests.conformance.places import EmbeddedPlace
from tests.conformance.recording import LOST, Device, Record
from tests.conformance.sockets import Socket
from tests.history.checker import check

KILLS: Final = 22
WRITERS: Final = 4
READERS: Final = 4
PAUSE: Final = 0.05
"""Seconds that a client waits before it tries again."""


class Load:
    """People who go on writing and reading whatever happens to the server, until they are told to stop."""

    def __init__(self, random: Random, people: list[Person], group: str) -> None:
        self.random = random
        self.people = people
        self.group = group
        self.record = Record()
        self.writing = True
        self.reading = True
        self.acknowledged = 0
        self.unanswered = 0

    async def write(self, person: Person, *, over_socket: bool) -> None:
        """Sends one message after another; each again and again, with the same id, until it is acknowledged."""
        socket: Socket | None = None
        number = 0
        while self.writing:
            number += 1
            client_id, text = new_id(), f"{person.username} {number}"
            while True:
                if over_socket and (socket is None or socket.closed is not None):
                    socket = await self.reconnect(person, socket)
                over = socket if over_socket else None
                outcome = await self.record.send(person, self.group, client_id, text, over=over)
                if outcome in ("done", "repeated"):
                    break
                self.unanswered += 1
                await asyncio.sleep(PAUSE)
            self.acknowledged += 1
            if self.random.random() < 0.05:
                await self.record.send(person, self.group, client_id, text)
            if self.random.random() < 0.1:
                await self.record.view(person, self.group)
        if socket is not None:
            await socket.close()

    async def reconnect(self, person: Person, old: Socket | None) -> Socket:
        if old is not None:
            await old.close()
        while True:
            try:
                return await person.connect()
            except (*LOST, AssertionError, httpx.HTTPError):
                await asyncio.sleep(PAUSE)

    async def read(self, device: Device) -> None:
        """Follows the log, reconnects when the server dies, and at random."""
        while self.reading:
            try:
                await device.connect()
            except (*LOST, AssertionError, httpx.HTTPError):
                await device.disconnect()
                await asyncio.sleep(PAUSE)
                continue
            assert device.socket is not None
            socket = device.socket
            until = time.monotonic() + self.random.random() * 2
            while socket.closed is None and time.monotonic() < until and self.reading:
                await asyncio.sleep(0.05)
                if self.random.random() < 0.2:
                    await device.catch_up(limit=self.random.choice((3, 50, 500)))
                if self.random.random() < 0.2:
                    await self.record.page(device.person, self.group, limit=30)
                    seen = [e["timestamp"] for e in socket.entries(self.group)]
                    if seen:
                        await self.record.move(device.person, self.group, self.random.choice(seen))
            await device.disconnect()


@pytest.mark.slow
async def test_kill_9_under_load_breaks_no_promise(tmp_path: Path) -> None:
    """Killed twenty-two times amid sends and reads, the server keeps the contract: the checker says so."""
    seed = int(os.environ.get("SEED", "0")) or int.from_bytes(os.urandom(4))
    print(f"SEED={seed}")
    random = Random(seed)
    place = EmbeddedPlace(tmp_path)
    try:
        async with httpx.AsyncClient(base_url=place.base_url, timeout=5, trust_env=False, verify=False) as http:
            home = Home(place, http)
            people = await home.register_all(*["person"] * WRITERS)
            group = await people[0].group(*people[1:])
            load = Load(random, people, group)
            devices = [Device(f"reader {n}", people[n % WRITERS], group, load.record) for n in range(READERS)]
            writers = [
                asyncio.create_task(load.write(person, over_socket=bool(number % 2)))
                for number, person in enumerate(people)
            ]
            readers = [asyncio.create_task(load.read(device)) for device in devices]
            for _ in range(KILLS):
                before = load.acknowledged
                await asyncio.sleep(0.1 + random.random() * 0.5)
                place.kill()
                await asyncio.to_thread(place.start)
                await until(lambda before=before: load.acknowledged > before, writers)
            load.writing = False
            await asyncio.gather(*writers)
            load.reading = False
            await asyncio.gather(*readers)
            for device in devices:
                await device.connect()
                device.holds()
            load.record.quiet()
            for person in people:
                await load.record.view(person, group)
            history = await load.record.history(people[0], group)
            await home.people.close()
        place.restart()
        async with httpx.AsyncClient(base_url=place.base_url, timeout=5, trust_env=False, verify=False) as http:
            people[0].http = http
            assert await people[0].log(group) == history.logs[group], "the log is the same after one more start"
    finally:
        place.close()
    violations = check(history)
    if violations:
        (tmp_path / "history.json").write_bytes(msgspec.json.encode(history))
    assert not violations, f"SEED={seed} {tmp_path}/history.json\n" + "\n".join(map(str, violations))
    print(f"{len(history.logs[group])} entries, {load.acknowledged} acknowledged, {load.unanswered} tries unanswered")
    assert load.unanswered > KILLS, "the server was killed while requests were in flight"


async def until(reached: object, writers: list[asyncio.Task[None]], seconds: float = 20) -> None:
    """Returns when the load goes on; fails where a client has."""
    assert callable(reached)
    async with asyncio.timeout(seconds):
        while not reached():
            for writer in writers:
                if writer.done():
                    writer.result()
            await asyncio.sleep(PAUSE)
