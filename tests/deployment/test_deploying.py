"""The commands, on a whole account in an emulator that enforces IAM: made, the same again, changed, looked at, gone."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.cli.conftest import Ran, run
from tests.emulators.emulators import Emulator

from tertulia.cli.exits import DAMAGED, FAILED, NOT_FOUND
from tertulia.deployment import deploying, packaging, site
from tertulia.deployment.account import Account
from tertulia.deployment.deploying import DATA_TABLES

__all__ = ["run"]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
STACK = "trial"


@pytest.fixture
def command(
    run: Callable[..., Ran], ministack: Emulator, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Ran]]:
    """Runs `tertulia` for the emulator's account; the stack is gone afterwards."""
    for name, value in ministack.environment.items():
        monkeypatch.setenv(name, value)

    def tertulia(name: str, *arguments: str, stack: str = STACK, **how: Any) -> Ran:
        return run(name, "--stack", stack, *arguments, **how)

    yield tertulia
    tertulia("destroy", "--yes")


def deploy(command: Callable[..., Ran], *arguments: str) -> dict[str, Any]:
    ran = command("deploy", "--yes", "--json", *arguments)
    assert ran.code == 0, ran.err
    (said,) = ran.json
    return said


def objects(ministack: Emulator, bucket: str) -> dict[str, Any]:
    """Each object of a bucket with how it is sent."""
    s3 = ministack.client("s3")
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket).get("Contents", ())]
    return {key: s3.head_object(Bucket=bucket, Key=key) for key in keys}


def tables(ministack: Emulator) -> set[str]:
    return ministack.tables(f"{STACK}-")


def test_a_stack_is_made_once_and_then_nothing_changes(command: Callable[..., Ran], ministack: Emulator) -> None:
    """The first time everything is made; the second time nothing is, and it says so."""
    first = deploy(command)
    assert first["changed"]
    assert first["administrator_link"].startswith(f"{first['url']}/sign-up?invite=")
    assert tables(ministack) == {f"{STACK}-{name}" for name in DATA_TABLES}
    before = ministack.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    sent = {key: each["LastModified"] for key, each in objects(ministack, first["outputs"]["WebBucket"]).items()}
    again = command("deploy", "--yes")
    assert again.code == 0
    assert "Nothing has changed." in again.out
    after = ministack.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    assert after.get("LastUpdatedTime") == before.get("LastUpdatedTime")
    assert {k: o["LastModified"] for k, o in objects(ministack, first["outputs"]["WebBucket"]).items()} == sent


def test_progress_tells_each_resource(command: Callable[..., Ran]) -> None:
    """A line for each that has arrived, on standard error."""
    ran = command("deploy", "--yes")
    assert ran.code == 0
    assert "create_complete" in ran.err
    assert "MessagesTable (AWS::DynamoDB::Table)" in ran.err
    assert "create_complete" not in ran.out


def test_a_plan_does_nothing(command: Callable[..., Ran], ministack: Emulator) -> None:
    """What would be made, with the month's cost; afterwards there is neither stack nor bucket nor change set."""
    ran = command("deploy", "--plan")
    assert ran.code == 0
    assert "AWS::DynamoDB::Table" in ran.err
    assert "a month" in ran.err
    assert tables(ministack) == set()
    stacks = ministack.client("cloudformation").list_stacks()["StackSummaries"]
    assert not [each for each in stacks if each["StackName"] == STACK and each["StackStatus"] != "DELETE_COMPLETE"]


def test_a_plan_of_a_change_shows_the_change_alone(command: Callable[..., Ran], ministack: Emulator) -> None:
    """It names functions, and no table; nothing of the stack is other than before."""
    deploy(command, "--sign-up", "invite")
    (said,) = command("deploy", "--plan", "--json", "--sign-up", "closed").json
    kinds = {change["kind"] for change in said["changes"]}
    assert "AWS::Lambda::Function" in kinds
    assert "AWS::DynamoDB::Table" not in kinds
    stack = ministack.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    parameters = {each["ParameterKey"]: each["ParameterValue"] for each in stack["Parameters"]}
    assert parameters["SignUp"] == "invite"
    waiting = ministack.client("cloudformation").list_change_sets(StackName=STACK)["Summaries"]
    assert [each for each in waiting if each["ExecutionStatus"] == "AVAILABLE"] == []


def test_what_is_not_given_stays(command: Callable[..., Ran], ministack: Emulator) -> None:
    """A setting holds until it is given otherwise, and the functions and the page have it."""
    outputs = deploy(
        command, "--sign-up", "closed", "--rate-factor", "2", "--confirm-by-email", "--edit-seconds", "900"
    )["outputs"]
    deploy(command, "--sign-up", "open")
    function = ministack.client("lambda").get_function_configuration(FunctionName=f"{STACK}-Chat-Users-POST")
    variables = function["Environment"]["Variables"]
    assert (variables["TERTULIA_SIGN_UP"], variables["TERTULIA_RATE_FACTOR"]) == ("open", "2")
    assert variables["TERTULIA_EDIT_SECONDS"] == "900"
    assert variables["TERTULIA_FRONT_SECRET"]
    config = ministack.client("s3").get_object(Bucket=outputs["WebBucket"], Key="config.json")["Body"].read()
    limits = {"bytes_max": 104857600, "part_bytes": 8388608, "files_max": 10}
    places = {"api": "/api", "ws": "/ws", "media": limits}
    assert json.loads(config) == {**places, "sign_up": "open", "codes": True, "demo": False, "edit_seconds": 900}


def test_the_page_is_sent_as_it_should_be(command: Callable[..., Ran], ministack: Emulator) -> None:
    """Files with a hash in their names are kept for a year, of others a browser asks each time; each has its type."""
    there = objects(ministack, deploy(command)["outputs"]["WebBucket"])
    assert {"index.html", "config.json", "api/openapi.json", "api/asyncapi.json", "docs/errors"} <= set(there)
    hashed = [key for key in there if key.startswith("assets/")]
    assert hashed
    for key, each in there.items():
        wanted = "public, max-age=31536000, immutable" if key in hashed else "no-cache"
        assert each["CacheControl"] == wanted, key
    assert there["index.html"]["ContentType"] == "text/html; charset=utf-8"
    assert {there[key]["ContentType"] for key in hashed} <= {
        "text/javascript; charset=utf-8",
        "text/css; charset=utf-8",
        "text/plain; charset=utf-8",
    }


def test_a_new_page_takes_the_place_of_the_old(
    command: Callable[..., Ran], ministack: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """New files come, files of the version before go, and CloudFront is told to forget just what changed."""
    outputs = deploy(command)["outputs"]
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>new</title>")
    (tmp_path / "assets" / "index-new.js").write_text("0")
    monkeypatch.setattr(site, "FOLDER", tmp_path)
    assert deploy(command)["changed"]
    there = objects(ministack, outputs["WebBucket"])
    assert [key for key in there if key.startswith("assets/")] == ["assets/index-new.js"]
    listed = ministack.client("cloudfront").list_invalidations(DistributionId=outputs["DistributionId"])
    (only,) = listed["InvalidationList"]["Items"]
    told = ministack.client("cloudfront").get_invalidation(DistributionId=outputs["DistributionId"], Id=only["Id"])
    assert told["Invalidation"]["InvalidationBatch"]["Paths"]["Items"] == ["/index.html"]


def test_a_change_that_fails_is_rolled_back_and_says_why(
    command: Callable[..., Ran], ministack: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The resource that failed and AWS's own reason are told; the stack is as it was before."""
    deploy(command)
    broken = packaging.pack({"nothing": b""})
    monkeypatch.setattr(
        deploying, "build_package", lambda target, _: packaging.Package(broken, packaging.digest({"x": b""}), target)
    )
    # The code is gone when CloudFormation wants it.
    monkeypatch.setattr(deploying.CodeStore, "put_package", lambda self, package: self.key_of(package))
    ran = command("deploy", "--yes")
    assert ran.code == FAILED
    assert "Function (AWS::Lambda::Function)" in ran.err
    assert "as it was before" in ran.err
    stack = ministack.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    monkeypatch.undo()
    function = ministack.client("lambda").get_function(FunctionName=f"{STACK}-Chat-Users-GET")
    assert function["Configuration"]["CodeSize"] > len(broken)


def test_status_shows_parts_and_health(command: Callable[..., Ran], ministack: Emulator) -> None:
    """All is well after deploying; once a stream is switched off it is not, and the exit code says so."""
    outputs = deploy(command)["outputs"]
    ran = command("status", "--json")
    found = json.loads(ran.out)
    assert (ran.code, [check for check in found["checks"] if not check["well"]]) == (0, [])
    assert found["outputs"] == outputs
    assert len([check for check in found["checks"] if "Chat-" in check["name"]]) == 11
    assert set(found["stored"]) == {f"{STACK}-{name}" for name in DATA_TABLES}
    mappings = ministack.client("lambda").list_event_source_mappings(FunctionName=f"{STACK}-Chat-Stream")
    for each in mappings["EventSourceMappings"]:
        ministack.client("lambda").update_event_source_mapping(UUID=each["UUID"], Enabled=False)
    ran = command("status")
    assert ran.code == DAMAGED
    assert "BAD  MessagesStream" in ran.out


def test_the_functions_answer(command: Callable[..., Ran], ministack: Emulator) -> None:
    """An operation of the deployed API does what it does in every home."""
    outputs = deploy(command, "--sign-up", "open")["outputs"]
    base = f"{ministack.url}/_aws/execute-api/{outputs['HttpApiId']}/$default"
    body = {"username": "ana", "password": "correct horse battery"}
    with httpx.Client(timeout=60, trust_env=False) as http:
        assert http.post(f"{base}/api/auth/sign-up", json=body).status_code == 201
        assert http.get(f"{base}/api/users/me").json()["code"] == "unauthenticated"
        assert http.get(f"{base}/api/none").json()["code"] == "not_found"


def test_destroying_asks_for_the_name(command: Callable[..., Ran], ministack: Emulator) -> None:
    """Whoever doesn't write it loses nothing; whoever does loses everything, protected or not."""
    deploy(command, "--protect")
    refused = command("destroy", stdin="yes\n")
    assert refused.code != 0
    assert f"{STACK}-Chat-Messages" in refused.err
    assert tables(ministack)
    assert command("destroy", stdin=f"{STACK}\n").code == 0
    assert tables(ministack) == set()
    pools = ministack.client("cognito-idp").list_user_pools(MaxResults=60)["UserPools"]
    assert not [pool for pool in pools if pool["Name"].startswith(f"{STACK}-")]
    buckets = [each["Name"] for each in ministack.client("s3").list_buckets()["Buckets"]]
    assert not [name for name in buckets if name.startswith((f"{STACK}-", "tertulia-code-"))]


def test_data_can_be_kept_and_deleted_later(command: Callable[..., Ran], ministack: Emulator) -> None:
    """With --keep-data all data stays; a new stack doesn't touch it; destroying again deletes it."""
    outputs = deploy(command)["outputs"]
    media, web = outputs["MediaBucket"], outputs["WebBucket"]
    ministack.client("s3").put_object(Bucket=media, Key="media/x", Body=b"x")
    assert command("destroy", "--keep-data", "--yes").code == 0
    assert tables(ministack) == {f"{STACK}-{name}" for name in DATA_TABLES}
    buckets = [each["Name"] for each in ministack.client("s3").list_buckets()["Buckets"]]
    assert media in buckets
    assert web not in buckets
    refused = command("deploy", "--yes")
    assert refused.code == FAILED
    assert f"{STACK}-Chat-Messages" in refused.err
    assert command("destroy", "--yes").code == 0
    assert tables(ministack) == set()
    assert command("destroy", "--yes").code == NOT_FOUND


def test_what_is_not_there_is_said(command: Callable[..., Ran]) -> None:
    """No stack, no credentials, a name that can't be: a sentence and a code, no traceback."""
    ran = command("status", stack="nowhere")
    assert (ran.code, "There is no stack nowhere" in ran.err) == (NOT_FOUND, True)
    ran = command("deploy", "--yes", stack="Not_A_Name")
    assert (ran.code, "lower-case letters" in ran.err) == (FAILED, True)
    ran = command("deploy", "--yes", "--domain", "chat.example.org")
    assert (ran.code, "--certificate" in ran.err) == (FAILED, True)


def test_without_credentials_it_says_what_to_do(
    command: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """botocore's own exceptions don't reach people."""
    with monkeypatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.delenv(name)
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
        patch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
        ran = command("status")
    assert (ran.code, "There are no AWS credentials" in ran.err) == (FAILED, True)


def test_without_botocore_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore is an extra: who doesn't deploy doesn't need it."""
    monkeypatch.setitem(sys.modules, "botocore.config", None)
    monkeypatch.delitem(sys.modules, "tertulia.aws.clients", raising=False)
    with pytest.raises(deploying.DeploymentError, match=r'pip install "tertulia\[aws\]"'):
        Account("us-east-1")
