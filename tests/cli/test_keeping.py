"""`backup`, `check`, `export`, `import`: what was said stays said, and whatever is wrong is noticed."""

import asyncio
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from tests.cli.conftest import Run
from tests.client.server import PASSWORD, QUICK, RunningServer, name_of
from tests.fixtures import pictures

from tertulia.api import requests as q
from tertulia.client import Client
from tertulia.domain.entries import ConversationKind
from tertulia.domain.library import PictureKind
from tertulia.ports.portable import VERSION


async def live_a_little(server: RunningServer) -> tuple[str, str]:
    """A group with everything that can be in it: edits, deletions, reactions, files, who left. Its id and owner."""
    async with await server.register("ana") as ana, await server.register("ben") as ben:
        group = (await ana.api.create_conversation(ConversationKind.GROUP, [name_of(ben)], title="Cine")).id
        files = [
            await ana.upload("a.bin", "application/octet-stream", b"\x00\xff" * 99),
            await ana.upload("a.png", "image/png", pictures.png((1200, 900))),
        ]
        await ana.set_picture("ana.png", "image/png", pictures.png((500, 400)))
        gif = await ana.upload("a.gif", "image/gif", pictures.moving("GIF"))
        picture = await ana.api.add_picture(gif.media, PictureKind.GIF, "dancing", tags=["joy"])
        first = await ana.send(group, "first", attachments=[*files, q.AttachmentRef(media=picture.media)])
        second = await ben.send(group, "second", client_id="mine")
        await ana.api.add_reaction(group, second.timestamp, "👍")
        await ben.api.edit_message(group, second.timestamp, "2nd")
        third = await ben.send(group, "third")
        await ben.api.edit_message(group, third.timestamp, "drei")
        await ana.api.delete_message(group, third.timestamp)
        await ana.api.update_conversation(group, title="Teatro", live_typing=True)
        await ana.api.create_conversation(ConversationKind.DIRECT, [name_of(ben)])
        await ana.api.remove_member(group, name_of(ben))
        await ana.api.move_cursor(group, first.timestamp)
        return group, name_of(ana)


async def everything(url: str, username: str) -> list[Any]:
    """All that a person can read, and the bytes of the files."""
    async with Client.sign_in(url, username, PASSWORD, retries=QUICK) as client:
        views = await client.conversations()
        logs = [[entry async for entry in client.log(view.id)] for view in views]
        pages = [await client.api.list_messages(view.id) for view in views]
        carried = [a.media for page in pages for m in page.messages for a in m.attachments]
        files = [await client.download(media) for media in carried]
        shown = (await client.api.list_pictures(PictureKind.GIF)).pictures
        library = [replace(each, url="", still="", expires=0) for each in shown]
        me = await client.api.get_me()
        portrait = [me.picture, await thumbnails(client, me.picture)]
        return [views, logs, pages, files, library, portrait, [await thumbnails(client, each) for each in carried]]


async def thumbnails(client: Client, media: str) -> list[bytes]:
    """The small one and the large one, where there are."""
    described = await client.api.get_media(media)
    addresses = [each for each in (described.small, described.large) if each]
    return [b"".join([p async for p in client.api.get_content(described, address=each)]) for each in addresses]


@pytest.fixture(scope="module")
def lived(server: RunningServer) -> tuple[str, str]:
    return asyncio.run(live_a_little(server))


@pytest.fixture
def copy(server: RunningServer, lived: tuple[str, str], run: Run, tmp_path: Path) -> Path:
    """A data folder of the test's own with what was said in it."""
    target = tmp_path / "copy"
    assert run("backup", target, "--data", server.data).code == 0
    return target


@pytest.mark.slow
def test_a_server_on_a_backup_shows_the_same(
    server: RunningServer, lived: tuple[str, str], copy: Path, run: Run
) -> None:
    """The copy is a data folder: people, messages, files and passwords are in it, for its owner alone."""
    assert run("check", "--data", copy).code == 0
    assert [path for path in copy.rglob("*") if path.is_file() and path.stat().st_mode & 0o077] == []
    there = RunningServer(copy)
    try:
        assert asyncio.run(everything(there.url, lived[1])) == asyncio.run(everything(server.url, lived[1]))
    finally:
        there.stop()


@pytest.mark.slow
def test_a_backup_while_people_write_is_one_moment_of_the_log(server: RunningServer, run: Run, tmp_path: Path) -> None:
    """It ends although commits go on, and what is in it is whole."""
    enough, begun = threading.Event(), threading.Event()

    async def write() -> int:
        async with await server.register("ana") as ana:
            group = (await ana.api.create_conversation(ConversationKind.GROUP, [], title="Busy")).id
            async with ana.connect() as live:
                sent = 0
                while not enough.is_set():
                    await asyncio.gather(*(live.send(group, f"m{n}") for n in range(20)))
                    sent += 20
                    begun.set()
                return sent

    writing = threading.Thread(target=lambda: asyncio.run(write()))
    writing.start()
    assert begun.wait(20)
    try:
        for number in range(3):
            assert run("backup", tmp_path / str(number), "--data", server.data).code == 0
    finally:
        enough.set()
        writing.join()
    found = [run("check", "--data", tmp_path / str(number), "--json").json[0] for number in range(3)]
    assert [checked["problems"] for checked in found] == [[], [], []]
    assert found[0]["entries"] <= found[1]["entries"] <= found[2]["entries"]


def test_a_backup_goes_over_nothing(copy: Path, run: Run, tmp_path: Path) -> None:
    """A folder with something in it is refused, and so is a data folder that isn't there."""
    assert run("backup", copy, "--data", copy).code == 2
    assert run("backup", tmp_path / "new", "--data", tmp_path / "missing").code == 4
    assert not (tmp_path / "new").exists()


def test_the_data_of_a_running_server_is_well(server: RunningServer, lived: tuple[str, str], run: Run) -> None:
    """`check` reads beside the server and finds nothing."""
    ran = run("check", "--data", server.data)
    assert (ran.code, ran.out.splitlines()[-1].endswith("all is well.")) == (0, True)


DAMAGES = {
    "a lost entry": """DELETE FROM "Chat-Messages" WHERE seq = 3 AND conversation = :group""",
    "a lost last entry": """DELETE FROM "Chat-Messages" WHERE conversation = :group AND seq = (
        SELECT max(seq) FROM "Chat-Messages" WHERE conversation = :group)""",
    "a column that says otherwise": """UPDATE "Chat-Messages" SET author = 'x'
        WHERE seq = 2 AND conversation = :group""",
    "another text than the state": """UPDATE "Chat-Messages" SET state = replace(state, '2nd', '3rd')
        WHERE conversation = :group AND state IS NOT NULL""",
    "a head that is ahead": """UPDATE "Chat-Conversations" SET seq = seq + 1
        WHERE username = '#' AND conversation = :group""",
    "a count that is wrong": """UPDATE "Chat-Conversations" SET messages = 7
        WHERE username = '#' AND conversation = :group""",
    "another title": """UPDATE "Chat-Conversations" SET item = replace(item, 'Teatro', 'Circo')
        WHERE username = '#' AND conversation = :group""",
    "a lost member": """DELETE FROM "Chat-Conversations" WHERE username LIKE 'ana%' AND conversation = :group""",
    "a member too many": """UPDATE "Chat-Conversations" SET active = 1
        WHERE username LIKE 'ben%' AND conversation = :group""",
    "more read than there is": """UPDATE "Chat-Conversations" SET read_number = 99
        WHERE username LIKE 'ana%' AND conversation = :group""",
    "more shown than read": """UPDATE "Chat-Conversations" SET shown_timestamp = 99, shown_number = read_number + 1
        WHERE username LIKE 'ana%' AND conversation = :group""",
    "a lost head": """DELETE FROM "Chat-Conversations" WHERE username = '#' AND conversation = :group""",
    "a row that is no JSON": """UPDATE "Chat-Messages" SET entry = '{' WHERE seq = 2 AND conversation = :group""",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_found(copy: Path, lived: tuple[str, str], run: Run, damage: str) -> None:
    """Whatever one changes in the file by hand, `check` names the conversation and ends with 6."""
    with closing(sqlite3.connect(copy / "chat.db")) as connection, connection:
        assert connection.execute(DAMAGES[damage], {"group": lived[0]}).rowcount > 0
    ran = run("check", "--data", copy, "--json")
    assert ran.code == 6
    assert lived[0] in ran.json[0]["problems"][0]


def test_damage_to_files_is_found(copy: Path, lived: tuple[str, str], run: Run) -> None:
    """A file that is missing, one that is cut, and a database whose pages are broken."""
    file = next(path for path in (copy / "media").iterdir() if path.suffix == "" and path.is_file())
    file.write_bytes(b"\x00")
    assert "bytes" in run("check", "--data", copy, "--json").json[0]["problems"][0]
    file.unlink()
    assert "missing" in run("check", "--data", copy, "--json").json[0]["problems"][0]
    with closing(sqlite3.connect(copy / "accounts.db")) as connection:
        (picture,) = connection.execute("SELECT picture FROM users WHERE username = ?", (lived[1],)).fetchone()
    (copy / "media" / f"{picture}.small").unlink()
    said = run("check", "--data", copy, "--json").json[0]["problems"]
    assert any(problem.startswith("accounts: ") and picture in problem for problem in said)
    with (copy / "chat.db").open("r+b") as database:
        database.seek(4096)
        database.write(b"\xff" * 8192)
    assert run("check", "--data", copy).code == 6


@pytest.mark.slow
def test_an_export_moves_everything(server: RunningServer, lived: tuple[str, str], run: Run, tmp_path: Path) -> None:
    """A server on what was imported shows the same to people, who sign in with their passwords."""
    file, data = tmp_path / "chat.jsonl", tmp_path / "data"
    assert run("export", file, "--data", server.data).code == 0
    assert file.stat().st_mode & 0o077 == 0
    assert run("import", file, "--data", data).code == 0
    assert run("check", "--data", data).code == 0
    again = run("import", file, "--data", data, "--json").json[0]
    assert again["new"] == 0
    there = RunningServer(data)
    try:
        assert asyncio.run(everything(there.url, lived[1])) == asyncio.run(everything(server.url, lived[1]))
        assert run("import", file, "--data", data).code == 1, "a server uses the folder"
    finally:
        there.stop()


@pytest.fixture
def exported(copy: Path, run: Run, tmp_path: Path) -> Path:
    file = tmp_path / "exported.jsonl"
    assert run("export", file, "--data", copy).code == 0
    return file


def lines_of(file: Path) -> Iterator[dict[str, Any]]:
    return map(json.loads, file.read_text().splitlines())


def test_an_export_is_documented_lines(exported: Path) -> None:
    """A header with a version, then records, then an end that counts them."""
    records = list(lines_of(exported))
    assert (records[0]["record"], records[0]["version"]) == ("header", VERSION)
    assert {"user", "conversation", "member", "entry", "media", "content", "thumbnail"} <= {
        r["record"] for r in records
    }
    assert records[-1] == {"record": "end", "records": len(records) - 2}


@pytest.mark.slow
def test_an_import_that_was_interrupted_is_finished_by_the_next(exported: Path, run: Run, tmp_path: Path) -> None:
    """A file that is cut anywhere is refused at its end; the whole one then brings the rest."""
    lines = exported.read_bytes().splitlines(keepends=True)
    for part in (1, len(lines) // 4, len(lines) // 2, len(lines) - 2, len(lines) - 1):
        data, cut = tmp_path / f"cut-{part}", tmp_path / "cut.jsonl"
        cut.write_bytes(b"".join(lines[:part]))
        assert run("import", cut, "--data", data).code == 2
        assert run("import", exported, "--data", data).code == 0
        assert run("check", "--data", data).code == 0


def test_an_import_brings_only_what_is_new(
    server: RunningServer, lived: tuple[str, str], run: Run, tmp_path: Path
) -> None:
    """A later export of the same system brings what was said since."""
    first, later, data = tmp_path / "1.jsonl", tmp_path / "2.jsonl", tmp_path / "data"
    run("export", first, "--data", server.data)
    run("import", first, "--data", data)

    async def go_on() -> None:
        async with Client.sign_in(server.url, lived[1], PASSWORD) as ana:
            page = await ana.api.list_messages(lived[0])
            await ana.api.edit_message(lived[0], page.messages[0].timestamp, "erst")
            await ana.send(lived[0], "later")

    asyncio.run(go_on())
    run("export", later, "--data", server.data)
    new = run("import", later, "--data", data, "--json").json[0]["new"]
    assert 0 < new < 10
    assert run("check", "--data", data).code == 0
    assert run("import", first, "--data", data, "--json").json[0]["new"] == 0


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (lambda r: r.update(version=VERSION + 1) if r["record"] == "header" else None, 2, "newer"),
        (lambda r: r.update(record="other"), 2, "Line 1"),
        (lambda r: r["entry"].update(seq=99) if r["record"] == "entry" else None, 2, "comes after"),
        (lambda r: r.update(conversation="g_x") if r["record"] == "entry" else None, 2, "not where"),
        (lambda r: r["user"].update(password="plain") if r["record"] == "user" else None, 2, ""),
    ],
)
def test_a_file_that_is_wrong_is_refused(
    exported: Path, run: Run, tmp_path: Path, change: Any, code: int, said: str
) -> None:
    """With a sentence, and without half a conversation; files, which come last, may be missing."""
    records = list(lines_of(exported))
    for record in records:
        change(record)
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_text("".join(json.dumps(record) + "\n" for record in records))
    ran = run("import", wrong, "--data", tmp_path / "new")
    assert (ran.code, said in ran.err) == (code, True)
    checked = run("check", "--data", tmp_path / "new", "--json")
    assert checked.code == 4 or all("is missing" in problem for problem in checked.json[0]["problems"])


def test_another_log_under_the_same_name_is_refused(exported: Path, run: Run, tmp_path: Path, copy: Path) -> None:
    """Two systems that went apart are not mixed, and what is there stays."""
    records = list(lines_of(exported))
    for record in records:
        if record["record"] == "entry" and record["entry"]["seq"] == 2:
            record["entry"]["author"] = "somebody"
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_text("".join(json.dumps(record) + "\n" for record in records))
    ran = run("import", wrong, "--data", copy)
    assert ran.code == 1
    assert "not the same log" in ran.err
    assert run("check", "--data", copy).code == 0


def test_an_export_to_standard_output_without_files(
    server: RunningServer, lived: tuple[str, str], run: Run, tmp_path: Path
) -> None:
    """`-` writes nothing but records, and `--no-media` leaves contents out; people then have no picture."""
    ran = run("export", "-", "--no-media", "--data", server.data)
    assert {record["record"] for record in ran.json}.isdisjoint({"media", "content"})
    assert not any("picture" in record["user"] for record in ran.json if record["record"] == "user")
    assert run("import", tmp_path / "missing.jsonl").code == 4
