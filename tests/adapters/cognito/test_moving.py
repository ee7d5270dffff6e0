"""People into a pool and out of it: Cognito takes no password hash, and gives none."""

from typing import Any

import pytest
from tests.adapters.cognito.pools import PASSWORD, Refused, World

from tertulia.adapters.cognito.moving import CognitoMover

pytestmark = pytest.mark.slow

HASH = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$c29tZWhhc2g"
ANA = {"username": "ana", "name": "Ana María", "admin": True, "disabled": False, "created": 5, "password": HASH}
BEN = {"username": "ben", "name": "", "admin": False, "disabled": True, "created": 6, "password": HASH}
BY_EMAIL = pytest.mark.parametrize("world", [{"confirm_by_email": True}], indirect=True)


def mover(world: World) -> CognitoMover:
    return CognitoMover(world.clients, world.settings)


async def exported(world: World) -> list[dict[str, Any]]:
    found = [user async for user in mover(world).export_users()]
    return sorted(found, key=lambda user: str(user["username"]))


async def test_people_come_out_as_they_went_in_but_for_the_password(world: World) -> None:
    """And but for the time at which the account was made, which Cognito says itself."""
    assert await mover(world).import_user(ANA)
    assert await mover(world).import_user(BEN)
    now = world.clock.now() // 1_000_000 * 1_000_000
    assert await exported(world) == [{**ANA, "password": "", "created": now}, {**BEN, "password": "", "created": now}]


async def test_a_picture_moves_by_its_files_name(world: World) -> None:
    """And nothing that isn't one: in a pool that others write to, the attribute can be any address."""
    assert await mover(world).import_user({**ANA, "picture": "a-file"})
    assert await mover(world).import_user({**BEN, "picture": "https://pictures.example/x.png"})
    assert [user.get("picture") for user in await exported(world)] == ["a-file", None]
    known = await world.open().users(["ana", "ben"])
    assert [user.picture for user in known] == ["a-file", ""]
    attributes = [{"Name": "picture", "Value": "https://pictures.example/x.png"}]
    world.emulator.client("cognito-idp").admin_update_user_attributes(
        UserPoolId=world.settings.pool, Username="ana", UserAttributes=attributes
    )
    (ana,) = await world.open().users(["ana"])
    assert ana.picture == ""


async def test_who_is_there_stays_as_is(world: World) -> None:
    """Also the password: an import takes nobody's account over."""
    accounts = world.open()
    await accounts.sign_up("ana", PASSWORD, "Anita", None)
    assert not await mover(world).import_user(ANA)
    assert (await accounts.sign_in("ana", PASSWORD)).user.name == "Anita"
    assert not (await exported(world))[0]["admin"]


async def test_nobody_signs_in_with_a_password_that_nobody_set(world: World) -> None:
    await mover(world).import_user(ANA)
    for password in ("", HASH, PASSWORD):
        with Refused("wrong_credentials"):
            await world.open().sign_in("ana", password)


@pytest.mark.parametrize("operation", ["AdminDisableUser", "AdminAddUserToGroup", "AdminSetUserPassword"])
async def test_an_account_that_is_half_there_is_finished_by_the_next_import(world: World, operation: str) -> None:
    """Whatever call the first one died at, nobody is an administrator less or enabled by mistake in the end."""
    both = {**ANA, "disabled": True}
    with world.failing(operation, "InternalErrorException", 500), Refused("unavailable"):
        await mover(world).import_user(both)
    assert await mover(world).import_user(both)
    assert [(user["admin"], user["disabled"]) for user in await exported(world)] == [(True, True)]
    assert not await mover(world).import_user(both)


@BY_EMAIL
async def test_who_has_an_address_sets_a_password_with_a_code(world: World) -> None:
    """An address that was confirmed moves as a confirmed one, from pool to pool."""
    await mover(world).import_user({**ANA, "email": "ana@example.org"})
    assert (await exported(world))[0]["email"] == "ana@example.org"
    accounts = world.open()
    await accounts.forgot_password("ana")
    await accounts.reset_password("ana", "654321", PASSWORD)
    assert (await accounts.sign_in("ana", PASSWORD)).user.admin


async def test_many_people_are_read_page_by_page(world: World) -> None:
    """More than one answer of ListUsers holds."""
    names = [f"user-{number:03}" for number in range(61)]
    for name in names:
        await mover(world).import_user({**BEN, "username": name, "disabled": False})
    assert [user["username"] for user in await exported(world)] == names


@pytest.mark.parametrize(
    "wrong", [{"username": "Not One"}, {"username": 7}, {"name": "x" * 65}, {"email": "nobody"}, {"admin": "yes"}]
)
async def test_a_record_that_is_wrong_makes_nobody(world: World, wrong: dict[str, Any]) -> None:
    with Refused("invalid_request"):
        await mover(world).import_user({**ANA, **wrong})
    assert await exported(world) == []
