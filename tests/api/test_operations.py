"""The table of operations is consistent in itself."""

import re

import msgspec
import pytest

from tertulia.api.operations import ACCESS_ERRORS, OPERATIONS, Access, Operation, errors_of

EACH = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)


def test_names_and_addresses_are_unique() -> None:
    """No name and no method and path stand twice."""
    assert len({operation.name for operation in OPERATIONS}) == len(OPERATIONS)
    shapes = {(operation.method, re.sub(r"\{\w+\}", "{}", operation.path)) for operation in OPERATIONS}
    assert len(shapes) == len(OPERATIONS)


@EACH
def test_parts_of_the_path_are_the_fields_of_its_type(operation: Operation) -> None:
    """What stands in braces is what the handler is given."""
    assert re.findall(r"\{(\w+)\}", operation.path) == list(operation.path_type.__struct_fields__)


@EACH
def test_reading_has_no_body_and_changing_has_a_method_for_it(operation: Operation) -> None:
    """GET and DELETE take no body; a raw body is not also JSON."""
    if operation.method in ("GET", "DELETE") or operation.raw_body:
        assert operation.body_type is None
    assert operation.method in ("GET", "POST", "PUT", "PATCH", "DELETE")
    assert operation.path.startswith("/api/")


@EACH
def test_errors_are_declared_once(operation: Operation) -> None:
    """The operation's own codes don't repeat what its access implies already."""
    implied = ACCESS_ERRORS[operation.access]
    assert set(implied) <= set(errors_of(operation))
    assert len(set(operation.errors)) == len(operation.errors)
    if operation.access is not Access.PUBLIC:
        assert not set(operation.errors) & set(implied)


@EACH
def test_statuses_are_of_success(operation: Operation) -> None:
    """The usual one first, none twice."""
    assert operation.statuses
    assert all(200 <= status < 300 for status in operation.statuses)
    assert len(set(operation.statuses)) == len(operation.statuses)


@EACH
def test_a_summary_is_a_sentence(operation: Operation) -> None:
    """It begins with a capital and ends with a full stop."""
    assert re.fullmatch(r"[A-Z].*\.", operation.summary)


@EACH
def test_unknown_fields_are_refused(operation: Operation) -> None:
    """A misspelt parameter is noticed, in path, query and body."""
    for kind in (operation.path_type, operation.query_type, operation.body_type):
        if kind is not None:
            with pytest.raises(msgspec.ValidationError):
                msgspec.convert({"no_such_field": 1}, kind, strict=False)
            assert kind.__struct_config__.forbid_unknown_fields
