"""What the tests of deploying share: one package, built once, as it is for an emulator on this machine."""

import pytest

from tertulia.deployment.packaging import Package, build_package
from tertulia.deployment.wheels import target_for


@pytest.fixture(scope="session")
def package() -> Package:
    """The functions' package for this machine's Python, which runs them in the emulator."""
    return build_package(target_for("x86_64", emulated=True))
