"""The function that looks at links: what it is told, and what it says."""

import json
from collections.abc import Iterator
from io import StringIO

import pytest

from tertulia.domain.errors import UnavailableError
from tertulia.edges.functions import logs
from tertulia.edges.functions.previews import PreviewsFunction
from tertulia.services.previews import Linking

EVENT = {"conversation": "c", "author": "ana", "timestamp": 10}


@pytest.fixture
def said() -> Iterator[StringIO]:
    """What it logs."""
    stream = StringIO()
    logs.configure(stream=stream)
    yield stream
    logs.configure()


async def test_it_looks_at_the_message_that_it_is_told_of(said: StringIO) -> None:
    """And says so in one line."""
    looked: list[Linking] = []

    async def look(linking: Linking) -> None:
        looked.append(linking)

    assert await PreviewsFunction(look).handle(EVENT) == {}
    assert looked == [Linking("c", "ana", 10)]
    line = json.loads(said.getvalue())
    assert (line["function"], line["operation"], line["status"]) == ("Chat-Previews", "previews", 200)


@pytest.mark.parametrize(
    ("error", "event", "status", "code"),
    [
        (UnavailableError("unavailable"), EVENT, 503, "unavailable"),
        (RuntimeError(), EVENT, 500, "internal"),
        (None, {"conversation": "c"}, 500, "internal"),
    ],
)
async def test_a_failure_is_in_the_log_alone(
    said: StringIO, error: Exception | None, event: dict[str, object], status: int, code: str
) -> None:
    """Lambda is told nothing: what it would try again isn't worth it."""

    async def look(_: Linking) -> None:
        if error is not None:
            raise error

    assert await PreviewsFunction(look).handle(event) == {}
    line = json.loads(said.getvalue().splitlines()[-1])
    assert (line["status"], line["code"], line["level"]) == (status, code, "error")
