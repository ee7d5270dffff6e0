"""How a stack is: its parts, whether they answer, and what has been used."""

import urllib.error
import urllib.request
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct

from tertulia.deployment.account import Account
from tertulia.deployment.deploying import DATA_TABLES
from tertulia.deployment.problems import NotThereError
from tertulia.deployment.stack import Stack

DAYS: Final = 30
"""Over which what has been used is added up."""
_ANSWER_SECONDS: Final = 10
_FUNCTION: Final = "AWS::Lambda::Function"
_MAPPING: Final = "AWS::Lambda::EventSourceMapping"


class Check(Struct, frozen=True):
    """One thing that should be well."""

    name: str
    well: bool
    said: str = ""


class Status(Struct, frozen=True, kw_only=True):
    """All that is known of a stack. `used` is of the last 30 days, as CloudWatch counts it."""

    stack: str
    state: str
    region: str
    changed: str
    outputs: dict[str, str]
    checks: tuple[Check, ...]
    used: dict[str, float]
    stored: dict[str, int]

    @property
    def well(self) -> bool:
        return all(check.well for check in self.checks)


def status_of(account: Account, name: str, now: datetime) -> Status:
    """Asks AWS, and the site itself. Raises NotThereError."""
    stack = Stack(account, name)
    found = stack.describe()
    if found is None:
        message = f"There is no stack {name} in {account.region}. Make it with: tertulia deploy --stack {name}"
        raise NotThereError(message)
    outputs, resources = stack.outputs(), stack.resources()
    prefix = stack.parameters().get("Prefix", "")
    state = str(found["StackStatus"])
    checks = [
        Check("stack", state.endswith("_COMPLETE") and state not in ("ROLLBACK_COMPLETE", "DELETE_COMPLETE"), state),
        *(_function(account, physical) for _, kind, physical in resources if kind == _FUNCTION),
        *(_mapping(account, logical, physical) for logical, kind, physical in resources if kind == _MAPPING),
    ]
    if outputs:
        checks += [_failures(account, outputs["StreamFailures"]), *_answers(account, outputs)]
    return Status(
        stack=name,
        state=state,
        region=account.region,
        changed=(found.get("LastUpdatedTime") or found["CreationTime"]).isoformat(),
        outputs=outputs,
        checks=tuple(checks),
        used=_used(account, outputs, prefix, resources, now),
        stored=_stored(account, prefix),
    )


def _function(account: Account, name: str) -> Check:
    found = account.client("lambda").get_function_configuration(FunctionName=name)
    state, updated = found.get("State", "Active"), found.get("LastUpdateStatus", "Successful")
    return Check(name, (state, updated) == ("Active", "Successful"), found.get("StateReason") or state)


def _mapping(account: Account, name: str, identifier: str) -> Check:
    state = account.client("lambda").get_event_source_mapping(UUID=identifier)["State"]
    return Check(name, state == "Enabled", state)


def _failures(account: Account, queue: str) -> Check:
    """Whether the stream's function has given something up."""
    asked = account.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"])
    count = int(asked["Attributes"]["ApproximateNumberOfMessages"])
    return Check("failed records of the streams", count == 0, str(count))


def _answers(account: Account, outputs: dict[str, str]) -> list[Check]:
    """Whether page and API answer. An emulator has no such names; there the API is asked at its own address."""
    if account.emulated:
        base = f"{account.endpoint_url}/_aws/execute-api/{outputs['HttpApiId']}/$default"
        return [_answer("API", f"{base}/api/auth/jwks.json")]
    url = outputs["Url"]
    return [_answer("page", f"{url}/config.json"), _answer("API", f"{url}/api/auth/jwks.json")]


def _answer(name: str, address: str) -> Check:
    try:
        with urllib.request.urlopen(address, timeout=_ANSWER_SECONDS) as answer:  # noqa: S310  our own addresses
            return Check(name, answer.status == 200, f"{answer.status}")
    except urllib.error.HTTPError as error:
        with error:
            return Check(name, False, str(error.code))
    except OSError as error:
        return Check(name, False, str(error))


def _used(
    account: Account, outputs: dict[str, str], prefix: str, resources: list[tuple[str, str, str]], now: datetime
) -> dict[str, float]:
    """Sums of CloudWatch's metrics, in one call."""
    wanted: list[tuple[str, str, str, dict[str, str]]] = []
    for _, kind, name in resources:
        if kind == _FUNCTION:
            wanted.append(("function calls", "AWS/Lambda", "Invocations", {"FunctionName": name}))
            wanted.append(("function errors", "AWS/Lambda", "Errors", {"FunctionName": name}))
            wanted.append(("function milliseconds", "AWS/Lambda", "Duration", {"FunctionName": name}))
    for name in DATA_TABLES:
        table = {"TableName": f"{prefix}{name}"}
        wanted.append(("write units", "AWS/DynamoDB", "ConsumedWriteCapacityUnits", table))
        wanted.append(("read units", "AWS/DynamoDB", "ConsumedReadCapacityUnits", table))
    if outputs:
        wanted.append(("HTTP calls", "AWS/ApiGateway", "Count", {"ApiId": outputs["HttpApiId"]}))
        wanted.append(("WebSocket messages", "AWS/ApiGateway", "MessageCount", {"ApiId": outputs["WebSocketApiId"]}))
        wanted.append(("WebSocket connections", "AWS/ApiGateway", "ConnectCount", {"ApiId": outputs["WebSocketApiId"]}))
    queries = [_query(f"m{number}", *which[1:]) for number, which in enumerate(wanted)]
    pages = account.client("cloudwatch").get_paginator("get_metric_data")
    sums = dict.fromkeys((which[0] for which in wanted), 0.0)
    for page in pages.paginate(MetricDataQueries=queries, StartTime=now - timedelta(days=DAYS), EndTime=now):
        for result in page["MetricDataResults"]:
            sums[wanted[int(result["Id"][1:])][0]] += sum(result["Values"])
    return sums


def _query(identifier: str, namespace: str, metric: str, dimensions: dict[str, str]) -> dict[str, Any]:
    named = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    about = {"Namespace": namespace, "MetricName": metric, "Dimensions": named}
    return {"Id": identifier, "MetricStat": {"Metric": about, "Period": 86400, "Stat": "Sum"}}


def _stored(account: Account, prefix: str) -> dict[str, int]:
    """Bytes of each table, as DynamoDB counts them every six hours."""
    from botocore.exceptions import ClientError

    sizes: dict[str, int] = {}
    for name in DATA_TABLES:
        try:
            table = account.client("dynamodb").describe_table(TableName=f"{prefix}{name}")["Table"]
        except ClientError:
            continue
        sizes[f"{prefix}{name}"] = int(table.get("TableSizeBytes", 0))
    return sizes
