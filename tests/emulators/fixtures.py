"""The emulators as fixtures: each is started once for a run, by the first test that asks for it."""

from collections.abc import Iterator

import pytest
from tests.emulators import emulators
from tests.emulators.emulators import Emulator


@pytest.fixture(scope="session")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """ministack with IAM enforced, for tests of single adapters: names that they make carry a prefix of their own."""
    with emulators.ministack(tmp_path_factory.mktemp("ministack")) as running:
        yield running


@pytest.fixture(scope="session")
def dynalite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with emulators.dynalite(tmp_path_factory.mktemp("dynalite")) as running:
        yield running
