"""The least stack that chats, made by the SDK on ministack: tables, a pool, functions, an HTTP API, a WebSocket API.

The template and the `deploy` command are tested elsewhere; this is for tests of the functions themselves.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from msgspec import Struct
from tests.emulators.emulators import REGION, Emulator, template
from tests.emulators.pools import clients_of, create_pool

from tertulia.api.operations import OPERATIONS, Function

ACCOUNT = "000000000000"
ORIGIN = "https://chat.example"


class Stack(Struct, frozen=True):
    """Where the stack is. `prefix` is that of its names."""

    emulator: Emulator
    prefix: str
    api: str
    websocket: str
    environment: dict[str, str]


@contextmanager
def running_stack(emulator: Emulator, prefix: str, bucket: str) -> Iterator[Stack]:
    """Makes it; it goes with the emulator."""
    _create_tables(emulator, prefix)
    _role(emulator, f"{prefix}functions")
    with clients_of(emulator) as clients:
        pool = create_pool(emulator, clients, prefix)
    emulator.client("s3").create_bucket(Bucket=bucket)
    gateway = emulator.client("apigatewayv2")
    http = gateway.create_api(Name=f"{prefix}http", ProtocolType="HTTP")["ApiId"]
    websocket = gateway.create_api(
        Name=f"{prefix}ws", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action"
    )["ApiId"]
    endpoint = f"{emulator.url}/_aws/execute-api/{websocket}/ws"
    environment = {
        "TERTULIA_PREFIX": prefix,
        "TERTULIA_POOL": pool.pool,
        "TERTULIA_CLIENT_ID": pool.client_id,
        "TERTULIA_MEDIA_BUCKET": bucket,
        "TERTULIA_ORIGINS": ORIGIN,
        "TERTULIA_WEBSOCKET_ENDPOINT": endpoint,
        "TERTULIA_RATE_FACTOR": "0",
    }
    _http_routes(emulator, http, {f: _function(emulator, prefix, f.value, f.name.lower(), environment) for f in _HTTP})
    _websocket_routes(emulator, websocket, _function(emulator, prefix, "Chat-WebSocket", "websocket", environment))
    stream = _function(emulator, prefix, "Chat-Stream", "stream", environment)
    _streams(emulator, prefix, stream)
    api = f"{emulator.url}/_aws/execute-api/{http}/$default"
    yield Stack(emulator, prefix, api, endpoint.replace("http", "ws", 1), environment)


_HTTP = [each for each in Function if each is not Function.LOCAL]
_ACTIONS = ("send", "read", "typing", "draft", "location", "presence", "ping")


def _create_tables(emulator: Emulator, prefix: str) -> None:
    """With their streams."""
    client = emulator.client("dynamodb")
    for resource in template()["Resources"].values():
        if resource["Type"] != "AWS::DynamoDB::Table":
            continue
        table = resource["Properties"]
        name = table["TableName"]["Fn::Sub"].replace("${Prefix}", prefix)
        if name.endswith("Chat-Connections"):
            continue  # the pool's helper makes it, for sessions are there
        given = {key: table[key] for key in ("AttributeDefinitions", "KeySchema", "BillingMode")}
        if "StreamSpecification" in table:
            given["StreamSpecification"] = {"StreamEnabled": True, **table["StreamSpecification"]}
        client.create_table(TableName=name, **given)


def _role(emulator: Emulator, name: str) -> str:
    """A role that may do everything: what each function needs at least is the template's affair."""
    iam = emulator.client("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy(trust))
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=_policy(everything))
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _function(emulator: Emulator, prefix: str, name: str, handler: str, environment: dict[str, str]) -> str:
    """A function whose code is the package as this environment has it installed."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("README", "The code comes from the environment of the emulator.")
    made = emulator.client("lambda").create_function(
        FunctionName=f"{prefix}{name}",
        Runtime="python3.13",
        Role=f"arn:aws:iam::{ACCOUNT}:role/{prefix}functions",
        Handler=f"tertulia.homes.functions.{handler}",
        Code={"ZipFile": code.getvalue()},
        Timeout=20,
        Environment={"Variables": environment},
    )
    arn: str = made["FunctionArn"]
    return arn


def _integrate(emulator: Emulator, api: str, function: str, **how: Any) -> str:
    uri = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{function}/invocations"
    gateway = emulator.client("apigatewayv2")
    made = gateway.create_integration(ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=uri, **how)
    return f"integrations/{made['IntegrationId']}"


def _http_routes(emulator: Emulator, api: str, functions: dict[Function, str]) -> None:
    gateway = emulator.client("apigatewayv2")
    targets = {f: _integrate(emulator, api, arn, PayloadFormatVersion="2.0") for f, arn in functions.items()}
    for operation in OPERATIONS:
        if operation.function in targets:
            key = f"{operation.method} {operation.path}"
            gateway.create_route(ApiId=api, RouteKey=key, Target=targets[operation.function])
    gateway.create_route(ApiId=api, RouteKey="$default", Target=targets[Function.USERS_GET])
    gateway.create_stage(ApiId=api, StageName="$default", AutoDeploy=True)


def _websocket_routes(emulator: Emulator, api: str, function: str) -> None:
    gateway = emulator.client("apigatewayv2")
    target = _integrate(emulator, api, function)
    for key in ("$connect", "$disconnect", "$default", *_ACTIONS):
        gateway.create_route(ApiId=api, RouteKey=key, Target=target)
    gateway.create_stage(ApiId=api, StageName="ws", AutoDeploy=True)


def _streams(emulator: Emulator, prefix: str, function: str) -> None:
    tables, functions = emulator.client("dynamodb"), emulator.client("lambda")
    for name in ("Chat-Messages", "Chat-Changes"):
        stream = tables.describe_table(TableName=prefix + name)["Table"]["LatestStreamArn"]
        functions.create_event_source_mapping(
            EventSourceArn=stream,
            FunctionName=function,
            StartingPosition="TRIM_HORIZON",
            FunctionResponseTypes=["ReportBatchItemFailures"],
        )
