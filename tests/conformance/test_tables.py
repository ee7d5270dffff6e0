"""What the API wrote, as the AWS SDK finds it: by the report's tables and the report's keys, with no code of ours."""

from typing import Any

import pytest
from tests.conformance.homes import Home

pytestmark = pytest.mark.slow


def _dynamodb(home: Home) -> Any:
    """boto3's client, as root, as a person with the console has it."""
    home.needs("tables")
    place: Any = home.place
    return place.cloud.emulator.client("dynamodb")


async def test_a_conversation_is_found_by_its_id_and_a_username(home: Home) -> None:
    """`Chat-Conversations`: partition key conversation id, sort key username; one item per member, the head under #."""
    dynamodb = _dynamodb(home)
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben, title="Cine")
    await ana.send(group, "hello")
    rows = dynamodb.query(
        TableName="Chat-Conversations",
        KeyConditionExpression="conversation = :id",
        ExpressionAttributeValues={":id": {"S": group}},
    )["Items"]
    assert {row["username"]["S"] for row in rows} == {"#", ana.username, ben.username}
    key = {"conversation": {"S": group}, "username": {"S": ana.username}}
    row = dynamodb.get_item(TableName="Chat-Conversations", Key=key)["Item"]
    assert (row["role"]["S"], row["active"]["BOOL"]) == ("owner", True)
    head = dynamodb.get_item(TableName="Chat-Conversations", Key={**key, "username": {"S": "#"}})["Item"]
    assert (head["title"]["S"], head["seq"]["N"], head["messages"]["N"]) == ("Cine", "2", "1")


async def test_messages_are_found_by_conversation_and_timestamp(home: Home) -> None:
    """`Chat-Messages`: partition key conversation id, sort key timestamp, in the order in which they were sent."""
    dynamodb = _dynamodb(home)
    ana, ben = await home.register_all("ana", "ben")
    group = await ana.group(ben)
    sent = [await person.send(group, f"m{number}") for number, person in enumerate((ana, ben, ana))]
    await ben.react(group, sent[0], "👍")
    found = dynamodb.query(
        TableName="Chat-Messages",
        KeyConditionExpression="conversation = :id",
        ExpressionAttributeValues={":id": {"S": group}},
        ConsistentRead=True,
    )["Items"]
    assert [int(row["timestamp"]["N"]) for row in found] == [message["timestamp"] for message in sent]
    assert [(row["author"]["S"], row["text"]["S"]) for row in found] == [
        (ana.username, "m0"),
        (ben.username, "m1"),
        (ana.username, "m2"),
    ]
    key = {"conversation": {"S": group}, "timestamp": {"N": str(sent[1]["timestamp"])}}
    assert dynamodb.get_item(TableName="Chat-Messages", Key=key)["Item"]["text"]["S"] == "m1"
    later = dynamodb.query(
        TableName="Chat-Messages",
        KeyConditionExpression="conversation = :id AND #t > :t",
        ExpressionAttributeNames={"#t": "timestamp"},
        ExpressionAttributeValues={":id": {"S": group}, ":t": key["timestamp"]},
    )["Items"]
    assert [row["text"]["S"] for row in later] == ["m2"]


async def test_user_data_is_in_no_table(home: Home) -> None:
    """The report: accounts are the user pool's. A name that people see is found there and in no item."""
    dynamodb = _dynamodb(home)
    ana = await home.register("ana", name="Ana Zubizarreta")
    group = await ana.group()
    await ana.send(group, "hello")
    place: Any = home.place
    users = place.cloud.emulator.client("cognito-idp")
    pool = place.outputs["UserPoolId"]
    user = users.admin_get_user(UserPoolId=pool, Username=ana.username)
    assert "Ana Zubizarreta" in [each["Value"] for each in user["UserAttributes"]]
    tables = [name for name in dynamodb.list_tables()["TableNames"] if name.startswith("Chat-")]
    assert len(tables) == 8
    for table in tables:
        for page in dynamodb.get_paginator("scan").paginate(TableName=table):
            assert "Zubizarreta" not in repr(page["Items"])
