"""A chat that moved from one machine into the serverless home goes on there, over the API."""

import asyncio
import secrets
from pathlib import Path
from typing import Any

import pytest
from tests.aws.place import run_tertulia
from tests.client.server import PASSWORD, RunningServer, name_of
from tests.conformance.homes import Home
from tests.conformance.people import Person

from tertulia.domain.entries import ConversationKind

pytestmark = pytest.mark.slow

CONTENT = secrets.token_bytes(300_000)


async def _live(server: RunningServer) -> tuple[str, str, str]:
    """The group, its owner, and a member who sent a message under the id `mine`."""
    async with await server.register("ana") as ana, await server.register("ben") as ben:
        group = (await ana.api.create_conversation(ConversationKind.GROUP, [name_of(ben)], title="Moved")).id
        film = await ana.upload("film.bin", "x/film", CONTENT)
        first = await ana.send(group, "a sentence with zarzuela in it", attachments=[film])
        second = await ben.send(group, "second", client_id="mine")
        await ana.api.add_reaction(group, second.timestamp, "👍")
        await ben.api.edit_message(group, second.timestamp, "2nd")
        await ana.api.move_cursor(group, first.timestamp)
        return group, name_of(ana), name_of(ben)


def _export(folder: Path) -> tuple[Path, tuple[str, str, str]]:
    folder.mkdir()
    server = RunningServer(folder)
    try:
        lived = asyncio.run(_live(server))
    finally:
        server.stop()
    return folder, lived


async def _sign_in(home: Home, username: str) -> Person:
    """After the operator set a password, as docs/aws.md says."""
    place: Any = home.place
    place.cloud.emulator.client("cognito-idp").admin_set_user_password(
        UserPoolId=place.outputs["UserPoolId"], Username=username, Password=PASSWORD, Permanent=True
    )
    return await home.people.sign_in(username)


async def test_a_chat_that_moved_goes_on(home: Home, tmp_path: Path) -> None:
    """What people see is what they saw: messages, reactions, files, unread counts. A message that was sent before the
    move is recognised when it is sent again, search finds it, and the next one comes after all of them."""
    home.needs("tables")
    place: Any = home.place
    data, (group, ana_name, ben_name) = await asyncio.to_thread(_export, tmp_path / "data")
    file = str(tmp_path / "moved.jsonl")
    await asyncio.to_thread(run_tertulia, place.cloud.emulator, "export", file, "--data", str(data))
    said = await asyncio.to_thread(run_tertulia, place.cloud.emulator, "import", file, "--stack", place.stack)
    assert "2 accounts are without a password" in said
    refused = await home.post("/api/auth/sign-in", {"username": ana_name, "password": PASSWORD})
    assert refused.status_code == 401
    ana, ben = await _sign_in(home, ana_name), await _sign_in(home, ben_name)
    view = await ana.view(group)
    assert (view["title"], view["unread"], view["head"]["messages"]) == ("Moved", 1, 2)
    first, second = await ana.messages(group)
    assert (second["text"], second["reactions"]) == ("2nd", [{"emoji": "👍", "users": [ana_name]}])
    media = await ben.call("GET", f"/api/media/{first['attachments'][0]['media']}")
    response = await home.http.get(media["url"])
    assert response.content == CONTENT
    assert await ben.found("zarzuela") == [first["text"]]
    again = await ben.ask("POST", f"/api/conversations/{group}/messages", json={"id": "mine", "text": "second"})
    assert (again.status_code, again.json()["timestamp"]) == (200, second["timestamp"])
    other = await ben.refused(
        "id_reused", "POST", f"/api/conversations/{group}/messages", json={"id": "mine", "text": "x"}
    )
    assert other
    last = await ben.send(group, "here now")
    assert (last["seq"], last["number"]) == (6, 3)
    assert [entry["seq"] for entry in await ana.log(group)] == [1, 2, 3, 4, 5, 6]
