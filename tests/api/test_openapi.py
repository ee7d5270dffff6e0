"""The OpenAPI document says what the table of operations says, all of it and nothing else."""

from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from tertulia.api.errors import STATUS
from tertulia.api.openapi import PROBLEM, openapi
from tertulia.api.operations import OPERATIONS, Access, Operation, errors_of
from tertulia.version import __version__

DOCUMENT = openapi()
EACH = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)


def described(operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][operation.path][operation.method.lower()]
    return found


def test_document_is_valid_openapi() -> None:
    """The document keeps the OpenAPI 3.1 specification."""
    validate(DOCUMENT)


def test_document_is_plain_json() -> None:
    """What the document holds survives JSON unchanged, so that what is validated is what is served."""
    assert msgspec.json.decode(msgspec.json.encode(DOCUMENT)) == DOCUMENT


def test_document_names_the_operations_of_the_table_and_no_others() -> None:
    """Table and document name the same operations."""
    names = [operation["operationId"] for path in DOCUMENT["paths"].values() for operation in path.values()]
    assert sorted(names) == sorted(operation.name for operation in OPERATIONS)


def test_document_says_the_version() -> None:
    """The document's version is the product's."""
    assert DOCUMENT["info"]["version"] == __version__


@EACH
def test_every_error_code_stands_under_its_status(operation: Operation) -> None:
    """The codes of a response are those of the operation that have this status."""
    found = {}
    for status, response in described(operation)["responses"].items():
        if PROBLEM in response["content"]:
            narrowed = response["content"][PROBLEM]["schema"]["allOf"][1]["properties"]
            assert narrowed["status"]["const"] == int(status)
            found.update(dict.fromkeys(narrowed["code"]["enum"], int(status)))
    assert found == {code: STATUS[code] for code in errors_of(operation)}


@EACH
def test_every_status_of_success_is_described(operation: Operation) -> None:
    """The document has the operation's statuses of success and no others."""
    found = [int(status) for status in described(operation)["responses"] if int(status) < 400]
    assert found == list(operation.statuses)


@EACH
def test_parameters_are_the_fields_of_path_and_query(operation: Operation) -> None:
    """Each field of the path and the query is a parameter, required where the decoder needs it, and never null."""
    found = {(p["in"], p["name"]): p for p in described(operation).get("parameters", [])}
    fields = {("path", f.encode_name): f for f in msgspec.structs.fields(operation.path_type)}
    fields |= {("query", f.encode_name): f for f in msgspec.structs.fields(operation.query_type)}
    assert {key: p["required"] for key, p in found.items()} == {key: f.required for key, f in fields.items()}
    assert "null" not in str([p["schema"] for p in found.values()])


@EACH
def test_who_may_call_is_in_the_security_of_the_operation(operation: Operation) -> None:
    """A token is asked for where, and only where, the table wants a user."""
    security = described(operation)["security"]
    assert (security == [{"bearer": []}]) == (operation.access in (Access.USER, Access.ADMIN))
    assert (security == [{"signature": []}]) == (operation.access is Access.SIGNED)


@pytest.mark.parametrize("code", sorted(DOCUMENT["components"]["examples"]))
def test_examples_of_problems_keep_the_schema(code: str) -> None:
    """The example of an error is what the schema of problems describes."""
    schema = {"$ref": "#/components/schemas/Problem", "components": DOCUMENT["components"]}
    Draft202012Validator(schema).validate(DOCUMENT["components"]["examples"][code]["value"])


def test_no_description_keeps_the_indentation_of_the_source() -> None:
    """Descriptions are readable text: no line of theirs begins with the spaces of a docstring."""

    def texts(value: Any) -> list[str]:
        if isinstance(value, list):
            return [text for item in value for text in texts(item)]
        if not isinstance(value, dict):
            return []
        own = [value["description"]] if isinstance(value.get("description"), str) else []
        return own + [text for item in value.values() for text in texts(item)]

    found = texts(DOCUMENT)
    assert len(found) > 100
    assert [text for text in found if "\n  " in text] == []
