"""An emulator of AWS for the tests of deployed stacks, and a browser."""

from collections.abc import Iterator

import pytest
from tests.aws.place import Cloud
from tests.browser.conftest import browser, chromium

__all__ = ["browser", "chromium"]


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    running = Cloud(tmp_path_factory.mktemp("cloud"))
    yield running
    running.close()
