"""Permissions: every operation, by every role, is allowed or refused as the table of scenarios says."""

import math
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any, Final

import httpx
import pytest
from tests.conformance.homes import Home
from tests.conformance.people import JSON, Person, new_id
from tests.conformance.places import ADMIN, PASSWORD, Place
from tests.conformance.scenarios import HIDDEN, OK, ROLES, SCENARIOS, Scenario, Scene, Setting

from tertulia.api.operations import BY_NAME, OPERATIONS, Function
from tertulia.domain import limits

CAST: Final = ("stranger", "member", "admin", "owner", "removed", "disabled", "plain", "other_admin", "outsider")
LEAVES_TRACES: Final = ("update_conversation", "put_member", "remove_member", "edit_message", "delete_message")
"""Operations after which the setting is not what the next test expects."""
SPENDS_SESSION: Final = ("sign_out", "refresh", "change_password")


class Company:
    """Username and session of everybody in the cast, the disabled one disabled; one sign-up each for all tests."""

    def __init__(self, http: httpx.Client, *, admin: bool) -> None:
        self._http = http
        self._admin = admin
        self._names = {role: f"{role.replace('_', '-')}-{secrets.token_hex(5)}" for role in CAST}
        self._since = -math.inf
        self._sessions: dict[str, tuple[str, JSON]] = {}
        for name in self._names.values():
            http.post("/api/auth/sign-up", json={"username": name, "password": PASSWORD}).raise_for_status()

    def sessions(self) -> dict[str, tuple[str, JSON]]:
        """Of access tokens that are good for a while: where tests take long they have to be got again."""
        if time.monotonic() - self._since > limits.ACCESS_TOKEN_SECONDS / 2:
            again = bool(self._sessions)
            self._since = time.monotonic()
            if self._admin:
                self._sessions["administrator"] = ADMIN, sign_in(self._http, ADMIN)
                if again:
                    self._disable(False)
            self._sessions |= {role: (name, sign_in(self._http, name)) for role, name in self._names.items()}
            if self._admin:
                self._disable(True)
        return self._sessions

    def _disable(self, disabled: bool) -> None:
        token = self._sessions["administrator"][1]["access_token"]
        path = f"/api/users/{self._names['disabled']}"
        headers = {"Authorization": f"Bearer {token}"}
        self._http.patch(path, json={"disabled": disabled}, headers=headers).raise_for_status()


@pytest.fixture(scope="module")
def company(place: Place) -> Iterator[Company]:
    seconds = 3 * place.features.patience
    with httpx.Client(base_url=place.base_url, trust_env=False, verify=False, timeout=seconds) as http:
        yield Company(http, admin=place.features.admin)


def sign_in(http: httpx.Client, username: str) -> JSON:
    body = {"username": username, "password": PASSWORD, "return_refresh_token": True}
    session: JSON = http.post("/api/auth/sign-in", json=body).raise_for_status().json()
    return session


@pytest.fixture
async def cast(home: Home, company: Company) -> AsyncIterator[dict[str, Person]]:
    """Everybody, as this test's own people. The anonymous caller has neither account nor tokens."""
    sessions = company.sessions()
    people = {role: Person(home.http, name, PASSWORD, session) for role, (name, session) in sessions.items()}
    empty = {"access_token": "", "refresh_token": ""}
    people["anonymous"] = Person(home.http, f"nobody-{secrets.token_hex(5)}", PASSWORD, empty)
    yield people
    for person in people.values():
        for socket in person.sockets:
            await socket.close()


@pytest.fixture(scope="module")
def standing() -> list[Setting]:
    """The setting that all tests share whose call leaves it as it is: made by the first of them."""
    return []


async def set_up(people: dict[str, Person]) -> Setting:
    """A group with everybody in it who belongs there, a message of each, and a file."""
    owner = people["owner"]
    insiders = {name: people[name] for name in ("member", "admin", "removed", "plain", "other_admin")}
    group = await owner.group(*insiders.values())
    for name in ("admin", "other_admin"):
        await owner.add(group, people[name], role="admin")
    own = {name: await person.send(group, "word") for name, person in {**insiders, "owner": owner}.items()}
    media = await owner.upload(b"0123456789")
    await owner.send(group, "", attachments=[{"media": media}])
    content = (await owner.call("GET", f"/api/media/{media}"))["url"]
    await owner.remove(group, people["removed"])
    return Setting(group, own, media, content)


async def set_scene(people: dict[str, Person], role: str, standing: list[Setting], *, new: bool = False) -> Scene:
    """The standing setting, or a new one, as this role finds it."""
    if new or not standing:
        setting = await set_up(people)
        if not new:
            standing.append(setting)
    else:
        setting = standing[0]
    upload = await people["owner"].announce(10)
    large = await people["owner"].announce(limits.MEDIA_WHOLE_MAX + 10)
    name = f"new-{secrets.token_hex(5)}"
    return Scene(people=people, role=role, setting=setting, upload=upload, large=large, new_name=name)


async def call(home: Home, scenario: Scenario, scene: Scene, role: str) -> httpx.Response:
    operation = BY_NAME[scenario.operation]
    fill, how = scenario.ask(scene)
    path = operation.path.format(**fill)
    if operation.body_type is not None:
        how.setdefault("json", {})
    if role == "anonymous":
        return await home.http.request(operation.method, path, **how)
    return await scene.caller.ask(operation.method, path, **how)


CELLS: Final = [(scenario, role) for scenario in SCENARIOS for role in ROLES]


@pytest.mark.parametrize(("scenario", "role"), CELLS, ids=[f"{s.name} by {role}" for s, role in CELLS])
async def test_an_operation_by_a_role(
    home: Home, cast: dict[str, Person], standing: list[Setting], scenario: Scenario, role: str
) -> None:
    """The operation is allowed to this role, or refused with the code that the table says."""
    if role in ("administrator", "disabled") or scenario.operation == "create_invite":
        home.needs("admin")
    if BY_NAME[scenario.operation].function is Function.LOCAL:
        home.needs("content")
    expected = scenario.expected[ROLES.index(role)]
    traces = expected == OK and scenario.operation in LEAVES_TRACES
    scene = await set_scene(cast, role, standing, new=traces)
    if scenario.operation in SPENDS_SESSION and role not in ("anonymous", "disabled"):
        other = await fresh(home, cast[role], new=scenario.operation == "change_password")
        scene = replace(scene, people={**cast, role: other})
    before = await cast["owner"].view(scene.group)
    response = await call(home, scenario, scene, role)
    if expected == OK:
        assert response.is_success, response.text
        return
    assert (response.is_success, response.json().get("code")) == (False, expected), response.text
    after = await cast["owner"].view(scene.group)
    assert (after["head"], after["members"]) == (before["head"], before["members"]), "what is refused changes nothing"


async def fresh(home: Home, person: Person, *, new: bool) -> Person:
    """Another session of the same person, to be spent; an account of its own where even the password is."""
    return await home.register("spent") if new else await home.people.sign_in(person.username)


def test_every_operation_has_scenarios_for_every_role() -> None:
    """None is left out: each operation of the table stands in a scenario, and each scenario speaks of each role."""
    assert {scenario.operation for scenario in SCENARIOS} == {operation.name for operation in OPERATIONS}
    assert all(len(scenario.expected) == len(ROLES) for scenario in SCENARIOS)
    assert len({scenario.name for scenario in SCENARIOS}) == len(SCENARIOS)


@pytest.mark.parametrize("role", [role for role in ROLES if role not in ("anonymous", "disabled")])
async def test_an_action_by_a_role(home: Home, cast: dict[str, Person], standing: list[Setting], role: str) -> None:
    """Over a socket members send, read, type and draft; to everybody else the conversation doesn't exist."""
    if role == "administrator":
        home.needs("admin")
    scene = await set_scene(cast, role, standing)
    await cast["owner"].change(scene.group, live_typing=True)
    socket = await scene.caller.connect()
    live = {"timestamp": 1}
    if role in ("member", "admin", "owner"):
        live = await scene.caller.send(scene.group, "", live_seconds=60)
    actions: list[tuple[str, dict[str, Any]]] = [
        ("send", {"id": new_id(), "text": "x"}),
        ("read", {"timestamp": 1}),
        ("typing", {}),
        ("draft", {"text": "x", "version": 1}),
        ("location", {"timestamp": live["timestamp"], "latitude": 0, "longitude": 0}),
    ]
    for action, fields in actions:
        if role in ("member", "admin", "owner"):
            await socket.act(action, conversation=scene.group, **fields)
        else:
            await socket.refused(HIDDEN, action, conversation=scene.group, **fields)
    await socket.act("ping")
    await socket.act("presence", watch=[])


async def test_what_a_search_finds_depends_on_who_asks(cast: dict[str, Person], standing: list[Setting]) -> None:
    """The same search finds a message for members, and nothing for strangers and for who was removed before it."""
    scene = await set_scene(cast, "member", standing)
    word = secrets.token_hex(6)
    await cast["owner"].send(scene.group, f"search {word}")
    found = {role: len(await cast[role].search(word)) for role in ("member", "admin", "owner", "stranger", "removed")}
    assert found == {"member": 1, "admin": 1, "owner": 1, "stranger": 0, "removed": 0}
