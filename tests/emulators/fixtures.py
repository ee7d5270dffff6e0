"""The emulators as fixtures: each is started once for a run, by the first test that asks for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.emulators import emulators
from tests.emulators.emulators import Emulator
from tests.emulators.pools import clients_of

from tertulia.aws.clients import Clients


@pytest.fixture(scope="session")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """ministack with IAM enforced, for tests of single adapters: names that they make carry a prefix of their own."""
    with emulators.ministack(tmp_path_factory.mktemp("ministack")) as running:
        yield running


@pytest.fixture(scope="session")
def clocked_ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Emulator, Clients, Path]]:
    """ministack with a Cognito that tests move through time, clients for it, and the file of its clock."""
    folder = tmp_path_factory.mktemp("clocked")
    clock = folder / "clock"
    clock.write_text("1700000000000000")
    with emulators.ministack(folder, clock=clock) as running, clients_of(running) as clients:
        yield running, clients, clock


@pytest.fixture(scope="session")
def dynalite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with emulators.dynalite(tmp_path_factory.mktemp("dynalite")) as running:
        yield running
