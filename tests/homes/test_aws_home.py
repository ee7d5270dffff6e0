"""Putting the functions together: settings, parts that are made when they are used, and how long loading takes."""

import os
import re
import subprocess
import sys

import pytest

from tertulia.domain import limits
from tertulia.homes.aws_settings import AwsSettings, read_aws_settings
from tertulia.homes.clock import WallClock
from tertulia.homes.deferred import deferred
from tertulia.homes.settings import SettingError, SignUp

IMPORT_MS = 300
"""What loading a function may take, botocore included."""
OWN_MS = 150
"""What our part of it may take, on a machine on which botocore takes `BOTOCORE_MS`."""
BOTOCORE_MS = 100
BOTOCORE = "botocore.session"
HANDLERS = "tertulia.homes.functions"


def test_settings_come_from_the_environment() -> None:
    """Each by its name; what is absent or empty has its default."""
    given = {
        "TERTULIA_PREFIX": "My-",
        "TERTULIA_POOL": "eu-central-1_abc",
        "TERTULIA_CLIENT_ID": "client",
        "TERTULIA_MEDIA_BUCKET": "bucket",
        "TERTULIA_ORIGINS": "https://one.example, https://two.example,",
        "TERTULIA_WEBSOCKET_ENDPOINT": "https://x.example/ws",
        "TERTULIA_SIGN_UP": "invite",
        "TERTULIA_CONFIRM_BY_EMAIL": "true",
        "TERTULIA_RATE_FACTOR": "0.5",
        "TERTULIA_PREVIEWS": "true",
        "TERTULIA_EDIT_SECONDS": "900",
        "TERTULIA_FRONT_SECRET": "",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
    }
    assert read_aws_settings(given) == AwsSettings(
        prefix="My-",
        pool="eu-central-1_abc",
        client_id="client",
        media_bucket="bucket",
        origins=("https://one.example", "https://two.example"),
        websocket_endpoint="https://x.example/ws",
        sign_up=SignUp.INVITE,
        confirm_by_email=True,
        rate_factor=0.5,
        previews=True,
        edit_seconds=900,
        endpoint_url="http://127.0.0.1:4566",
    )
    assert read_aws_settings({}) == AwsSettings()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("RATE_FACTOR", "x"),
        ("RATE_FACTOR", "-1"),
        ("RATE_FACTOR", "inf"),
        ("SIGN_UP", "perhaps"),
        ("EDIT_SECONDS", "-1"),
    ],
)
def test_settings_that_cannot_be_are_named(name: str, text: str) -> None:
    """The sentence says which."""
    with pytest.raises(SettingError, match=name):
        read_aws_settings({f"TERTULIA_{name}": text})


def test_settings_are_shown_without_their_secrets() -> None:
    """What is printed may end in a log."""
    shown = repr(AwsSettings(client_secret="hush", front_secret="quiet"))
    assert "hush" not in shown
    assert "quiet" not in shown


def test_a_deferred_part_is_made_once_and_at_its_first_use() -> None:
    """It has the attributes of the thing itself; where making it fails, the next use tries again."""
    made: list[list[int]] = []

    def make() -> list[int]:
        made.append([3, 1, 2])
        if len(made) == 1:
            raise TimeoutError
        return made[-1]

    part = deferred(make)
    assert made == []
    with pytest.raises(TimeoutError):
        part.sort()
    part.sort()
    part.append(4)
    assert made[1:] == [[1, 2, 3, 4]]


def test_containers_share_the_wall_clock() -> None:
    """A lease that one container writes another can read: both clocks are seconds and microseconds since 1970."""
    clock = WallClock()
    assert abs(clock.now() / 1_000_000 - clock.monotonic()) < 60
    assert 1_600_000_000 < clock.monotonic() < limits.TIMESTAMP_MAX / 1_000_000


def import_ms(*modules: str) -> dict[str, float]:
    """How long loading these takes in a fresh interpreter, in milliseconds, by Python's own account."""
    code = f"import {', '.join(modules)}"
    command = [sys.executable, "-X", "importtime", "-c", code]
    said = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ}).stderr
    rows = re.findall(r"import time:\s+(\d+) \|\s+(\d+) \| (\S+)$", said, re.MULTILINE)
    # Only what stands at the left margin was asked for; the rest is inside of it.
    return {name: int(total) / 1000 for _, total, name in rows if name in modules}


@pytest.mark.slow
def test_a_function_loads_within_its_budget() -> None:
    """At most 300 ms with botocore; where other work makes this machine slow, as much more as botocore alone does."""
    tries = []
    for _ in range(5):
        botocore = import_ms(BOTOCORE)[BOTOCORE]
        together = import_ms(BOTOCORE, HANDLERS)
        ours, whole = together[HANDLERS], sum(together.values())
        slowness = max(1.0, botocore / BOTOCORE_MS)
        tries.append((round(whole), round(ours), round(botocore)))
        if whole <= IMPORT_MS or (ours <= OWN_MS * slowness and whole <= IMPORT_MS * slowness):
            return
    pytest.fail(f"whole, ours, botocore alone, in ms: {tries}")


@pytest.mark.slow
def test_a_function_loads_nothing_that_it_does_not_need() -> None:
    """No server, no other home's adapters, no parser of Markdown, before they are used."""
    code = f"import sys, {HANDLERS}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    unwanted = ("starlette", "uvicorn", "httpx", "argon2", "sqlite3", "websockets", "tertulia.domain.markdown")
    unwanted += (
        "tertulia.adapters.sqlite",
        "tertulia.adapters.local_accounts",
        "tertulia.edges.server",
        "boto3",
        "botocore",
    )
    assert [name for name in loaded if name in unwanted] == []
