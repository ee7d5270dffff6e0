"""What all rings of tests share: the address of a running system, where one is to be tested."""

import sys
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--url", help="base URL of a running system for tests/conformance; without it they start one")


def pytest_configure() -> None:
    """Says once that there is no `sniffio`: httpcore tries to import it several times in every request, and a search of
    the whole path that finds nothing costs more than the request."""
    modules: dict[str, Any] = sys.modules
    try:
        import sniffio  # type: ignore[import-not-found]  # noqa: F401
    except ImportError:
        modules["sniffio"] = None
