"""Watches every answer of a run: of the documented form, with a documented code, and which ones there were."""

import re
from collections import Counter
from typing import Final

import httpx
import msgspec

from tertulia.api.errors import STATUS
from tertulia.api.operations import OPERATIONS, Operation, errors_of
from tertulia.api.responses import Problem

ANYWHERE: Final = ("not_found", "method_not_allowed")
"""Codes for addresses that belong to no operation."""


def _pattern(operation: Operation) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(operation.path)))


_PATTERNS: Final = [
    (_pattern(operation), operation) for operation in sorted(OPERATIONS, key=lambda each: each.path.count("{"))
]


def operation_of(method: str, path: str) -> Operation | None:
    """The operation that a request calls, by the table alone. A fixed name goes before a parameter."""
    wanted = "GET" if method == "HEAD" else method
    found = [each for pattern, each in _PATTERNS if pattern.fullmatch(path) and each.method == wanted]
    return found[0] if found else None


class Witness:
    """What was called and what was answered, by operation. `broken` are answers that the table doesn't allow."""

    def __init__(self) -> None:
        self.succeeded: Counter[str] = Counter()
        self.failed: Counter[tuple[str, str]] = Counter()
        self.broken: list[str] = []

    async def saw(self, response: httpx.Response) -> None:
        """Takes note of an answer; for the event hook of an HTTP client."""
        request = response.request
        path = request.url.raw_path.decode().partition("?")[0]
        operation = operation_of(request.method, path)
        if operation is None or request.method == "OPTIONS":
            return
        await response.aread()
        fault = self._success(operation, response) if response.is_success else self._failure(operation, response)
        if fault:
            self.broken.append(f"{operation.name} answered {response.status_code}: {fault}: {response.text[:300]}")

    def missing(self) -> list[str]:
        """Operations that never succeeded, and declared codes that were never answered."""
        called = [operation.name for operation in OPERATIONS if not self.succeeded[operation.name]]
        codes = [(operation.name, code) for operation in OPERATIONS for code in errors_of(operation)]
        return called + [f"{name}: {code}" for name, code in codes if not self.failed[name, code]]

    def _success(self, operation: Operation, response: httpx.Response) -> str:
        self.succeeded[operation.name] += 1
        if response.status_code not in operation.statuses:
            return "a status of success that is not declared"
        if operation.raw_response or response.request.method == "HEAD":
            return ""
        if response.headers["content-type"] != "application/json":
            return f"content type {response.headers['content-type']}"
        try:
            msgspec.json.decode(response.content, type=operation.response)
        except msgspec.MsgspecError as error:
            return str(error)
        return ""

    def _failure(self, operation: Operation, response: httpx.Response) -> str:
        if response.request.method == "HEAD":
            return ""
        if response.headers.get("content-type") != "application/problem+json":
            return f"content type {response.headers.get('content-type')}"
        try:
            problem = msgspec.json.decode(response.content, type=Problem)
        except msgspec.MsgspecError as error:
            return str(error)
        self.failed[operation.name, problem.code] += 1
        if problem.code in ANYWHERE:
            # The path had the look of an operation's, and led to none.
            return ""
        if problem.code not in errors_of(operation):
            return f"code {problem.code} is not declared"
        if not response.status_code == problem.status == STATUS[problem.code]:
            return f"status {problem.status} for code {problem.code}"
        if response.status_code == 429 and "retry-after" not in response.headers:
            return "no Retry-After"
        return ""
