"""The methods of the client are those of the table of operations, and each works against a real server."""

import inspect

import pytest
from tests.client.conftest import Register
from tests.client.server import PASSWORD, QUICK, RunningServer, name_of

from tertulia.api.operations import OPERATIONS
from tertulia.client import Client, SavedSession
from tertulia.client.operations import Operations
from tertulia.client.sessions import MemorySessions
from tertulia.domain.entries import ConversationKind, History
from tertulia.domain.errors import NotFoundError, UnauthenticatedError, UnavailableError
from tertulia.domain.members import Role


def test_every_operation_of_the_table_is_a_method_and_every_method_an_operation() -> None:
    """The client never drifts from the table."""
    methods = {name for name, _ in inspect.getmembers(Operations, inspect.isfunction) if not name.startswith("_")}
    assert methods == {operation.name for operation in OPERATIONS}


async def test_accounts(server: RunningServer, register: Register) -> None:
    """Profile, directory, keys, password and sign-out work over the client."""
    ana = await register("ana")
    assert (await ana.api.update_me("Ana María")).name == "Ana María"
    assert (await ana.api.get_me()).name == "Ana María"
    assert [user.username for user in (await ana.api.list_users(usernames=[name_of(ana)])).users] == [name_of(ana)]
    assert name_of(ana) in {user.username for user in (await ana.api.list_users("ana-")).users}
    assert (await ana.api.get_keys()).keys
    before = ana.session
    await ana.api.refresh()
    assert ana.session != before
    await ana.api.change_password(PASSWORD, "another long phrase")
    username = name_of(ana)
    codes = (
        ana.api.resend_code(username),
        ana.api.forgot_password(username),
        ana.api.reset_password(username, "1", PASSWORD),
    )
    for refused in codes:
        with pytest.raises(UnavailableError):
            await refused
    with pytest.raises(UnavailableError):
        await ana.api.confirm(name_of(ana), "1")
    await ana.api.sign_out()
    assert ana.session is None
    with pytest.raises(UnauthenticatedError):
        await ana.api.get_me()


async def test_administration(server: RunningServer, register: Register) -> None:
    """The first administrator signs up with the code of the link; administrators invite and disable."""
    ben = await register("ben")
    code = server.administrator_link.rpartition("=")[2]
    async with Client(server.url, retries=QUICK) as admin:
        await admin.api.sign_up("root", PASSWORD, invite=code)
        await admin.api.sign_in("root", PASSWORD)
        assert (await admin.api.create_invite(hours=1)).code
        assert (await admin.api.get_figures()).connections == 0
        assert (await admin.api.update_user(name_of(ben), admin=True)).admin
        assert (await admin.api.update_user(name_of(ben), disabled=True)).disabled
    with pytest.raises(UnauthenticatedError):
        await ben.api.get_me()


async def test_conversations_and_messages(register: Register) -> None:
    """A group's life over the client: members, roles, settings, messages, reactions, cursors, pages, search."""
    ana, ben = await register("ana"), await register("ben")
    made = await ana.api.create_conversation(ConversationKind.GROUP, [], title="Cine", request_id="once")
    again = await ana.api.create_conversation(ConversationKind.GROUP, [], title="Cine", request_id="once")
    assert made.id == again.id
    group = made.id
    assert (await ana.api.put_member(group, name_of(ben), role=Role.ADMIN)).role is Role.ADMIN
    assert {m.username for m in (await ana.api.list_members(group)).members} == {name_of(ana), name_of(ben)}
    changed = await ben.api.update_conversation(group, title="Teatro", history=History.ALL)
    assert (changed.title, changed.history) == ("Teatro", History.ALL)
    sent = await ana.api.send_message(group, "¿Vamos al teatro?", client_id="m1")
    assert await ana.api.send_message(group, "¿Vamos al teatro?", client_id="m1") == sent
    await ana.api.edit_message(group, sent.timestamp, "¿Vamos mañana?")
    versions = (await ben.api.list_versions(group, sent.timestamp, limit=1)).versions
    assert [version.text for version in versions] == ["¿Vamos mañana?"]
    for emoji in ("👍", "❤️", "🏳️‍🌈"):
        assert (await ben.api.add_reaction(group, sent.timestamp, emoji)).reactions[-1].emoji == emoji
    assert len((await ben.api.remove_reaction(group, sent.timestamp, "👍")).reactions) == 2
    assert (await ana.api.remove_previews(group, sent.timestamp)).previews == ()
    assert (await ben.api.get_conversation(group)).unread == 1
    assert (await ben.api.move_cursor(group, sent.timestamp)).unread == 0
    assert [m.text for m in (await ben.api.list_messages(group, around=sent.timestamp)).messages] == ["¿Vamos mañana?"]
    assert [r.message.text for r in (await ben.api.search_messages("mañana")).results] == ["¿Vamos mañana?"]
    assert [r.message.text async for r in ben.search("teatro mañana")] == []
    assert [(r.conversation, r.message.text) async for r in ben.search("mañana")] == [(group, "¿Vamos mañana?")]
    assert (await ana.api.delete_message(group, sent.timestamp)).deleted
    log = [entry async for entry in ana.log(group)]
    assert [entry.seq for entry in log] == list(range(1, len(log) + 1))
    assert (await ana.api.read_log(group, after=2, limit=1)).entries == log[2:3]
    await ana.api.remove_member(group, name_of(ben))
    with pytest.raises(NotFoundError):
        await ben.api.get_conversation(group)


@pytest.mark.slow
async def test_a_list_of_several_pages_is_read_to_its_end(register: Register) -> None:
    """`conversations` gives every conversation once, however many pages there are."""
    ana = await register("ana")
    made = [(await ana.api.create_conversation(ConversationKind.GROUP, [], title=str(n))).id for n in range(103)]
    assert [view.id for view in await ana.conversations()] == sorted(made)


async def test_media(register: Register) -> None:
    """A file that is uploaded and sent comes back the same, whole or from a byte on."""
    ana, ben = await register("ana"), await register("ben")
    group = (await ana.api.create_conversation(ConversationKind.GROUP, [name_of(ben)])).id
    content = bytes(range(256)) * 100
    attachment = await ana.upload("notes.bin", "application/octet-stream", content)
    sent = await ana.send(group, "here", attachments=[attachment])
    media = sent.attachments[0].media
    assert await ben.download(media) == content
    rest = [piece async for piece in ben.api.get_content(await ben.api.get_media(media), start=25_000)]
    assert b"".join(rest) == content[25_000:]


async def test_a_client_without_a_session_of_its_own_ends_the_one_it_began(
    server: RunningServer, register: Register
) -> None:
    """`Client.sign_in` signs out at the end; where a store keeps the session it stays."""
    username = name_of(await register("ana"))
    async with Client.sign_in(server.url, username, PASSWORD) as client:
        ended = client.session
    sessions = MemorySessions()
    async with Client.sign_in(server.url, username, PASSWORD, sessions=sessions):
        pass
    assert ended is not None
    async with Client(server.url, access_token=ended.access_token) as late:
        with pytest.raises(UnauthenticatedError):
            await late.api.get_me()
    async with Client(server.url, sessions=sessions) as kept:
        assert (await kept.api.get_me()).username == username
    assert isinstance(sessions.load(), SavedSession)
