"""A client of DynamoDB that fails as a test tells it to, before or after the real call."""

from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ReadTimeoutError
from tests.emulators.transactions import refusal

Call = Callable[..., Any]
Fault = Callable[[Call, dict[str, Any]], Any]
"""Gets the real operation and its parameters; gives an answer, or raises."""


class FaultyClient:
    """Passes everything on, but for what `plan` says. `calls` are the operations that were asked for, in order."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._plans: dict[str, deque[Fault]] = defaultdict(deque)
        self._always: dict[str, Fault] = {}
        self.calls: list[str] = []

    def plan(self, operation: str, *faults: Fault) -> None:
        """The next calls of the operation take one fault each."""
        self._plans[operation].extend(faults)

    def always(self, operation: str, fault: Fault) -> None:
        """Every call of the operation for which nothing else is planned."""
        self._always[operation] = fault

    def heal(self) -> None:
        """Nothing fails any more."""
        self._plans.clear()
        self._always.clear()

    def __getattr__(self, operation: str) -> Call:
        real = getattr(self._client, operation)

        def call(**parameters: Any) -> Any:
            self.calls.append(operation)
            plans = self._plans[operation]
            fault = plans.popleft() if plans else self._always.get(operation)
            return real(**parameters) if fault is None else fault(real, parameters)

        return call


def works(real: Call, parameters: dict[str, Any]) -> Any:
    return real(**parameters)


def cancelled(*codes: str) -> Fault:
    """The transaction is cancelled for these reasons, and nothing was done."""

    def fault(_: Call, __: dict[str, Any]) -> Any:
        raise refusal("TransactionCanceledException", "Transaction", [{"Code": code} for code in codes])

    return fault


def refused(code: str) -> Fault:
    """Nothing was done."""

    def fault(_: Call, __: dict[str, Any]) -> Any:
        raise refusal(code, "Operation")

    return fault


def lost_before(_: Call, __: dict[str, Any]) -> Any:
    """The request never arrived, and nobody knows."""
    raise ReadTimeoutError(endpoint_url="http://127.0.0.1")


def lost_after(real: Call, parameters: dict[str, Any]) -> Any:
    """It was done, and the answer got lost."""
    real(**parameters)
    raise ReadTimeoutError(endpoint_url="http://127.0.0.1")


def first_of_each(real: Call, parameters: dict[str, Any]) -> Any:
    """BatchGetItem that has time for one item of each table."""
    wanted = parameters["RequestItems"]
    answer = real(RequestItems={name: {**table, "Keys": table["Keys"][:1]} for name, table in wanted.items()})
    left = {name: {**table, "Keys": table["Keys"][1:]} for name, table in wanted.items() if table["Keys"][1:]}
    return {**answer, "UnprocessedKeys": left}


def none_of_them(_: Call, parameters: dict[str, Any]) -> Any:
    """BatchGetItem and BatchWriteItem that have time for nothing."""
    return {
        "Responses": {},
        "UnprocessedKeys": parameters["RequestItems"],
        "UnprocessedItems": parameters["RequestItems"],
    }


def half_written(real: Call, parameters: dict[str, Any]) -> Any:
    """BatchWriteItem that has time for half of each table's."""
    wanted = parameters["RequestItems"]
    real(RequestItems={name: writes[: (len(writes) + 1) // 2] for name, writes in wanted.items()})
    left = {name: writes[(len(writes) + 1) // 2 :] for name, writes in wanted.items() if len(writes) > 1}
    return {"UnprocessedItems": left}


def after(act: Callable[[], Any]) -> Fault:
    """Somebody else does something just before the call."""

    def fault(real: Call, parameters: dict[str, Any]) -> Any:
        act()
        return real(**parameters)

    return fault
