"""Tables and what they name don't drift apart."""

import ast
import re
from functools import cache

import pytest
from tests.tidy.sources import ROOT, modules, nodes, source

from tertulia.api.errors import STATUS, TITLES
from tertulia.api.events import CLOSE_REASONS
from tertulia.api.handlers import HANDLERS
from tertulia.api.operations import BY_NAME, OPERATIONS, errors_of
from tertulia.domain import limits
from tertulia.domain.errors import registry

NOT_RAISED_HERE: dict[str, str] = {}
"""Codes that nothing raises yet, with the reason."""
UNUSED_LIMITS: dict[str, str] = {
    "TYPING_INTERVAL_SECONDS": "for clients: how often they say it; the documents tell them",
}


GIVEN_BY_THE_PROTOCOL = {"protocol_error": "the sans-I/O core of RFC 6455 fails the connection with 1002 by itself"}
"""Close reasons that no line of ours gives, with who does."""


def test_every_operation_has_a_handler_and_every_handler_an_operation() -> None:
    """The names are the same, and none stands twice."""
    assert sorted(HANDLERS) == sorted(BY_NAME) == sorted(operation.name for operation in OPERATIONS)


def test_operations_declare_codes_that_exist() -> None:
    """Every code of the table is in the registry."""
    declared = {code for operation in OPERATIONS for code in errors_of(operation)}
    assert declared <= set(registry())


def test_every_code_has_a_status_with_a_title() -> None:
    """No code is without a meaning on the wire."""
    assert set(STATUS) == set(registry())
    assert set(STATUS.values()) == set(TITLES)


@cache
def strings(skip: str) -> set[str]:
    """Every string constant of the package outside one module."""
    return {
        node.value
        for name, node in nodes()
        if name != skip and isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@cache
def raised() -> set[str]:
    """Codes that are the first argument where an error is made, or answered by the edges."""
    found = set()
    for name, node in nodes():
        if isinstance(node, ast.Call) and name != "domain/errors.py":
            found |= {
                each.value
                for argument in node.args
                for each in ast.walk(argument)
                if isinstance(each, ast.Constant) and isinstance(each.value, str)
            }
    return found & set(registry())


@pytest.mark.parametrize("code", sorted(registry()))
def test_every_code_is_raised_somewhere(code: str) -> None:
    """A code that nothing raises goes, or has its reason in the list."""
    assert (code in raised()) is (code not in NOT_RAISED_HERE)


@pytest.mark.parametrize("code", sorted(registry()))
def test_every_code_is_documented(code: str) -> None:
    """The reference of errors has each code."""
    page = (ROOT / "docs" / "reference" / "errors.md").read_text()
    assert f"`{code}`" in page


def test_close_reasons_are_given_somewhere() -> None:
    """Each reason for which the server closes is named where it closes."""
    assert {r for r in CLOSE_REASONS if r not in strings("api/events.py")} == set(GIVEN_BY_THE_PROTOCOL)


@cache
def limits_used() -> set[str]:
    word = re.compile(r"\blimits\.([A-Z][A-Z0-9_]*)\b")
    return {name for module in modules() if module != "domain/limits.py" for name in word.findall(source(module))}


def names_of_limits() -> list[str]:
    return [name for name in vars(limits) if re.fullmatch(r"[A-Z][A-Z0-9_]*", name)]


@pytest.mark.parametrize("name", names_of_limits())
def test_every_limit_is_used(name: str) -> None:
    """A limit that nothing keeps is no limit."""
    assert (name in limits_used()) is (name not in UNUSED_LIMITS)
