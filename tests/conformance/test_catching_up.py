"""No silent gap, and pushed: who holds the log up to a cursor gets everything after it, in order, however long away."""

import asyncio
from random import Random

import pytest
from tests.conformance.homes import Home
from tests.conformance.people import Person, new_id
from tests.conformance.recording import Device, Record
from tests.history.checker import assert_held

SEED = 20_260_101


async def test_a_committed_entry_reaches_every_connected_member(home: Home) -> None:
    """A message is pushed to each member's each connection, the sender's other devices included, once each."""
    ana, ben, carla = await home.register_all("ana", "ben", "carla")
    group = await ana.group(ben, carla)
    sockets = [await person.connect() for person in (ana, ana, ben, carla)]
    message = await ana.send(group, "to all")
    for socket in sockets:
        entry = await socket.entry(group, message["seq"])
        assert entry["text"] == "to all"
        await socket.settle()
        assert len(socket.entries(group)) == 1 or not home.features.pushed_once


async def test_the_push_is_the_entry_of_the_log(home: Home) -> None:
    """What is pushed and what the log answers are the same entries, field by field, of every kind."""
    ana, ben, carla = await home.register_all("ana", "ben", "carla")
    group = await ana.group(ben)
    socket = await ben.connect()
    message = await ana.send(group, "hello", reply_to=0)
    reply = await ben.send(group, "a reply to @" + ana.username, reply_to=message["timestamp"])
    await ana.edit(group, message, "hello there")
    await ben.react(group, message, "👍")
    await ana.add(group, carla)
    await ana.add(group, carla, role="owner")
    await ana.change(group, title="Title", live_typing=True, history="all")
    await ana.remove(group, carla)
    log = await ben.log(group)
    assert len(log) == 10
    for entry in log[1:]:
        assert await socket.entry(group, entry["seq"]) == entry
    assert log[2]["reply_to"] == message["timestamp"]
    assert log[2]["mentions"] == [ana.username]
    assert reply["mentions"] == [ana.username]


async def test_a_new_conversation_and_its_first_entry_are_pushed(home: Home) -> None:
    """Who is made a member learns of it at once, and gets what is said there from the first entry on."""
    ana, ben = await home.register_all("ana", "ben")
    socket = await ben.connect()
    group = await ana.group(ben)
    await socket.event("conversation", conversation=group, change="joined")
    message = await ana.send(group, "welcome")
    await socket.entry(group, message["seq"])
    late = await home.register("late")
    late_socket = await late.connect()
    await ana.add(group, late)
    await late_socket.event("conversation", conversation=group, change="joined")
    message = await ana.send(group, "welcome, too")
    assert (await late_socket.entry(group, message["seq"]))["text"] == "welcome, too"
    await ana.remove(group, late)
    await late_socket.event("conversation", conversation=group, change="left")


@pytest.mark.parametrize("limit", [1, 2, 7, 500])
async def test_the_log_is_whole_at_every_page_size(home: Home, limit: int) -> None:
    """Pages of any size, put together, are the whole log: none missing, none twice."""
    ana = await home.register()
    group = await ana.group()
    for number in range(12):
        await ana.send(group, f"text {number}")
    log = await ana.log(group, limit=limit)
    assert [entry["seq"] for entry in log] == list(range(1, 14))
    assert await ana.log(group, after=5, limit=limit) == log[5:]
    end = await ana.log_page(group, after=13)
    assert (end["entries"], end["through"], end["head"]["seq"]) == ([], 13, 13)


async def test_what_was_acknowledged_is_in_the_next_read(home: Home) -> None:
    """A read that begins after an acknowledgement finds the message: in log, history, overview, list and search."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    for number in range(10):
        message = await ana.send(group, f"word{number}x")
        assert (await ben.log(group))[-1]["seq"] == message["seq"]
        assert (await ben.messages(group))[-1] == message
        view = await ben.view(group)
        assert view["head"]["seq"] == message["seq"]
        assert view["last_message"] == message
        listed = (await ben.call("GET", "/api/conversations"))["conversations"]
        assert listed == [view]
        assert await ben.found(f"word{number}x") == [f"word{number}x"]


async def test_connecting_and_the_first_read_leave_no_window(home: Home) -> None:
    """While somebody writes on, a client that connects and then reads the log misses nothing between the two."""
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    writing = True

    async def write() -> None:
        while writing:
            await ana.send(group)

    writer = asyncio.create_task(write())
    try:
        for _ in range(15):
            socket = await ben.connect()
            read = (await ben.log_page(group))["through"]
            target = read + 3
            for seq in range(read + 1, target + 1):
                await socket.entry(group, seq)
            await socket.close()
    finally:
        writing = False
        await writer


@pytest.mark.slow
async def test_readers_that_are_cut_off_at_random_never_miss_or_repeat(home: Home) -> None:
    """Writers write, readers lose their connections again and again: at the end the checker finds the contract kept."""
    random = Random(SEED)
    people = await home.register_all("ana", "ben", "carla", "dora")
    ana = people[0]
    group = await ana.group(*people[1:])
    record = Record()
    devices = [Device(f"{p.username}/{n}", p, group, record) for p in people for n in range(2)]
    writers = [asyncio.create_task(_write(record, random, person, group, 40)) for person in people]
    readers = [asyncio.create_task(_read(random, device, writers)) for device in devices]
    lookers = [asyncio.create_task(_look(record, random, person, group, writers)) for person in people]
    await asyncio.gather(*writers, *readers, *lookers)
    last = (await ana.view(group))["head"]["seq"]
    for device in devices:
        await device.follow(last)
    for device in devices:
        assert device.socket is not None
        await device.socket.settle()
    record.quiet()
    for device in devices:
        device.holds()
    for person in people:
        await record.view(person, group)
    history = await record.history(ana, group)
    assert len(history.logs[group]) > 160
    assert_held(history)


async def _write(record: Record, random: Random, person: Person, group: str, count: int) -> None:
    """Sends over REST and over sockets that break; what isn't acknowledged is sent again with the same id."""
    socket = await person.connect()
    for number in range(count):
        client_id, text = new_id(), f"{person.username} {number}"
        over = socket if random.random() < 0.5 else None
        sending = asyncio.create_task(record.send(person, group, client_id, text, over=over))
        if over and random.random() < 0.2:
            await asyncio.sleep(random.random() * 0.003)
            socket.cut()
        outcome = await sending
        while outcome not in ("done", "repeated") or random.random() < 0.1:
            outcome = await record.send(person, group, client_id, text)
        if socket.closed is not None or random.random() < 0.1:
            await socket.close()
            socket = await person.connect()
    await socket.close()


async def _read(random: Random, device: Device, writers: list[asyncio.Task[None]]) -> None:
    while not all(writer.done() for writer in writers):
        await device.connect()
        await asyncio.sleep(random.random() * 0.2)
        if random.random() < 0.5:
            await device.catch_up(limit=random.choice((1, 5, 500)))
        await device.disconnect(cut=random.random() < 0.7)
    await device.connect()


async def _look(record: Record, random: Random, person: Person, group: str, writers: list[asyncio.Task[None]]) -> None:
    """Reads pages, moves the cursor, looks at the unread count, while all goes on."""
    while not all(writer.done() for writer in writers):
        messages = await record.page(person, group, limit=20)
        await record.view(person, group)
        if messages:
            await record.move(person, group, random.choice(messages)["timestamp"])
        await record.view(person, group)
        await asyncio.sleep(random.random() * 0.02)
