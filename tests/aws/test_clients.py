"""Calls of AWS services: beside the event loop, with their errors translated."""

import asyncio
import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from tertulia.aws.clients import Clients
from tertulia.domain.errors import LimitedError, UnavailableError


def refusal(code: str, status: int = 400) -> ClientError:
    response: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "Operation")


def raising(error: Exception) -> Any:
    def operation(**_: Any) -> dict[str, Any]:
        raise error

    return operation


@pytest.fixture
def clients() -> Any:
    made = Clients(region="us-east-1", endpoint_url="http://127.0.0.1:1")
    yield made
    made.close()


async def test_calls_run_beside_each_other(clients: Clients) -> None:
    """Two calls that wait for each other both end."""
    met = threading.Barrier(2)

    def operation(number: int) -> dict[str, Any]:
        met.wait(10)
        return {"number": number}

    answers = await asyncio.gather(clients.call(operation, number=1), clients.call(operation, number=2))
    assert answers == [{"number": 1}, {"number": 2}]


@pytest.mark.parametrize("code", ["ThrottlingException", "ProvisionedThroughputExceededException", "SlowDown"])
async def test_a_throttle_says_when_to_try_again(clients: Clients, code: str) -> None:
    """A client can act on it: 429 with Retry-After."""
    with pytest.raises(LimitedError) as caught:
        await clients.call(raising(refusal(code)))
    assert caught.value.retry_after


@pytest.mark.parametrize(
    "error",
    [
        refusal("InternalServerError", 500),
        EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
        ReadTimeoutError(endpoint_url="http://127.0.0.1:1"),
    ],
)
async def test_what_nobody_knows_is_unavailable(clients: Clients, error: Exception) -> None:
    """The same call may be repeated."""
    with pytest.raises(UnavailableError):
        await clients.call(raising(error))


async def test_a_refusal_stays_what_it_is(clients: Clients) -> None:
    """Its meaning is the adapter's affair."""
    with pytest.raises(ClientError):
        await clients.call(raising(refusal("ConditionalCheckFailedException")))


def test_a_service_has_one_client(clients: Clients) -> None:
    """Made once for a container; another address is another client."""
    assert clients.client("dynamodb") is clients.client("dynamodb")
    assert clients.client("s3") is not clients.client("s3", "http://127.0.0.1:2")
