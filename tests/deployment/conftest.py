"""What the tests of deploying share: one package, built once, as it is for an emulator on this machine."""

import pytest

from tertulia.deployment.packaging import Package, build_package, build_pictures, build_push
from tertulia.deployment.wheels import target_for


@pytest.fixture(scope="session")
def package() -> Package:
    """The functions' package for this machine's Python, which runs them in the emulator."""
    return build_package(target_for("x86_64", emulated=True))


@pytest.fixture(scope="session")
def layer() -> Package:
    """The one of the function that looks into files."""
    return build_pictures(target_for("x86_64", emulated=True))


@pytest.fixture(scope="session")
def push_layer() -> Package:
    """The one of the functions that sign and encrypt notifications."""
    return build_push(target_for("x86_64", emulated=True))
