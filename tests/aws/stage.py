"""A deployed stack as the probes of its roles find it: people, what they have said, and the tables as root sees them.

The streams lead nowhere meanwhile, so that nothing is done but by the function that is asked; `stream` calls the
function on them.
"""

import base64
import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import httpx
import pytest
from tests.aws.place import AwsPlace
from tests.conformance.people import JSON, People, Person, new_id
from tests.conformance.places import ADMIN, PASSWORD
from tests.conformance.sockets import Socket
from tests.emulators.emulators import Emulator

from tertulia.domain import limits
from tertulia.homes.aws_settings import AwsSettings, read_aws_settings

WORD: Final = "lantern"
PACKED: Final = 64
"""Messages with which the search packs a conversation."""
CROWD: Final = 60
"""People enough for a group whose beginning is too large for one transaction."""
_TOKEN_SECONDS: Final = limits.ACCESS_TOKEN_SECONDS / 2


@contextmanager
def streams_off(emulator: Emulator, prefix: str) -> Iterator[None]:
    """The functions on the streams are called by nobody."""
    client = emulator.client("lambda")
    names = [f"{prefix}{name}" for name in ("Chat-Stream", "Chat-Notify")]
    found = [client.list_event_source_mappings(FunctionName=name)["EventSourceMappings"] for name in names]
    mappings = [each["UUID"] for mapped in found for each in mapped]
    assert len(mappings) == 3
    for each in mappings:
        client.update_event_source_mapping(UUID=each, Enabled=False)
    yield
    for each in mappings:
        client.update_event_source_mapping(UUID=each, Enabled=True)


class Stage:
    """`away` is a conversation whose last message was changed while `carl` was no member, in `missed` the last message
    came while he was none, and `long` has packed messages. `bea` listens."""

    ana: Person
    bea: Person
    carl: Person
    admin: Person
    listening: Socket
    group: str
    away: str
    missed: str
    long: str
    file: str
    crowd: Sequence[str]

    def __init__(self, place: AwsPlace, http: httpx.AsyncClient) -> None:
        self.people: Final = People(http)
        self.http: Final = http
        self._emulator: Final = place.cloud.emulator
        self._dynamodb: Final = self._emulator.client("dynamodb")
        self._functions: Final = self._emulator.client("lambda")
        self._pool: Final = place.outputs["UserPoolId"]
        self._prefix: Final = place.prefix
        self._signed_in = 0.0

    async def set(self) -> None:
        self.ana, self.bea, self.carl = [await self.people.register(name) for name in ("ana", "bea", "carl")]
        self.admin = await self.people.sign_in(ADMIN, PASSWORD)
        self._signed_in = time.monotonic()
        self.crowd = self._make_crowd()
        ana, bea, carl = self.ana, self.bea, self.carl
        self.group = await ana.group(bea, carl, title="Tertulia")
        media = await ana.upload(b"content")
        await ana.send(self.group, "with a file", attachments=[{"media": media}])
        self.file = media
        self.away = await ana.group(bea, carl)
        message = await ana.send(self.away, f"a {WORD}")
        await carl.react(self.away, message, "\N{THUMBS UP SIGN}")
        await ana.remove(self.away, carl)
        await ana.edit(self.away, message, "something else")
        await ana.add(self.away, carl, role="owner")
        self.missed = await ana.group(bea, carl)
        await ana.send(self.missed, "before")
        await ana.remove(self.missed, carl)
        await ana.send(self.missed, "meanwhile")
        await ana.add(self.missed, carl, role="owner")
        self.long = await ana.group(bea)
        for number in range(PACKED + 2):
            await ana.send(self.long, f"{WORD} {number}")
        assert self.stream(self.items("Messages", self.long)) == []
        self.listening = await bea.connect()

    async def refresh(self) -> None:
        """Nobody's token ends within a probe."""
        if time.monotonic() - self._signed_in < _TOKEN_SECONDS:
            return
        self._signed_in = time.monotonic()
        for person in (self.ana, self.bea, self.carl, self.admin):
            person.token = (await self.people.sign_in(person.username, person.password)).token

    def _make_crowd(self) -> list[str]:
        """By the pool's own administrator, which is quicker than that many sign-ups."""
        client = self._emulator.client("cognito-idp")
        names = [f"crowd{number}-{new_id()[:8]}" for number in range(CROWD)]
        for name in names:
            client.admin_create_user(UserPoolId=self._pool, Username=name, MessageAction="SUPPRESS")
        return names

    # What root sees

    def items(self, table: str, conversation: str) -> list[JSON]:
        """A conversation's items, oldest first."""
        found: list[JSON] = self._dynamodb.query(
            TableName=self._table(table),
            KeyConditionExpression="conversation = :c",
            ExpressionAttributeValues={":c": {"S": conversation}},
            ConsistentRead=True,
        )["Items"]
        return found

    def connection_item(self, key: str) -> JSON:
        """An item of `Chat-Connections`; empty where there is none."""
        answer = self._dynamodb.get_item(TableName=self._table("Connections"), Key={"id": {"S": key}})
        found: JSON = answer.get("Item", {})
        return found

    def forget(self, key: str) -> None:
        """Deletes an item of `Chat-Connections`."""
        self._dynamodb.delete_item(TableName=self._table("Connections"), Key={"id": {"S": key}})

    def ghost(self, person: Person) -> str:
        """The key of a connection that API Gateway doesn't know, and that is older than one that may be opening."""
        name = f"ghost{new_id()}"
        since, ends = str((int(time.time()) - 60) * 1_000_000), str(int(time.time()) + 3600)
        table, session = self._table("Connections"), {"S": "ghost"}
        self._dynamodb.put_item(
            TableName=table,
            Item={
                "id": {"S": f"connection#{name}"},
                "username": {"S": person.username},
                "session": session,
                "admin": {"BOOL": False},
                "since": {"N": since},
                "expires": {"N": ends},
            },
        )
        self._dynamodb.update_item(
            TableName=table,
            Key={"id": {"S": f"user#{person.username}"}},
            UpdateExpression="SET #c = :c",
            ExpressionAttributeNames={"#c": f"c#{name}"},
            ExpressionAttributeValues={":c": {"M": {"s": session, "t": {"N": since}}}},
        )
        return f"connection#{name}"

    def first_invitation(self) -> str:
        """A code for the first administrator, made after there is one."""
        code = new_id()
        self._dynamodb.put_item(
            TableName=self._table("Connections"),
            Item={
                "id": {"S": f"invite#{hashlib.sha256(code.encode()).hexdigest()}"},
                "by": {"S": ""},
                "admin": {"BOOL": True},
                "first": {"BOOL": True},
                "until": {"N": str((int(time.time()) + 3600) * 1_000_000)},
                "expires": {"N": str(int(time.time()) + 3600)},
            },
        )
        return code

    def unerase(self, edit: Mapping[str, Any]) -> None:
        """Gives an edit a text again, as if a deletion had not come to it."""
        self._dynamodb.update_item(
            TableName=self._table("Changes"),
            Key={name: edit[name] for name in ("conversation", "timestamp")},
            UpdateExpression="SET #t = :t REMOVE erased",
            ExpressionAttributeNames={"#t": "text"},
            ExpressionAttributeValues={":t": {"S": "still there"}},
        )

    def unpack(self, conversation: str) -> None:
        """Takes a conversation out of the search's index."""
        for item in self.items("Search", conversation):
            key = {name: item[name] for name in ("conversation", "segment")}
            self._dynamodb.delete_item(TableName=self._table("Search"), Key=key)

    def stream(self, items: Sequence[JSON], before: Sequence[JSON] | None = None) -> list[JSON]:
        """Calls the function on the streams with records of these items; what it says has failed."""
        records = [
            {
                "eventID": str(number),
                "eventName": "INSERT" if before is None else "MODIFY",
                "eventSource": "aws:dynamodb",
                "dynamodb": {
                    "SequenceNumber": str(number),
                    "NewImage": item,
                    **({} if before is None else {"OldImage": before[number]}),
                },
            }
            for number, item in enumerate(items)
        ]
        said = self._invoke("Chat-Stream", records)
        assert "batchItemFailures" in said, said
        failures: list[JSON] = said["batchItemFailures"]
        return failures

    @contextmanager
    def as_function(self, function: str) -> Iterator[AwsSettings]:
        """The settings of a function; meanwhile this process has the rights of its role, and no others."""
        configured = self._functions.get_function_configuration(FunctionName=self._prefix + function)
        role = configured["Role"].rpartition("/")[2]
        trusting = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
        iam = self._emulator.client("iam")
        before = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
        iam.update_assume_role_policy(
            RoleName=role, PolicyDocument=json.dumps({**before, "Statement": [*before["Statement"], trusting]})
        )
        sts = self._emulator.client("sts")
        given = sts.assume_role(RoleArn=configured["Role"], RoleSessionName="probe")["Credentials"]
        variables = {
            **self._emulator.environment,
            "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
            "AWS_SESSION_TOKEN": given["SessionToken"],
        }
        with pytest.MonkeyPatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(name, value)
            yield read_aws_settings({**configured["Environment"]["Variables"], "AWS_ENDPOINT_URL": self._emulator.url})
        iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(before))

    def log_of(self, function: str) -> list[str]:
        """What a function has written down so far."""
        events = self._emulator.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{self._prefix}{function}")
        return [event["message"] for event in events["events"]]

    def files_named(self, name: str, client_id: str) -> list[JSON]:
        """What is known of the files of that name that belong to a message."""
        found: list[JSON] = self._dynamodb.scan(
            TableName=self._table("Media"),
            FilterExpression="#n = :n AND client_id = :c",
            ExpressionAttributeNames={"#n": "name"},
            ExpressionAttributeValues={":n": {"S": name}, ":c": {"S": client_id}},
        )["Items"]
        return found

    def notify(self, items: Sequence[JSON]) -> None:
        """Calls the function that tells of messages with records of these items."""
        records = [
            {"eventName": "INSERT", "dynamodb": {"SequenceNumber": str(number), "NewImage": item}}
            for number, item in enumerate(items)
        ]
        assert self._invoke("Chat-Notify", records) == {}

    def _invoke(self, function: str, records: Sequence[JSON]) -> JSON:
        answer = self._functions.invoke(
            FunctionName=self._prefix + function, Payload=json.dumps({"Records": records}, default=_bytes)
        )
        said: JSON = json.loads(answer["Payload"].read())
        return said

    def _table(self, name: str) -> str:
        return f"{self._prefix}Chat-{name}"


def _bytes(value: object) -> str:
    """As Lambda has them in an event."""
    assert isinstance(value, bytes)
    return base64.b64encode(value).decode()
