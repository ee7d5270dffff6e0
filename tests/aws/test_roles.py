"""Each role is minimal: without any one of its statements, or of their actions, something named here fails."""

from collections.abc import AsyncIterator, Sequence
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final, NamedTuple

import httpx
import pytest
import pytest_asyncio
from tests.aws.needs import PROBES
from tests.aws.place import Cloud
from tests.aws.probes import FAILURES, Step
from tests.aws.roles import RESOURCES, Roles, Statement, of_type, statements
from tests.aws.stage import Stage, streams_off

pytestmark = pytest.mark.slow

STATEMENTS: Final = statements()
FUNCTIONS: Final = list(dict.fromkeys(each.function for each in STATEMENTS))
NOT_ASKED_FOR: Final = {
    **{(function, "WriteItsLog"): "the emulator writes a function's log itself" for function in FUNCTIONS},
    (
        "Chat-Stream",
        "ListTheStreams",
    ): "the emulator makes a mapping without asking whether its function may read the stream",
    ("Chat-Notify", "ListTheStreams"): "as above",
    ("Chat-Notify", "ReadTheStreams"): "as below",
    ("Chat-Stream", "ReadTheStreams"): "the emulator reads the streams for its mappings itself",
    ("Chat-Stream", "KeepWhatFailed"): "the emulator sends what failed itself, and doesn't heed batchItemFailures",
}
"""Statements for what Lambda does in the role's name and the emulator does in its own. Each is compared with what it is
for instead."""
ACTIONS_NOT_ASKED_FOR: Final = {
    ("Chat-Messages-POST", "SignUploadsAndDeleteFiles", "s3:PutObjectTagging"): (
        "S3 asks for it where PutObject has the header x-amz-tagging, the emulator doesn't"
    ),
    ("Chat-Media-POST", "RewriteFiles", "s3:PutObjectTagging"): (
        "S3 asks for it where PutObject has the header x-amz-tagging, the emulator doesn't"
    ),
    ("Chat-Previews", "StorePictures", "s3:PutObjectTagging"): (
        "S3 asks for it where PutObject has the header x-amz-tagging, the emulator doesn't"
    ),
    ("Chat-Users-POST", "ManageAccounts", "cognito-idp:AdminDeleteUser"): (
        "takes back a sign-up that failed half-way, which no request can bring about"
    ),
}


class Scene(NamedTuple):
    stage: Stage
    roles: Roles


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(cloud: Cloud) -> AsyncIterator[Scene]:
    """A deployed stack of this module's own, and people in it."""
    place = cloud.place({"TERTULIA_PREVIEWS": "true"})
    try:
        async with httpx.AsyncClient(base_url=place.base_url, timeout=60, trust_env=False) as http:
            http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
            stage = Stage(place, http)
            with streams_off(cloud.emulator, place.prefix):
                await stage.set()
                yield Scene(stage, Roles(cloud.emulator, place.prefix))
                await stage.people.close()
    finally:
        place.close()


def test_every_statement_has_a_probe_or_a_reason() -> None:
    """And there is no probe, and no reason, for what no role has."""
    keys = [each.key for each in STATEMENTS]
    assert len(set(keys)) == len(keys)
    assert sorted([*PROBES, *NOT_ASKED_FOR]) == sorted(keys)
    parts = {(*each.key, action) for each in STATEMENTS for action in each.actions}
    assert set(ACTIONS_NOT_ASKED_FOR) <= parts


@pytest.mark.timeout(300)
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("statement", [each for each in STATEMENTS if each.key in PROBES], ids=str)
async def test_a_role_needs_all_of_it(scene: Scene, statement: Statement) -> None:
    """What the whole role can do, it can't do without the statement, nor without one action or one resource of it."""
    stage, steps = scene.stage, PROBES[statement.key]
    await stage.refresh()
    for step in steps:
        await step(stage)
    with scene.roles.without(statement):
        if not await first_failure(stage, steps):
            # A container may remember what helps it.
            scene.roles.renew(statement.function)
            assert await first_failure(stage, steps), f"nothing fails without {statement}"
    for part in statement.parts:
        if (*statement.key, part.action) in ACTIONS_NOT_ASKED_FOR:
            continue
        with scene.roles.without(statement, part):
            assert await first_failure(stage, steps), f"nothing fails without {part} of {statement}"


async def first_failure(stage: Stage, steps: Sequence[Step]) -> str:
    """The name of the first step that fails; "" where none does."""
    for step in steps:
        try:
            await step(stage)
        except FAILURES:
            return step.__name__
    return ""


@pytest.mark.parametrize("statement", [each for each in STATEMENTS if each.sid == "WriteItsLog"], ids=str)
def test_a_function_writes_no_log_but_its_own(statement: Statement) -> None:
    """Adds streams and lines, to the log that is the function's; the log itself is the stack's to make."""
    log = attribute(statement.resources, "Arn")
    assert RESOURCES[log]["Properties"]["LogGroupName"] == {"Fn::Sub": f"/aws/lambda/${{Prefix}}{statement.function}"}
    name = {"Fn::Sub": f"${{Prefix}}{statement.function}"}
    (function,) = [each for each in of_type("AWS::Lambda::Function") if each["FunctionName"] == name]
    assert function["LoggingConfig"] == {"LogGroup": {"Ref": log}}
    assert statement.actions == ("logs:CreateLogStream", "logs:PutLogEvents")


@pytest.mark.parametrize("function", ["Stream", "Notify"])
def test_the_streams_that_may_be_read_are_those_that_lead_to_the_function(function: str) -> None:
    """With what Lambda needs for reading them: AWS Lambda Developer Guide, "Using Lambda with DynamoDB". It asks for a
    table's streams, which may be more than the one that leads to it."""
    name = f"Chat-{function}"
    (read,) = [each for each in STATEMENTS if each.key == (name, "ReadTheStreams")]
    (listed,) = [each for each in STATEMENTS if each.key == (name, "ListTheStreams")]
    sources = [each["EventSourceArn"] for each in mappings(f"{function}Function")]
    assert list(read.resources) == sources
    assert read.actions == ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")
    tables = [source["Fn::GetAtt"][0] for source in sources]
    assert list(listed.resources) == [{"Fn::Sub": f"${{{table}.Arn}}/stream/*"} for table in tables]
    assert listed.actions == ("dynamodb:ListStreams",)


def test_what_failed_may_be_sent_to_the_queue_that_keeps_it() -> None:
    (statement,) = [each for each in STATEMENTS if each.sid == "KeepWhatFailed"]
    queue = attribute(statement.resources, "Arn")
    assert RESOURCES[queue]["Type"] == "AWS::SQS::Queue"
    for mapping in mappings("StreamFunction"):
        assert mapping["DestinationConfig"] == {"OnFailure": {"Destination": {"Fn::GetAtt": [queue, "Arn"]}}}
    assert statement.actions == ("sqs:SendMessage",)


def attribute(resources: Sequence[Any], name: str) -> str:
    """The template's name of the one resource whose attribute this is."""
    (only,) = resources
    resource, named = only["Fn::GetAtt"]
    assert named == name
    return str(resource)


def mappings(function: str) -> list[dict[str, Any]]:
    """The template's event source mappings that lead to a function."""
    arn = {"Fn::GetAtt": [function, "Arn"]}
    found = [each for each in of_type("AWS::Lambda::EventSourceMapping") if each["FunctionName"] == arn]
    assert found
    return found
