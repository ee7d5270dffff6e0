"""Every operation of the serverless home once, through its functions' handlers, with a meter on what it uses of AWS.

The scene is one group whose members are all connected with one device each. Tables and accounts are the emulator's;
pushes go to a server that plays `@connections`, so that connections stay.

Run: python -m tests.deployment.scene
It writes what was measured into src/tertulia/deployment/units.json, where the numbers live.
"""

import asyncio
import json
import secrets
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from tests.adapters.apigateway.gateway import running_gateway
from tests.adapters.web.receiver import Browser, Service, everywhere, running_service
from tests.adapters.web.site import Site, answer, opened_site, page, pages_of
from tests.deployment.metering import Meter
from tests.edges.function_events import ORIGIN, connecting, disconnecting, message, request
from tests.emulators import emulators
from tests.emulators.emulators import Emulator, template
from tests.emulators.pools import clients_of, create_pool
from tests.fixtures import pictures

from tertulia.adapters.memory.clock import SystemClock
from tertulia.adapters.web.dialing import Dialer
from tertulia.adapters.web.pages import WebPages
from tertulia.adapters.web.push_services import WebPush
from tertulia.api.operations import BY_NAME, OPERATIONS, Function
from tertulia.deployment.resources import path_of
from tertulia.homes.aws import AwsHome
from tertulia.homes.aws_settings import AwsSettings
from tertulia.ports.notifying import PushServices

PASSWORD: Final = "correct horse battery"
CONFIRMATION: Final = "123456"
RESET: Final = "654321"
"""The codes that the emulator sends to everybody."""
TEXT: Final = ("the quick brown fox jumps over the lazy dog and then it sleeps " * 8)[:200]
MESSAGES: Final = 50
PICTURE: Final = pictures.png()
BROWSER: Final = Browser()
HOST: Final = "pages.example"
SIZES: Final = (2, 10)
"""Members of the groups in which everything is measured."""
COUNTED: Final = ("write_units", "read_units", "posts", "cognito_calls", "s3_calls", "web_calls")
JSON = dict[str, Any]


class Scene:
    """People, a group of them, and what each operation used. `link` leads to a page of `site` with a picture."""

    def __init__(self, home: AwsHome, endpoint: str, site: Site, service: Service) -> None:
        self.home: Final = home
        self.service: Final = service
        self.site: Final = site
        self.link: Final = f"http://{HOST}:{site.port}/"
        self.meter: Final = Meter(home.clients, endpoint)
        self.used: Final[dict[str, JSON]] = {}
        self.asked: Final[dict[str, set[tuple[str, str]]]] = defaultdict(set)
        """What each function asked AWS for: actions of IAM, and tables."""
        self.tokens: Final[dict[str, str]] = {}
        self._http: Final = {each: home.http(each) for each in Function if each is not Function.LOCAL}
        # The one that signs people in was asked for last, so that the home has the app client's secret.
        self._http[Function.USERS_POST] = home.http(Function.USERS_POST)

    async def call(
        self, name: str, who: str = "", body: Any = None, *, query: str = "", record: str = "", **path: Any
    ) -> JSON:
        """An operation by its name; what it used is noted under it."""
        operation = BY_NAME[name]
        token = self.tokens.get(who, "")
        event = request(
            operation.method, operation.path.format(**path), token=token, body=body, query=query, origin=ORIGIN
        )
        before = Counter(self.meter.counts)
        answer = await self._http[operation.function].handle(event)
        assert answer["statusCode"] < 300, (name, answer)
        self._note(record or name, before, operation.function.value)
        found: JSON = json.loads(answer["body"] or "{}")
        return found

    async def say(self, who: str, action: str, **fields: Any) -> JSON:
        """An action on somebody's connection."""
        before = Counter(self.meter.counts)
        event = message({"action": action, "request": 1, **fields}, connection=_connection(who))
        answer = json.loads((await self.home.websocket.handle(event))["body"])
        assert answer["type"] == "result", answer
        self._note(action, before, "Chat-WebSocket")
        return answer

    async def say_read(self, who: str, group: str, timestamp: int) -> None:
        await self.say(who, "read", conversation=group, timestamp=timestamp)

    async def call_read(self, who: str, group: str, timestamp: int) -> None:
        await self.call("move_cursor", who, {"timestamp": timestamp}, id=group)

    async def connect(self, who: str) -> None:
        ticket = (await self.call("create_ticket", who))["ticket"]
        before = Counter(self.meter.counts)
        answer = await self.home.websocket.handle(connecting(ticket, connection=_connection(who)))
        assert answer["statusCode"] == 200
        self._note("connect", before, "Chat-WebSocket")

    async def disconnect(self, who: str) -> None:
        before = Counter(self.meter.counts)
        await self.home.websocket.handle(disconnecting(_connection(who)))
        self._note("disconnect", before, "Chat-WebSocket")

    async def stream(self, record: JSON) -> None:
        before = Counter(self.meter.counts)
        answer = await self.home.stream.handle({"Records": [record]})
        assert answer == {"batchItemFailures": []}
        self._note("stream", before, "Chat-Stream")

    async def look(self, who: str, group: str, timestamp: int) -> None:
        """As the function on links does it."""
        before, asked = Counter(self.meter.counts), len(self.site.asked)
        await self.home.previews.handle({"conversation": group, "author": who, "timestamp": timestamp})
        self.meter.counts["web_calls"] += len(self.site.asked) - asked
        self._note("previews", before, "Chat-Previews")

    async def notify(self, record: JSON) -> None:
        before = Counter(self.meter.counts)
        assert await self.home.notify.handle({"Records": [record]}) == {}
        self._note("notify", before, "Chat-Notify")

    def _note(self, name: str, before: Counter[str], function: str) -> None:
        """What is noted last is what holds: by then all is as it usually is."""
        used = self.meter.counts - before
        assert not used["scans"], f"{name} scans"
        self.asked[function] |= self.meter.actions
        self.meter.actions.clear()
        self.used[name] = {key: used[key] for key in COUNTED}

    async def sign_up(self, who: str) -> None:
        body = {"username": who, "password": PASSWORD, "name": who.title(), "email": f"{who}@example.org"}
        await self.call("sign_up", body=body)
        await self.call("confirm", body={"username": who, "code": CONFIRMATION})
        await self.sign_in(who)

    async def sign_in(self, who: str) -> str:
        body = {"username": who, "password": PASSWORD, "return_refresh_token": True}
        session = await self.call("sign_in", body=body)
        self.tokens[who] = session["access_token"]
        return str(session["refresh_token"])


def _connection(who: str) -> str:
    return f"connection-{who}"


async def play(scene: Scene, members: int, admin: str) -> None:
    """Everything once, in a group of so many."""
    people = [f"{name}{members}" for name in ("ana", "ben", *(f"p{number}" for number in range(members - 2)))]
    ana, ben = people[:2]
    for who in [*people, f"eve{members}"]:
        await scene.sign_up(who)
    await scene.sign_in(admin)
    for who in people:
        await scene.connect(who)
    body = {"kind": "group", "members": people[1:], "title": "A group", "id": f"group{members}"}
    group = (await scene.call("create_conversation", ana, body))["id"]
    await _notify(scene, group, people)
    await _write(scene, group, people)
    await _read(scene, group, ana, ben)
    await _change(scene, group, people, f"eve{members}")
    await _link(scene, group, ana)
    await _library(scene, group, admin, ben)
    await _accounts(scene, ben, admin)
    await scene.disconnect(ben)


async def _write(scene: Scene, group: str, people: list[str]) -> None:
    ana, ben = people[:2]
    sent: list[JSON] = []
    for number in range(1, MESSAGES):
        body = {"id": secrets.token_hex(8), "text": TEXT}
        sent.append(await scene.call("send_message", people[number % 2], body, id=group))
    await scene.say(ana, "send", conversation=group, id=secrets.token_hex(8), text=TEXT)
    mine = next(each for each in reversed(sent) if each["author"] == ana)
    where = {"id": group, "timestamp": mine["timestamp"]}
    await scene.call("edit_message", ana, {"text": f"{TEXT[:-1]}."}, **where)
    await scene.call("add_reaction", ben, **where, emoji="%F0%9F%91%8D")
    await scene.call("remove_reaction", ben, **where, emoji="%F0%9F%91%8D")
    await scene.call("list_versions", ben, **where)
    await scene.call("delete_message", ana, **where)
    await scene.say(ben, "typing", conversation=group)
    # Ben's cursor moved with what he sent himself; there is something new for it each time.
    new = await scene.call("send_message", ana, {"id": secrets.token_hex(8), "text": TEXT}, id=group)
    await scene.say_read(ben, group, new["timestamp"])
    body = {"id": secrets.token_hex(8), "text": TEXT, "reply_to": new["timestamp"]}
    reply = await scene.call("send_message", ana, body, id=group, record="send_message as a reply")
    await scene.call_read(ben, group, reply["timestamp"])
    await scene.say(ben, "presence", status="online", watch=people)
    await scene.say(ben, "ping")


async def _library(scene: Scene, group: str, admin: str, ben: str) -> None:
    """One picture and a pack of one, each sent and gone again."""
    media = await _completed(scene, admin, "p.png", PICTURE)
    name = f"name{secrets.token_hex(4)}"
    await scene.call("add_picture", admin, {"media": media, "kind": "sticker", "name": name})
    pack = await _completed(scene, admin, "p.zip", pictures.zipped({"a.png": PICTURE}))
    await scene.call("add_pack", admin, {"media": pack})
    await scene.call("get_library", ben)
    await scene.call("update_library", admin, {"house": True})
    await scene.call("list_pictures", ben, query="kind=sticker&query=name&limit=20")
    # Twice, since one of them is the 64th entry.
    for _ in range(2):
        body = {"id": secrets.token_hex(8), "attachments": [{"media": media}]}
        await scene.call("send_message", ben, body, id=group, record="send_message with a sticker")
    await scene.call("remove_picture", admin, id=media)
    await scene.call("remove_pack", admin, id=pack)


async def _completed(scene: Scene, who: str, name: str, content: bytes) -> str:
    """A file that was uploaded; what that uses is measured elsewhere."""
    kind = "image/png" if name.endswith("png") else "application/zip"
    media = await scene.call("create_media", who, {"name": name, "type": kind, "size": len(content)})
    scene.home.clients.client("s3").put_object(
        Bucket=scene.home.settings.media_bucket, Key=f"media/{media['id']}", Body=content
    )
    if kind == "image/png":
        await scene.call("complete_media", who, id=media["id"])
    return str(media["id"])


async def _read(scene: Scene, group: str, ana: str, ben: str) -> None:
    await scene.call("list_conversations", ana)
    await scene.call("get_conversation", ana, id=group)
    await scene.call("list_members", ana, id=group)
    for text in ("half a", "half a sent"):
        # The first is a new one; what holds is each that follows.
        await scene.call("keep_draft", ana, {"text": text}, id=group)
    await scene.call("list_drafts", ana)
    page = await scene.call("list_messages", ana, id=group, query="limit=50")
    thread = next(each["thread"] for each in page["messages"] if "thread" in each)
    await scene.call("list_messages", ana, id=group, query=f"thread={thread}", record="list_messages of a thread")
    await scene.call("read_log", ana, id=group, query="after=45&limit=10")
    await scene.call("search_messages", ana, query="query=fox&limit=20")
    media = await scene.call("create_media", ana, {"name": "x.png", "type": "image/png", "size": len(PICTURE)})
    scene.home.clients.client("s3").put_object(
        Bucket=scene.home.settings.media_bucket, Key=f"media/{media['id']}", Body=PICTURE
    )
    await scene.call("list_parts", ana, id=media["id"])
    await scene.call("complete_media", ana, id=media["id"])
    body = {"id": secrets.token_hex(8), "attachments": [{"media": media["id"]}], "live_seconds": 900}
    sent = await scene.call("send_message", ana, body, id=group, record="send_message with a file")
    where = {"timestamp": sent["timestamp"], "latitude": 40.4168, "longitude": -3.7038, "accuracy": 20}
    await scene.say(ana, "location", conversation=group, **where)
    await scene.call("get_media", ben, id=media["id"])
    await scene.call("list_users", ana, query="query=be&limit=20")
    await scene.call("get_me", ana)
    await scene.call("get_keys")


async def _change(scene: Scene, group: str, people: list[str], eve: str) -> None:
    ana = people[0]
    await scene.call("put_member", ana, {}, id=group, username=eve)
    await scene.call("remove_member", ana, id=group, username=eve)
    await scene.call("update_conversation", ana, {"live_typing": True}, id=group)
    await scene.say(ana, "draft", conversation=group, text="half a sent", version=1)
    await scene.call("update_conversation", ana, {"title": "Another title"}, id=group)


async def _link(scene: Scene, group: str, ana: str) -> None:
    body = {"id": secrets.token_hex(8), "text": scene.link}
    linked = await scene.call("send_message", ana, body, id=group, record="the 64th entry")
    # It costs more than others do: see `send_message` in docs/costs.md.
    del scene.used["the 64th entry"]
    await scene.look(ana, group, linked["timestamp"])
    found = await scene.call("remove_previews", ana, id=group, timestamp=linked["timestamp"])
    assert [each["url"] for each in found["previews"]] == [scene.link]


async def _notify(scene: Scene, group: str, people: list[str]) -> None:
    """All but the author of a message have a browser, look at nothing, and are told."""
    ana = people[0]
    for _ in range(2):
        # The first makes the key.
        await scene.call("get_notifications", ana)
    await scene.call("set_quiet_hours", ana, {"quiet": None})
    await scene.call("set_quiet_hours", ana, {"quiet": {"begin": 0, "end": 1, "zone": "UTC", "offset": 0}})
    await scene.call("choose_notifications", ana, {"level": "mentions"}, id=group)
    for shown in (False, True):
        await scene.call("set_receipts", ana, {"shown": shown})
    await scene.call("set_status", ana, {"emoji": "🎉", "text": "Until tomorrow", "dnd": True})
    assert (await scene.call("list_statuses", people[1], query=f"usernames={ana}"))["statuses"][ana]["dnd"]
    for who in people[1:]:
        await scene.say(who, "presence", status="away")
        known = BROWSER.device(f"{scene.service.origin}/{who}")
        body = {"endpoint": known.endpoint, "p256dh": known.p256dh, "auth": known.auth}
        device = await scene.call("put_device", who, body)
        # So that it is there to be read; it keeps nothing away.
        await scene.call("set_status", who, {"text": "Here"})
    await scene.call("send_message", ana, {"id": secrets.token_hex(8), "text": TEXT}, id=group)
    record = _last(scene.home, group)
    scene.meter.actions.clear()
    for _ in range(2):
        await scene.notify(record)
    told = await scene.service.wait(2 * (len(people) - 1))
    assert all(msgspec.json.decode(BROWSER.decrypt(each.body))["text"] == TEXT for each in told)
    await scene.call("remove_device", people[-1], id=device["id"])


async def _accounts(scene: Scene, ben: str, admin: str) -> None:
    await scene.call("get_figures", admin)
    await scene.call("update_me", ben, {"name": "Benjamin"})
    # What holds is that of one that takes another's place.
    for _ in range(2):
        media = await _completed(scene, ben, "p.png", PICTURE)
        await scene.call("update_me", ben, {"picture": media}, record="update_me with a picture")
    # Signing an address asks nobody.
    await scene.call("list_users", ben, query="query=be&limit=20")
    await scene.call("get_me", ben)
    await scene.call("create_invite", admin, {})
    await scene.call("update_user", admin, {"admin": False}, username=ben)
    refresh = await scene.sign_in(ben)
    await scene.call("refresh", body={"refresh_token": refresh, "return_refresh_token": True})
    session = await scene.call("change_password", ben, {"old": PASSWORD, "new": f"{PASSWORD} 2"})
    scene.tokens[ben] = session["access_token"]
    await scene.call("sign_out", ben, {"everywhere": True})
    await scene.call("resend_code", body={"username": ben})
    await scene.call("forgot_password", body={"username": ben})
    await scene.call("reset_password", body={"username": ben, "code": RESET, "new": PASSWORD})


@asynccontextmanager
async def opened_home(
    emulator: Emulator, endpoint: str, prefix: str, pages: WebPages, push: PushServices
) -> AsyncIterator[AwsHome]:
    """The home on the emulator's tables, pool and bucket, made for it."""
    bucket = f"{prefix.lower()}media"
    emulator.client("s3").create_bucket(Bucket=bucket)
    _create_tables(emulator, prefix)
    with clients_of(emulator) as clients, pytest.MonkeyPatch.context() as patch:
        for name, value in emulator.environment.items():
            patch.setenv(name, value)
        pool = create_pool(emulator, clients, prefix, confirm_by_email=True)
        yield AwsHome(
            AwsSettings(
                prefix=prefix,
                pool=pool.pool,
                client_id=pool.client_id,
                client_secret=pool.client_secret,
                media_bucket=bucket,
                origins=(ORIGIN,),
                websocket_endpoint=endpoint,
                confirm_by_email=True,
                rate_factor=0,
                endpoint_url=emulator.url,
            ),
            pages,
            push_services=push,
        )


def _create_tables(emulator: Emulator, prefix: str) -> None:
    """All but that of the connections, which comes with the pool."""
    for name, resource in template()["Resources"].items():
        if resource["Type"] == "AWS::DynamoDB::Table" and name != "ConnectionsTable":
            table = resource["Properties"]
            given = {key: table[key] for key in ("AttributeDefinitions", "KeySchema", "BillingMode")}
            named = table["TableName"]["Fn::Sub"].replace("${Prefix}", prefix)
            emulator.client("dynamodb").create_table(TableName=named, **given)


async def measure(emulator: Emulator, members: int) -> dict[str, JSON]:
    """What each operation uses in a group of so many, by its name."""
    prefix = f"Units{members}-"
    async with AsyncExitStack() as stack:
        site = await stack.enter_async_context(opened_site())
        site.answers["/"] = answer(page("A page", '<meta property="og:image" content="/a.png">'))
        site.answers["/a.png"] = answer(PICTURE, kind="image/png")
        gateway = stack.enter_context(running_gateway())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        service, trusted = await stack.enter_async_context(running_service(folder))
        push = WebPush(
            SystemClock(),
            dialer=Dialer(reachable=everywhere, own=True, ports=frozenset({service.port}), tls=trusted),
        )
        stack.callback(push.close)
        opened = opened_home(emulator, gateway.url, prefix, pages_of(site, HOST), push)
        home = await stack.enter_async_context(opened)
        scene = Scene(home, gateway.url, site, service)
        admin = f"root{members}"
        await scene.sign_up(admin)
        await home.accounts.set_admin(admin, True)
        await play(scene, members, admin)
        await scene.stream(_record(home, prefix))
        return scene.used


def _last(home: AwsHome, group: str) -> JSON:
    """A record of the stream: the last message of the group."""
    found = home.clients.client("dynamodb").query(
        TableName=f"{home.settings.prefix}Chat-Messages",
        KeyConditionExpression="conversation = :group",
        ExpressionAttributeValues={":group": {"S": group}},
        ScanIndexForward=False,
        Limit=1,
    )
    return _inserted(found["Items"][0])


def _record(home: AwsHome, prefix: str) -> JSON:
    """A record of the stream: the first message that the table has, which was pushed already."""
    return _inserted(home.clients.client("dynamodb").scan(TableName=f"{prefix}Chat-Messages", Limit=1)["Items"][0])


def _inserted(found: JSON) -> JSON:
    return {
        "eventID": "1",
        "eventName": "INSERT",
        "dynamodb": {"SequenceNumber": "1", "NewImage": found},
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:000000000000:table/x/stream/1",
    }


def fixed_and_each(small: JSON, large: JSON) -> JSON:
    """What holds for any group, and what comes again for each member, from what two groups used."""
    found: JSON = {}
    first, second = SIZES
    for key in COUNTED:
        each = (large[key] - small[key]) / (second - first)
        for name, value in ((key, small[key] - each * first), (f"{key}_each", each)):
            if abs(value) > 1e-9:
                found[name] = round(value, 4)
    return found


async def measure_all(emulator: Emulator) -> dict[str, JSON]:
    small, large = [await measure(emulator, members) for members in SIZES]
    assert set(small) == set(large)
    assert {each.name for each in OPERATIONS if each.function is not Function.LOCAL} <= set(small)
    return {name: fixed_and_each(small[name], large[name]) for name in small}


def main() -> None:
    """Writes what was measured into the table."""
    with tempfile.TemporaryDirectory() as folder, emulators.ministack(Path(folder)) as running:
        measured = asyncio.run(measure_all(running))
    path = path_of("units.json")
    table = json.loads(path.read_text())
    table["operations"] = measured
    rows = ",\n".join(f"    {json.dumps(name)}: {json.dumps(row)}" for name, row in table["operations"].items())
    habits = ",\n".join(f"    {json.dumps(name)}: {json.dumps(row)}" for name, row in table["habits"].items())
    path.write_text(f'{{\n  "habits": {{\n{habits}\n  }},\n  "operations": {{\n{rows}\n  }}\n}}\n')
    sys.stdout.write(f"{len(measured)} operations\n")


if __name__ == "__main__":
    main()
