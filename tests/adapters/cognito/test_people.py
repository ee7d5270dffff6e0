"""The directory of a pool too large to be read whole, and what Amazon's own client sees of it all."""

from typing import Any

import pytest
from tests.adapters.cognito.pools import PASSWORD, World

from tertulia.adapters.cognito import people
from tertulia.adapters.cognito.people import SLOTS, words_of
from tertulia.domain import limits

pytestmark = pytest.mark.slow
PEOPLE = {
    "ana": "Ana María López",
    "ben.smith": "Ben",
    "cleo": 'Cleo "the" Ёлкина',
    "dora": "One Two Three Four",
}


@pytest.fixture
def large(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A pool that is larger than one look: pages of two, and two of them."""
    monkeypatch.setattr("tertulia.adapters.cognito.pool.PAGE", 2)
    monkeypatch.setattr(people, "PAGES_MAX", 2)
    cognito = world.clients.client("cognito-idp")
    for number in range(5):
        # Before the others, so that no look at the whole pool reaches those.
        attributes = [{"Name": n, "Value": v} for n, v in words_of(f"x{number}", "").items()]
        pool = {"UserPoolId": world.settings.pool, "Username": f"x{number}"}
        cognito.admin_create_user(**pool, UserAttributes=attributes, MessageAction="SUPPRESS")
        cognito.admin_set_user_password(**pool, Password=PASSWORD, Permanent=True)
    return world


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("an", ["ana"]),
        ("MARÍA l", ["ana"]),
        ("lopez", ["ana"]),
        ("ben_s", ["ben.smith"]),
        ("smith", ["ben.smith"]),
        ("елк", ["cleo"]),
        ('"the', ["cleo"]),
        ('cleo "the" е', ["cleo"]),
        ("three f", ["dora"]),
        ("opez", []),
        ("\\", []),
        ('" or username ^= "', []),
    ],
)
async def test_a_large_pool_is_searched_by_filters(large: World, query: str, found: list[str]) -> None:
    """The beginning of the username, and of the first three words of name and username."""
    accounts = large.open()
    for username, name in PEOPLE.items():
        await accounts.sign_up(username, PASSWORD, name, None)
    # What stands behind a quotation mark is compared here, so a word that begins with one isn't found by a filter.
    expected = [] if query.startswith('"') else found
    for _ in range(2):
        assert [user.username for user in await accounts.directory(query, limit=10)] == expected


async def test_of_a_large_pool_a_fourth_word_is_not_found(large: World) -> None:
    """What isn't exact, as the decision says."""
    accounts = large.open()
    await accounts.sign_up("dora", PASSWORD, PEOPLE["dora"], None)
    assert await accounts.directory("four", limit=10) == []


async def test_a_look_is_bounded(large: World) -> None:
    """Of more people with the same beginning than are read, some are found, in order; and nobody twice."""
    found = [user.username for user in await large.open().directory("x", limit=10)]
    assert len(found) == 4
    assert found == sorted(set(found))
    assert len(await large.open().directory("", limit=10)) == 4


async def test_many_are_looked_up_with_one_page(world: World) -> None:
    """A hundred names of a small pool cost two calls, not a hundred."""
    accounts = world.open()
    names = [*PEOPLE, "eva", "fay"]
    for username in names:
        await accounts.sign_up(username, PASSWORD, "", None)
    await accounts.set_admin("cleo", True)
    calls: list[str] = []
    events = world.clients.client("cognito-idp").meta.events

    def count(model: Any, **_: Any) -> None:
        calls.append(model.name)

    events.register("before-call", count)
    try:
        wanted = [*names, "x", "é", "a" * (limits.USERNAME_MAX + 1), "ana", "A"]
        found = await accounts.users(wanted * 2)
    finally:
        events.unregister("before-call", count)
    assert [(user.username, user.admin) for user in found] == [(name, name == "cleo") for name in names]
    assert sorted(calls) == ["ListUsers", "ListUsersInGroup"]


async def test_a_users_id_in_cognito_is_no_username(world: World) -> None:
    """Cognito takes a `sub` for a username; it would be a second name of the same person."""
    accounts = world.open()
    await accounts.sign_up("ana", PASSWORD, "", None)
    answer = world.clients.client("cognito-idp").admin_get_user(UserPoolId=world.settings.pool, Username="ana")
    sub = next(one["Value"] for one in answer["UserAttributes"] if one["Name"] == "sub")
    assert await accounts.user(sub) is None
    assert await accounts.users([sub]) == []


async def test_amazons_own_client_sees_what_was_written(world: World) -> None:
    """By the SDK's calls alone: the name, the group, whether the account is enabled."""
    accounts = world.open()
    await accounts.sign_up("ana", PASSWORD, "Ana María López", None)
    await accounts.sign_up("ben", PASSWORD, "Ben", None)
    await accounts.set_admin("ana", True)
    await accounts.rename("ben", "Benjamin")
    await accounts.set_disabled("ben", True)
    sdk = world.emulator.client("cognito-idp")
    pool = {"UserPoolId": world.settings.pool}

    def attributes(of: list[dict[str, str]]) -> dict[str, str]:
        return {one["Name"]: one["Value"] for one in of}

    ana = sdk.admin_get_user(**pool, Username="ana")
    assert (ana["Enabled"], ana["UserStatus"]) == (True, "CONFIRMED")
    assert attributes(ana["UserAttributes"])["name"] == "Ana María López"
    assert [attributes(ana["UserAttributes"])[slot] for slot in SLOTS] == ["ana maria lopez", "maria lopez", "lopez"]
    listed = {one["Username"]: one for one in sdk.list_users(**pool)["Users"]}
    assert {name: one["Enabled"] for name, one in listed.items()} == {"ana": True, "ben": False}
    assert attributes(listed["ben"]["Attributes"])["name"] == "Benjamin"
    groups = [sdk.admin_list_groups_for_user(**pool, Username=name)["Groups"] for name in ("ana", "ben")]
    assert [[group["GroupName"] for group in one] for one in groups] == [["admins"], []]


def test_the_words_of_the_longest_name_fit_into_an_attribute() -> None:
    """Cognito's attributes have up to 2,048 characters; folding makes up to 18 of one."""
    for name in ("\ufdfa" * limits.NAME_MAX, "a " * (limits.NAME_MAX // 2)):
        assert max(len(value) for value in words_of("ana", name).values()) <= 2_048
