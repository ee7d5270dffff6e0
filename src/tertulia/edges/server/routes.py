"""Which operation a path and a method name.

Paths are matched as they came, before percent-decoding: a slash inside a segment (`%2F`) belongs to the segment.
"""

from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote_to_bytes

from msgspec import Struct

from tertulia.api.operations import Operation


class Match(Struct, frozen=True):
    """`operation` is None where the path exists and doesn't take the method; `allowed` are those that it takes."""

    operation: Operation | None
    path: dict[str, str]
    allowed: tuple[str, ...]


class _Node:
    """One segment of the tree of paths. A fixed name goes before a parameter: `/api/users/me` before `{username}`."""

    __slots__ = ("fixed", "methods", "names", "parameter")

    def __init__(self) -> None:
        self.fixed: dict[str, _Node] = {}
        self.parameter: _Node | None = None
        self.methods: dict[str, Operation] = {}
        self.names: dict[str, tuple[str, ...]] = {}

    def child(self, segment: str) -> "_Node":
        if not segment.startswith("{"):
            return self.fixed.setdefault(segment, _Node())
        if self.parameter is None:
            self.parameter = _Node()
        return self.parameter


class Routes:
    """The table of operations as a tree."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._root: Final = _Node()
        for operation in operations:
            segments = operation.path.split("/")[1:]
            node = self._root
            for segment in segments:
                node = node.child(segment)
            methods = ["GET", "HEAD"] if operation.method == "GET" else [operation.method]
            for method in methods:
                node.methods[method] = operation
                node.names[method] = tuple(s[1:-1] for s in segments if s.startswith("{"))

    def match(self, method: str, raw_path: bytes) -> Match | None:
        """None where there is no such path. Raises UnicodeDecodeError where a segment isn't UTF-8."""
        segments = raw_path.decode("ascii").split("/")[1:]
        found = self._find(self._root, segments, 0, [])
        if found is None:
            return None
        node, values = found
        operation = node.methods.get(method)
        allowed = (*node.methods, "OPTIONS")
        if operation is None:
            return Match(None, {}, allowed)
        return Match(operation, dict(zip(node.names[method], values, strict=True)), allowed)

    def _find(self, node: _Node, segments: list[str], depth: int, values: list[str]) -> tuple[_Node, list[str]] | None:
        if depth == len(segments):
            return (node, values) if node.methods else None
        segment = segments[depth]
        fixed = node.fixed.get(segment)
        if fixed is not None:
            found = self._find(fixed, segments, depth + 1, values)
            if found is not None:
                return found
        if node.parameter is None or not segment:
            return None
        value = unquote_to_bytes(segment).decode() if "%" in segment else segment
        return self._find(node.parameter, segments, depth + 1, [*values, value])
