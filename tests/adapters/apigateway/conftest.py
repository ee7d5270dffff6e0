"""The fixtures of the tests of pushing."""

from collections.abc import Iterator

import pytest
from tests.adapters.apigateway.gateway import Gateway, running_gateway
from tests.adapters.apigateway.world import Pushing
from tests.contracts.connection_adapters import connections_table


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with running_gateway() as gateway:
        yield gateway


@pytest.fixture(params=["ministack", "dynalite"])
def world(request: pytest.FixtureRequest, gateway: Gateway) -> Iterator[Pushing]:
    """On the tables of both emulators: what is said of one holds on the other."""
    with connections_table(request.getfixturevalue(request.param)) as (clients, prefix):
        made = Pushing(clients, prefix, gateway)
        yield made
        made.close()
