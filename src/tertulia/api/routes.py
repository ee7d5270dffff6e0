"""From a method and a path to an operation, where no framework does it."""

import re
from collections import defaultdict
from functools import cache
from typing import Final

from msgspec import Struct

from tertulia.api.http import unquote
from tertulia.api.operations import OPERATIONS, Operation

_PARAMETER: Final = re.compile(r"\{(\w+)\}")
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Route(Struct, frozen=True):
    """What a path takes: the methods, the operation of the one that was asked for, and the path's parameters.
    `operation` is None where the path doesn't take that method, `methods` empty where there is no such path."""

    operation: Operation | None
    parameters: dict[str, str]
    methods: tuple[str, ...]


def find_route(method: str, path: str) -> Route:
    """`path` is as it came, percent-encoded. Raises InvalidError where it isn't UTF-8 then."""
    for pattern, operations in _table():
        match = pattern.fullmatch(path)
        if match is not None:
            parameters = {name: unquote(value) for name, value in match.groupdict().items()}
            taken = {*operations, "OPTIONS", *(["HEAD"] if "GET" in operations else [])}
            methods = tuple(each for each in METHODS if each in taken)
            return Route(operations.get("GET" if method == "HEAD" else method), parameters, methods)
    return Route(None, {}, ())


@cache
def _table() -> list[tuple[re.Pattern[str], dict[str, Operation]]]:
    """One pattern for each path, in the table's order, in which a fixed name goes before a parameter."""
    paths: defaultdict[str, dict[str, Operation]] = defaultdict(dict)
    for operation in OPERATIONS:
        paths[operation.path][operation.method] = operation
    return [(re.compile(_PARAMETER.sub(r"(?P<\1>[^/]+)", path)), operations) for path, operations in paths.items()]
