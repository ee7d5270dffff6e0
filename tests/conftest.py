"""What all rings of tests share: the address of a running system, where one is to be tested."""

import signal
import sys
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from tests.emulators.fixtures import clocked_ministack, dynalite, ministack
from xdist.scheduler import LoadScopeScheduling

__all__ = ["clocked_ministack", "dynalite", "ministack"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--aws", action="store_true", help="run tests/conformance on the serverless home, in an emulator")
    parser.addoption("--url", help="base URL of a running system for tests/conformance; without it they start one")


class FileByFile(LoadScopeScheduling):
    """Where files run beside each other (`-n`), a file stays together, and so does the conformance suite: its last file
    looks back over the whole of it."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "conformance" if file.startswith("tests/conformance/") else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    # As they were collected, and not the files with most tests first: those aren't the longest.
    config.option.loadscopereorder = False
    return FileByFile(config, log)


LONGEST = ("conformance", "deployment", "browser", "cli", "contracts", "adapters", "evaluation", "faults")
"""Folders that come first, because they take longest: then the last files that run beside each other are short ones,
and no core waits long for the other at the end."""
UNTRACED = ("aws", "browser", "conformance", "faults", "history")
"""Folders whose tests look at whole systems: tracing each line of them takes a third of the time, and the tests of the
parts show what is covered."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent

    def folder(item: pytest.Item) -> str:
        return item.path.relative_to(here).parts[0] if item.path.is_relative_to(here) else ""

    for item in items:
        if folder(item) in UNTRACED:
            item.add_marker("no_cover")
    items.sort(key=lambda item: LONGEST.index(folder(item)) if folder(item) in LONGEST else len(LONGEST))


def pytest_configure() -> None:
    """Makes the run independent of how it was started, and not pay for what isn't there."""
    # A shell starts what it puts into the background with SIGINT ignored, and children inherit that.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # A test's time says nothing on a busy machine; what failed is printed so that it can be repeated.
    slow = [hypothesis.HealthCheck.too_slow]
    hypothesis.settings.register_profile("tertulia", deadline=None, print_blob=True, suppress_health_check=slow)
    hypothesis.settings.load_profile("tertulia")
    # httpcore tries to import `sniffio` several times in every request, and a search of the whole path that finds
    # nothing costs more than the request.
    modules: dict[str, Any] = sys.modules
    try:
        import sniffio  # type: ignore[import-not-found]  # noqa: F401
    except ImportError:
        modules["sniffio"] = None
