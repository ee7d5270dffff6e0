"""A home as the suite sees it: a place where the system runs, and people in it. A test never asks where it runs."""

from typing import Any

import httpx
import pytest
from tests.conformance.people import JSON, People, Person
from tests.conformance.places import ADMIN, PASSWORD, Features, Place

DECLARED = "not offered by this home: "
"""How the reason of a declared skip begins; any other skip fails the run."""


class Home:
    """`base_url`, `features`, and what tests do with a system as a whole."""

    def __init__(self, place: Place, http: httpx.AsyncClient) -> None:
        self.place = place
        self.http = http
        self.people = People(http)

    @property
    def base_url(self) -> str:
        return self.place.base_url

    @property
    def features(self) -> Features:
        return self.place.features

    def needs(self, feature: str) -> None:
        """Skips the test where this home has declared that it doesn't offer the feature."""
        if not getattr(self.features, feature):
            pytest.skip(DECLARED + feature)

    async def register(self, who: str = "ana", /, **profile: Any) -> Person:
        """Somebody new, signed in."""
        return await self.people.register(who, **profile)

    async def register_all(self, *names: str) -> list[Person]:
        return [await self.people.register(name) for name in names]

    async def admin(self) -> Person:
        """The administrator, signed in."""
        self.needs("admin")
        return await self.people.sign_in(ADMIN, PASSWORD)

    async def post(self, path: str, body: JSON, **how: Any) -> httpx.Response:
        """A request of nobody's."""
        return await self.http.post(path, json=body, **how)

    def move_clock(self, seconds: float) -> None:
        """From now on the system's clock is so far from the machine's."""
        self.needs("clock")
        self.place.move_clock(seconds)

    def restart(self) -> None:
        """Stops in good order and starts again on the same data."""
        self.needs("restart")
        self.place.restart()

    def kill(self) -> None:
        """Ends the process at once and starts again on the same data."""
        self.needs("kill")
        self.place.kill()
        self.place.start()
