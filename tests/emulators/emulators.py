"""The emulators: ministack for all of AWS, dynalite as a second, independent DynamoDB."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import yaml
from msgspec import Struct
from tests.emulators.processes import free_port, serving

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parent.parent
REGION: Final = "us-east-1"
ACCESS_KEY: Final = "test"
"""ministack's root; dynalite takes any."""


class Emulator(Struct, frozen=True):
    """A running emulator. `url` is its address for every service that it has."""

    name: str
    url: str
    pid: int

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 0

    @property
    def environment(self) -> dict[str, str]:
        """With which an AWS client of any kind speaks to it."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": ACCESS_KEY,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
        }

    def client(self, service: str, **config: Any) -> Any:
        """A boto3 client for it, as root."""
        # Loaded here, for it takes its time and most runs of a few tests don't need it.
        import boto3
        from botocore.config import Config

        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=ACCESS_KEY,
            config=Config(**{"retries": {"max_attempts": 1}, "max_pool_connections": 64, **config}),
        )

    def tables(self, prefix: str) -> set[str]:
        """Names of all its tables that begin so. There may be more than one answer holds."""
        pages = self.client("dynamodb").get_paginator("list_tables").paginate()
        return {name for page in pages for name in page["TableNames"] if name.startswith(prefix)}


@contextmanager
def ministack(folder: Path, *, auth: bool = True, clock: Path | None = None, **settings: str) -> Iterator[Emulator]:
    """ministack, with IAM enforced unless `auth` is False. Its Cognito goes by the clock in the file where one is
    given: see `tests.emulators.clocked`."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "localhost",
        "STATE_DIR": str(folder / "state"),
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "AUTH": "true" if auth else "false",
        **settings,
    }
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "ministack"]
    if clock is not None:
        command = [sys.executable, str(HERE / "clocked.py"), str(clock)]
    ready = f"{url}/_ministack/health"
    with serving(command, ready=ready, log=folder / "ministack.log", environment=environment) as pid:
        yield Emulator("ministack", url, pid)


@contextmanager
def dynalite(folder: Path) -> Iterator[Emulator]:
    """dynalite, in memory. It is installed at the first use."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    folder.mkdir(parents=True, exist_ok=True)
    node, npm = _node()
    lock, done = HERE / "package-lock.json", HERE / "node_modules" / ".package-lock.json"
    if not done.exists() or done.stat().st_mtime < lock.stat().st_mtime:
        npm("ci")
        done.touch()
    program = HERE / "node_modules" / "dynalite" / "cli.js"
    # Tables are there at once, as they are in ministack.
    command = [node, str(program), "--port", str(port), "--host", "127.0.0.1"]
    command += ["--createTableMs", "0", "--deleteTableMs", "0", "--updateTableMs", "0"]
    with serving(command, ready=url, log=folder / "dynalite.log") as pid:
        yield Emulator("dynalite", url, pid)


def _node() -> tuple[str, Any]:
    """The path of Node, and a function that runs npm in this folder: those with which the web client is built."""
    import runpy

    build = runpy.run_path(str(ROOT / "scripts" / "build_web.py"))
    folder, command = build["commands"]()

    def npm(*arguments: str) -> None:
        environment = build["environment"]()
        options = ["--no-audit", "--no-fund", "--ignore-scripts", "--silent"]
        subprocess.run([*command, *arguments, *options], cwd=HERE, env=environment, check=True)

    return str(folder / "node"), npm


def node_folder() -> Path:
    """Where the Node is with which the web client is built: ministack runs a distribution's functions by it."""
    return Path(_node()[0]).parent


class _Template(yaml.SafeLoader):
    """Reads CloudFormation's short forms: `!Sub x` is {"Fn::Sub": "x"}."""


def _intrinsic(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Any:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        return {name: value.split(".", 1) if name == "Fn::GetAtt" else value}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(node, deep=True)}


_Template.add_multi_constructor("!", _intrinsic)


def template() -> dict[str, Any]:
    """infra/template.yaml, with its intrinsic functions in their long form. It is the caller's to change."""
    return deepcopy(_parsed())


@cache
def _parsed() -> dict[str, Any]:
    """Once in a run: it takes a second."""
    parsed: dict[str, Any] = yaml.load((ROOT / "infra" / "template.yaml").read_text(), _Template)
    return parsed


def create_tables(emulator: Emulator, prefix: str) -> None:
    """The template's tables, under names that begin with `prefix`, with what is needed of their definitions."""
    client = emulator.client("dynamodb")
    for resource in template()["Resources"].values():
        if resource["Type"] != "AWS::DynamoDB::Table":
            continue
        properties = resource["Properties"]
        name = properties["TableName"]["Fn::Sub"].replace("${Prefix}", prefix)
        given = {key: properties[key] for key in ("AttributeDefinitions", "KeySchema", "BillingMode")}
        client.create_table(TableName=name, **given)
        client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
