"""One pool and what tests do with it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError
from msgspec import Struct
from tests.emulators.emulators import Emulator

from tertulia.adapters.cognito.accounts import CognitoAccounts
from tertulia.adapters.cognito.settings import CognitoSettings
from tertulia.adapters.memory.clock import SetClock
from tertulia.adapters.memory.entropy import SystemEntropy
from tertulia.aws.clients import Clients
from tertulia.domain.errors import ChatError

PASSWORD = "a fine long sentence"
OTHER_PASSWORD = "another fine sentence"


class Body:
    """The raw body of an answer, as botocore reads it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._content


class World(Struct, frozen=True):
    emulator: Emulator
    clients: Clients
    clock: SetClock
    settings: CognitoSettings
    prefix: str

    def open(self) -> CognitoAccounts:
        """Accounts as one function has them: another one shares nothing but the pool and the table."""
        return CognitoAccounts(self.clients, self.clock, SystemEntropy(), settings=self.settings, prefix=self.prefix)

    def items(self) -> dict[str, dict[str, Any]]:
        """What is in the table, by id."""
        found = self.clients.client("dynamodb").scan(TableName=f"{self.prefix}Chat-Connections")["Items"]
        return {item["id"]["S"]: item for item in found}

    @contextmanager
    def failing(self, operation: str, code: str, status: int = 400, service: str = "cognito-idp") -> Iterator[None]:
        """Each call of the operation is answered with that error, as if by the service."""
        events = self.clients.client(service).meta.events
        name = f"before-send.{service}.{operation}"

        def answer(request: Any, **_: Any) -> AWSResponse:
            return AWSResponse(request.url, status, {}, Body(json.dumps({"__type": code}).encode()))

        events.register(name, answer)
        try:
            yield
        finally:
            events.unregister(name, answer)

    @contextmanager
    def losing(self, operation: str, answers: int) -> Iterator[None]:
        """The first `answers` requests of the operation reach the service, and their answers get lost on the way."""
        events = self.clients.client("cognito-idp").meta.events
        name = f"before-send.cognito-idp.{operation}"
        lost: list[int] = []

        def lose(request: Any, **_: Any) -> AWSResponse | None:
            if len(lost) == answers:
                return None
            lost.append(httpx.post(request.url, headers=dict(request.headers), content=request.body).status_code)
            raise ConnectionClosedError(endpoint_url=request.url)

        events.register(name, lose)
        try:
            yield
        finally:
            events.unregister(name, lose)
        assert len(lost) == answers

    @contextmanager
    def before(self, operation: str, act: Any, service: str = "cognito-idp") -> Iterator[None]:
        """Runs `act` once, in the thread of the call, before the first request of the operation is sent."""
        events = self.clients.client(service).meta.events
        name = f"before-send.{service}.{operation}"
        done: list[bool] = []

        def intervene(**_: Any) -> None:
            if not done:
                done.append(True)
                act()

        events.register(name, intervene)
        try:
            yield
        finally:
            events.unregister(name, intervene)
        assert done, f"{operation} was never called"


class Refused:
    """The block raises a ChatError of that code."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.error: ChatError | None = None

    def __enter__(self) -> "Refused":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        assert isinstance(error, ChatError), f"expected {self.code}, got {error!r}"
        assert error.code == self.code
        self.error = error
        return True
