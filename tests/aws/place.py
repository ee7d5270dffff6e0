"""The serverless home in an emulator of its own: deployed by the real command, behind a stand-in for CloudFront."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import httpx
from tests.conformance.places import ADMIN, PASSWORD, Features
from tests.emulators.emulators import ROOT, Emulator, node_folder
from tests.emulators.emulators import ministack as start_ministack
from tests.emulators.processes import free_port, serving

STACK: Final = "tertulia"
SERVERLESS: Final = Features(
    restart=False,
    kill=False,
    admin=True,
    settings=True,
    clock=False,
    content=False,
    tables=True,
    close_codes=False,
    slow_readers=False,
    rates=False,
    pushed_once=False,
    at_once=False,
    preflight=False,
    patience=180,
)
"""`restart` and `kill`: there is no process that could be ended, functions come and go by themselves. `clock`: that of
the functions is the machine's. `content`: files are S3's. `preflight`: the emulator answers OPTIONS by itself, where
API Gateway leads it to the route `$default`; tests/edges gives the function such events. `close_codes`: API Gateway
chooses them, and can say nothing on a connection before it is open. `slow_readers`: it holds the sockets, too. `rates`:
each container counts for itself, and API Gateway's throttling bounds them together; tests/edges holds them on one.
`pushed_once`: the stream may push what the sender's function is just pushing. `at_once`: writers meet at the head, and
try again for 15 seconds; in the emulator a try of one of two hundred can take a second. `patience`: many calls at once
are as many containers, which all begin on this one machine."""
DEPLOY_SECONDS: Final = 300
CONFIRMATION_CODE: Final = "123456"
"""What the emulator sends to everybody."""
_OPTIONS: Final = {
    "TERTULIA_SIGN_UP": "--sign-up",
    "TERTULIA_RATE_FACTOR": "--rate-factor",
    "TERTULIA_ORIGINS": "--origin",
}
"""How a setting of the home on one machine is said when this one is deployed."""


def run_tertulia(emulator: Emulator, *arguments: str) -> str:
    """What a command prints; it must succeed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TERTULIA_", "AWS_"))}
    ran = subprocess.run(
        [sys.executable, "-m", "tertulia", *arguments],
        cwd=ROOT,
        env={**environment, **emulator.environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEPLOY_SECONDS,
        check=False,
    )
    assert ran.returncode == 0, f"tertulia {' '.join(arguments)}: {ran.returncode}\n{ran.stdout}\n{ran.stderr[-4000:]}"
    return ran.stdout


class Cloud:
    """ministack with IAM enforced, and the stacks in it."""

    def __init__(self, folder: Path) -> None:
        self._folder: Final = folder
        self._stack: Final = ExitStack()
        path = f"{node_folder()}{os.pathsep}{os.environ.get('PATH', '')}"
        self.emulator: Final = self._stack.enter_context(start_ministack(folder / "ministack", PATH=path))
        self._count = 0

    def close(self) -> None:
        self._stack.close()

    def place(self, settings: Mapping[str, str] | None = None) -> "AwsPlace":
        """One more chat, with a stack and a front of its own."""
        name = STACK if not self._count else f"{STACK}{self._count}"
        self._count += 1
        return AwsPlace(self, name, self._folder / name, settings or {})

    def denied(self) -> set[str]:
        """What functions asked for and their roles don't allow, by what they have written down."""
        found: set[str] = set()
        logs = self.emulator.client("logs")
        for group in logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/")["logGroups"]:
            pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
            text = "\n".join(event["message"] for page in pages for event in page["events"])
            asked = re.findall(r"is not authorized to perform: (\S+)", text)
            found |= {f"{group['logGroupName'].rpartition('/')[2]}: {action}" for action in asked}
        return found

    def log_of(self, function: str) -> str:
        """What a function has written down, for who looks why a test failed."""
        logs = self.emulator.client("logs")
        events = logs.filter_log_events(logGroupName=f"/aws/lambda/{function}")["events"]
        return "\n".join(event["message"].rstrip() for event in events)


class AwsPlace:
    """One deployed stack. It is as the home on one machine in the same tests: anybody signs up, and no rate is limited
    unless the settings say otherwise."""

    features = SERVERLESS

    def __init__(self, cloud: Cloud, stack: str, folder: Path, settings: Mapping[str, str]) -> None:
        self.cloud: Final = cloud
        self.stack: Final = stack
        self._resources: Final = ExitStack()
        self._port: Final = free_port()
        emulator = cloud.emulator
        given = {"TERTULIA_SIGN_UP": "open", "TERTULIA_RATE_FACTOR": "0", **settings}
        origins = [self.base_url, *filter(None, given.pop("TERTULIA_ORIGINS", "").split(","))]
        codes = given.pop("TERTULIA_CONFIRM_BY_EMAIL", "") == "true"
        options = ["--confirm-by-email"] if codes else []
        options += ["--previews"] if given.pop("TERTULIA_PREVIEWS", "") == "true" else []
        options += [part for name, value in given.items() for part in (_OPTIONS[name], value)]
        options += [part for origin in origins for part in ("--origin", origin)]
        said = run_tertulia(emulator, "deploy", "--stack", stack, "--yes", "--json", "--no-protect", *options)
        deployed = json.loads(said)
        self.outputs: Final[dict[str, str]] = deployed["outputs"]
        folder.mkdir(parents=True, exist_ok=True)
        command = [
            sys.executable,
            "-m",
            "tests.aws.front",
            emulator.url,
            self.outputs["DistributionId"],
            str(self._port),
        ]
        self._resources.enter_context(serving(command, ready=f"{self.base_url}/config.json", log=folder / "front.log"))
        try:
            self._sign_up_administrator(deployed["administrator_link"], codes=codes)
        except BaseException:
            self.close()
            raise

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def prefix(self) -> str:
        """With what the names of its tables and functions begin."""
        described = self.cloud.emulator.client("cloudformation").describe_stacks(StackName=self.stack)["Stacks"][0]
        values = {each["ParameterKey"]: each["ParameterValue"] for each in described["Parameters"]}
        return values["Prefix"]

    def _sign_up_administrator(self, link: str, *, codes: bool) -> None:
        """As the person does who deploys: by the link that was printed."""
        code = link.partition("?invite=")[2]
        body = {"username": ADMIN, "password": PASSWORD, "invite": code}
        if codes:
            body["email"] = f"{ADMIN}@example.org"
        response = self._post("/api/auth/sign-up", body)
        assert response.status_code == (202 if codes else 201), response.text
        if codes:
            response = self._post("/api/auth/confirm", {"username": ADMIN, "code": CONFIRMATION_CODE})
            assert response.status_code == 200, response.text

    def _post(self, path: str, body: Mapping[str, str]) -> httpx.Response:
        return httpx.post(f"{self.base_url}{path}", json=body, timeout=60, trust_env=False)

    def restart(self) -> None:
        raise NotImplementedError

    kill = start = restart

    def move_clock(self, seconds: float) -> None:
        raise NotImplementedError

    def close(self) -> None:
        """The stack stays until its cloud is closed."""
        self._resources.close()
