"""The conformance suite's fixtures: a place for each module, a home for each test, and a witness of every answer."""

from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import asynccontextmanager
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Final

import httpx
import pytest
from tests.aws.place import Cloud
from tests.conformance import sockets
from tests.conformance.homes import DECLARED, Home
from tests.conformance.places import EmbeddedPlace, Place, RemotePlace
from tests.conformance.witness import Witness

HERE: Final = Path(__file__).parent
LAST_FILE: Final = "test_everything_was_called.py"
TIMES_PATIENCE: Final = 3
"""How much longer than for a push is waited for an answer to a request."""
_WITNESS: Final = pytest.StashKey[Witness]()


@pytest.fixture(scope="session")
def witness(request: pytest.FixtureRequest) -> Witness:
    """What was called and answered in this run."""
    return request.config.stash.setdefault(_WITNESS, Witness())


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """An emulator of AWS for the serverless home."""
    running = Cloud(tmp_path_factory.mktemp("cloud"))
    yield running
    running.close()


@pytest.fixture(scope="session")
def serverless(cloud: Cloud) -> Iterator[Place]:
    """One deployed stack for the whole run: deploying it takes longer than most modules. Its functions' roles have to
    allow all that the suite led to."""
    running = cloud.place()
    yield running
    running.close()
    assert cloud.denied() == set()


@pytest.fixture(scope="module")
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Where this module's tests run."""
    if request.config.getoption("--aws"):
        running: Place = request.getfixturevalue("serverless")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sockets, "PATIENCE", running.features.patience)
            yield running
        return
    url = request.config.getoption("--url")
    running = RemotePlace(url) if url else EmbeddedPlace(tmp_path_factory.mktemp("home"))
    yield running
    running.close()


@pytest.fixture
async def home(place: Place, witness: Witness) -> AsyncIterator[Home]:
    """The system under test; closes what the test opened, and fails it for an answer that is not documented."""
    async with open_home(place, witness) as opened:
        yield opened


@pytest.fixture
def start_home(
    request: pytest.FixtureRequest, place: Place, witness: Witness, tmp_path: Path
) -> Iterator[Callable[..., "asynccontextmanager[Home]"]]:  # type: ignore[valid-type]
    """Starts one more server with settings of its own: `async with start_home(TERTULIA_SIGN_UP="closed") as other`."""
    started: list[Place] = []

    def make(settings: dict[str, str]) -> Place:
        if request.config.getoption("--aws"):
            cloud: Cloud = request.getfixturevalue("cloud")
            return cloud.place(settings)
        return EmbeddedPlace(tmp_path / f"home-{len(started)}", settings)

    @asynccontextmanager
    async def start(*needed: str, **settings: str) -> AsyncIterator[Home]:
        for feature in ("settings", *needed):
            if not getattr(place.features, feature):
                pytest.skip(DECLARED + feature)
        started.append(make(settings))
        async with open_home(started[-1], witness) as opened:
            yield opened

    yield start
    for each in started:
        each.close()


@asynccontextmanager
async def open_home(place: Place, witness: Witness) -> AsyncIterator[Home]:
    """A home with an HTTP client that keeps no cookies: people share it."""
    before = len(witness.broken)
    seconds = TIMES_PATIENCE * place.features.patience
    pool = httpx.Limits(max_connections=100, max_keepalive_connections=100)
    hooks = {"response": [witness.saw]}
    async with httpx.AsyncClient(
        base_url=place.base_url, timeout=seconds, limits=pool, event_hooks=hooks, trust_env=False, verify=False
    ) as http:
        http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        home = Home(place, http)
        try:
            yield home
        finally:
            await home.people.close()
    assert witness.broken[before:] == []


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What looks back over the whole run comes last, and only where the whole suite runs."""
    ours = [item for item in items if HERE in item.path.parents]
    last = [item for item in ours if item.path.name == LAST_FILE]
    files = {item.path.name for item in ours}
    whole = files >= {path.name for path in HERE.glob("test_*.py")} and not any(
        config.getoption(name, default=None) for name in ("keyword", "markexpr", "deselect")
    )
    items[:] = [item for item in items if item not in last]
    if whole:
        items.extend(last)
    else:
        config.hook.pytest_deselected(items=last)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skip that no home has declared is a failure."""
    report = yield
    if report.skipped and HERE in item.path.parents and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if DECLARED not in reason:
            report.outcome = "failed"
            report.longrepr = f"skipped without a declaration: {reason}"
    return report
