"""`export` and `import` with a stack: from one machine into AWS, and back, without loss but for what can't move."""

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.cli.conftest import Run
from tests.client.server import PASSWORD, RunningServer, name_of
from tests.emulators.data_stack import create_data_stack
from tests.emulators.emulators import REGION, Emulator
from tests.fixtures import pictures

from tertulia.adapters.cognito.accounts import CognitoAccounts
from tertulia.adapters.cognito.settings import CognitoSettings
from tertulia.adapters.dynamodb.search import DynamoSearch
from tertulia.adapters.dynamodb.store import DynamoStore
from tertulia.adapters.memory.clock import SystemClock
from tertulia.adapters.memory.entropy import SystemEntropy
from tertulia.api import requests as q
from tertulia.aws.clients import Clients
from tertulia.client import Client
from tertulia.domain.entries import ConversationKind, History
from tertulia.domain.errors import UnauthenticatedError
from tertulia.domain.library import PictureKind
from tertulia.domain.members import Role
from tertulia.ports.search import SearchQuery

pytestmark = pytest.mark.slow

CONTENT = bytes(range(256)) * 2000
"""More than two pieces of a content."""


class Lived(NamedTuple):
    group: str
    ana: str
    ben: str
    dora: str


async def live(server: RunningServer) -> Lived:
    """A group with who left and who returned, a direct conversation, files, and somebody who will be disabled."""
    async with (
        await server.register("ana") as ana,
        await server.register("ben") as ben,
        await server.register("carla") as carla,
        await server.register("dora") as dora,
    ):
        others = [name_of(ben), name_of(carla), name_of(dora)]
        group = (await ana.api.create_conversation(ConversationKind.GROUP, others, title="Cine ñ 🎬")).id
        files = [
            await ana.upload("film.bin", "x/film", CONTENT),
            await ana.upload("π.png", "image/png", pictures.png((999, 999))),
        ]
        gif = await ana.upload("a.gif", "image/gif", pictures.moving("GIF"))
        await ana.api.add_picture(gif.media, PictureKind.GIF, "dancing", tags=["joy"])
        first = await ana.send(group, "first @" + name_of(ben), attachments=files)
        await ben.send(group, attachments=[gif, q.AttachmentRef(media="house-cup")])
        second = await ben.send(group, "second", reply_to=first.timestamp, client_id="mine")
        await carla.api.add_reaction(group, first.timestamp, "👍")
        await ana.api.add_reaction(group, first.timestamp, "👍")
        await ana.api.add_reaction(group, second.timestamp, "🎉")
        await ana.api.remove_reaction(group, second.timestamp, "🎉")
        await ben.api.edit_message(group, second.timestamp, "2nd")
        third = await carla.send(group, "gone", attachments=[await carla.upload("secret.txt", "text/plain", b"secret")])
        await carla.api.edit_message(group, third.timestamp, "gone soon")
        await carla.api.delete_message(group, third.timestamp)
        await ana.api.remove_member(group, name_of(ben))
        await ana.send(group, "while ben was away")
        await ana.api.put_member(group, name_of(ben), role=Role.ADMIN)
        await ana.api.remove_member(group, name_of(carla))
        await ana.api.update_conversation(group, title="Teatro", live_typing=True, history=History.ALL)
        for number in range(70):
            await dora.send(group, f"message {number}")
        await ben.api.move_cursor(group, first.timestamp)
        direct = (await ana.api.create_conversation(ConversationKind.DIRECT, [name_of(ben)])).id
        await ben.send(direct, "only you")
        await ana.api.update_me("Ana María")
        await ana.set_picture("ana.png", "image/png", pictures.png((300, 200)))
        return Lived(group, name_of(ana), name_of(ben), name_of(dora))


class World(NamedTuple):
    """A server's folder and its export; a stack's name and outputs."""

    lived: Lived
    data: Path
    exported: Path
    emulator: Emulator


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Lived]:
    folder = tmp_path_factory.mktemp("served")
    server = RunningServer(folder)
    try:
        lived = asyncio.run(live(server))
    finally:
        server.stop()
    return folder, lived


@pytest.fixture
def world(
    served: tuple[Path, Lived], ministack: Emulator, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> World:
    data, lived = served
    for name, value in ministack.environment.items():
        monkeypatch.setenv(name, value)
    assert run("user", "admin", lived.ana, "--data", data).code == 0
    assert run("user", "disable", lived.dora, "--data", data).code == 0
    exported = tmp_path / "exported.jsonl"
    assert run("export", exported, "--data", data).code == 0
    return World(lived, data, exported, ministack)


def lines_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def comparable(file: Path) -> dict[str, list[str]]:
    """The records, by what they belong to. Left out is what can't move: password hashes and when an account was made,
    which are Cognito's affair; and the header, which says who wrote the file and when."""
    found: dict[str, list[str]] = {}
    for record in lines_of(file)[1:-1]:
        if record["record"] == "user":
            assert {*record["user"]} <= {
                "username",
                "name",
                "admin",
                "disabled",
                "created",
                "password",
                "picture",
            }
            for name in ("password", "created"):
                record["user"].pop(name)
            owner = "users"
        elif record["record"] in ("media", "content", "thumbnail"):
            owner = record.get("media") or record["upload"]["id"]
        elif record["record"].startswith("library"):
            owner = "library"
        else:
            head = record["conversation"]
            owner = head["id"] if record["record"] == "conversation" else head
        found.setdefault(owner, []).append(json.dumps(record, sort_keys=True))
    found["users"].sort()
    return found


def test_there_and_back_nothing_is_lost(world: World, run: Run, tmp_path: Path) -> None:
    """Local -> AWS -> local: three exports are equal record by record, but for what can't move."""
    create_data_stack(world.emulator, "there-and-back")
    came = run("import", world.exported, "--stack", "there-and-back")
    assert came.code == 0, came.err
    assert "4 accounts are without a password" in came.out
    assert "admin-set-user-password" in came.out
    from_aws, back, again = tmp_path / "aws.jsonl", tmp_path / "back", tmp_path / "again.jsonl"
    went = run("export", from_aws, "--stack", "there-and-back", "--region", REGION)
    assert went.code == 0, went.err
    assert from_aws.stat().st_mode & 0o077 == 0
    assert comparable(from_aws) == comparable(world.exported)
    home = run("import", from_aws, "--data", back)
    assert home.code == 0, home.err
    assert "4 accounts are without a password" in home.out
    assert "tertulia user password" in home.out
    assert run("check", "--data", back).code == 0
    assert run("export", again, "--data", back).code == 0
    assert comparable(again) == comparable(world.exported)
    kinds = Counter(record["record"] for record in lines_of(again))
    assert kinds["media"] == 4, "the deleted message's file isn't there"
    shown = [record["user"].get("picture") for record in lines_of(again) if record["record"] == "user"]
    files = {record["upload"]["id"] for record in lines_of(again) if record["record"] == "media"}
    assert [picture in files for picture in shown if picture] == [True]
    assert kinds["library_picture"] == 1
    assert run("import", world.exported, "--stack", "there-and-back", "--json").json[0]["new"] == 0


def test_who_came_back_signs_in_with_a_new_password(world: World, run: Run, tmp_path: Path) -> None:
    """No password is right until the operator sets one; then everything is where it was."""
    create_data_stack(world.emulator, "new-password")
    from_aws, back = tmp_path / "aws.jsonl", tmp_path / "back"
    assert run("import", world.exported, "--stack", "new-password").code == 0
    assert run("export", from_aws, "--stack", "new-password").code == 0
    assert run("import", from_aws, "--data", back).code == 0
    server = RunningServer(back)
    try:
        with pytest.raises(UnauthenticatedError):
            asyncio.run(_texts(server.url, world.lived, PASSWORD))
        assert run("user", "password", world.lived.ana, "--data", back, stdin="a new fine sentence\n").code == 0
        texts, file = asyncio.run(_texts(server.url, world.lived, "a new fine sentence"))
        assert texts[0].startswith("first")
        assert "2nd" in texts
        assert file == CONTENT
    finally:
        server.stop()


async def _texts(url: str, lived: Lived, password: str) -> tuple[list[str], bytes]:
    async with Client.sign_in(url, lived.ana, password) as ana:
        page = await ana.api.list_messages(lived.group, after=0, limit=100)
        return [m.text for m in page.messages], await ana.download(page.messages[0].attachments[0].media)


async def test_people_of_a_stack_have_no_usable_password_and_get_one(world: World, run: Run) -> None:
    """Administrators are administrators and who was disabled is; the old password signs nobody in, one that the
    operator sets does; and search finds what was said."""
    outputs = await asyncio.to_thread(create_data_stack, world.emulator, "people")
    assert (await asyncio.to_thread(run, "import", world.exported, "--stack", "people")).code == 0
    cognito = world.emulator.client("cognito-idp")
    described = cognito.describe_user_pool_client(
        UserPoolId=outputs["UserPoolId"], ClientId=outputs["UserPoolClientId"]
    )
    clients = Clients()
    settings = CognitoSettings(
        pool=outputs["UserPoolId"],
        client_id=outputs["UserPoolClientId"],
        client_secret=described["UserPoolClient"]["ClientSecret"],
    )
    accounts = CognitoAccounts(clients, SystemClock(), SystemEntropy(), settings=settings, prefix="people-")
    try:
        ana, dora = await accounts.user(world.lived.ana), await accounts.user(world.lived.dora)
        assert ana is not None
        assert dora is not None
        assert (ana.admin, ana.name, ana.disabled) == (True, "Ana María", False)
        assert (dora.admin, dora.disabled) == (False, True)
        assert [u.username for u in await accounts.directory("mar", limit=5)] == [world.lived.ana]
        with pytest.raises(UnauthenticatedError):
            await accounts.sign_in(world.lived.ana, PASSWORD)
        cognito.admin_set_user_password(
            UserPoolId=settings.pool, Username=world.lived.ana, Password="a new fine sentence", Permanent=True
        )
        assert (await accounts.sign_in(world.lived.ana, "a new fine sentence")).user.admin
        store = DynamoStore(clients, SystemClock(), prefix="people-")
        search = DynamoSearch(store, clients, prefix="people-")
        found = await search.search(world.lived.ana, SearchQuery(terms=("away",)), limit=5)
        assert [each.message.text for each in found.found] == ["while ben was away"]
    finally:
        clients.close()


def test_an_import_into_aws_that_was_cut_off_is_finished_by_the_next(world: World, run: Run, tmp_path: Path) -> None:
    """A truncated file is refused with 2, whatever it ends with; the whole one then brings the rest."""
    create_data_stack(world.emulator, "cut-off")
    whole = world.exported.read_bytes()
    lines = whole.splitlines(keepends=True)
    cut, from_aws = tmp_path / "cut.jsonl", tmp_path / "aws.jsonl"
    for part in (1, 5, 40, len(lines) - 4, len(lines) - 1):
        cut.write_bytes(b"".join(lines[:part]))
        ran = run("import", cut, "--stack", "cut-off")
        assert (ran.code, "not" in ran.err) == (2, True), ran.err
    cut.write_bytes(whole[: len(whole) // 2])
    assert run("import", cut, "--stack", "cut-off").code == 2
    assert run("import", world.exported, "--stack", "cut-off").code == 0
    assert run("export", from_aws, "--stack", "cut-off").code == 0
    assert comparable(from_aws) == comparable(world.exported)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"record":"header","version":99,"product":"9","created":1}\n', "newer"),
        (b'{"name":"somebody else\'s"}\n', "Line 1"),
        (b"\x00\x01\x02" * 5000, "Line 1"),
        (b"", "not an export"),
    ],
)
def test_a_file_that_is_no_export_is_refused(world: World, run: Run, tmp_path: Path, content: bytes, said: str) -> None:
    """A foreign one, a newer one, an empty one: with a sentence and 2, before anything is written."""
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_bytes(content)
    if not any(
        s["StackName"] == "foreign" for s in world.emulator.client("cloudformation").describe_stacks()["Stacks"]
    ):
        create_data_stack(world.emulator, "foreign")
    ran = run("import", wrong, "--stack", "foreign")
    assert (ran.code, said in ran.err) == (2, True), ran.err
    assert run("export", tmp_path / "nothing.jsonl", "--stack", "foreign", "--json").json[0]["entries"] == 0


def test_a_stack_that_went_on_differently_is_refused(world: World, run: Run, tmp_path: Path) -> None:
    """With 1, and what is there stays."""
    create_data_stack(world.emulator, "other")
    assert run("import", world.exported, "--stack", "other").code == 0
    records = lines_of(world.exported)
    for record in records:
        if record["record"] == "entry" and record["entry"]["seq"] == 2:
            record["entry"]["text"] = "never said"
    wrong, from_aws = tmp_path / "wrong.jsonl", tmp_path / "aws.jsonl"
    wrong.write_text("".join(json.dumps(record) + "\n" for record in records))
    ran = run("import", wrong, "--stack", "other")
    assert (ran.code, "not the same log" in ran.err) == (1, True)
    assert run("export", from_aws, "--stack", "other").code == 0
    assert comparable(from_aws) == comparable(world.exported)


def test_a_stack_is_named_alone_and_is_there(world: World, run: Run, tmp_path: Path) -> None:
    """A folder and a stack at once are a usage error (2); a stack that isn't there is 4."""
    both = run("export", tmp_path / "x.jsonl", "--stack", "there", "--data", world.data)
    assert (both.code, "not both" in both.err) == (2, True)
    assert run("export", tmp_path / "x.jsonl", "--stack", "nowhere").code == 4
    assert run("import", world.exported, "--stack", "nowhere").code == 4
    assert not (tmp_path / "x.jsonl").exists()
