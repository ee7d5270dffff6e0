"""Signing in: what it costs, what it tells, and what happens to accounts that aren't as ours are made."""

import subprocess
import sys
from typing import Any

import pytest
from tests.adapters.cognito.pools import PASSWORD, Refused, World

pytestmark = pytest.mark.slow


class Counted:
    """Calls of AWS within the block, by operation."""

    def __init__(self, world: World) -> None:
        self._clients = [world.clients.client(service) for service in ("cognito-idp", "dynamodb")]
        self.calls: list[str] = []

    def _count(self, model: Any, **_: Any) -> None:
        self.calls.append(model.name)

    def __enter__(self) -> list[str]:
        for client in self._clients:
            client.meta.events.register("before-call", self._count)
        return self.calls

    def __exit__(self, *_: object) -> None:
        for client in self._clients:
            client.meta.events.unregister("before-call", self._count)


async def test_what_each_step_costs(world: World) -> None:
    """In calls of AWS: what docs/decisions/0006-accounts.md says. `verify` is one read."""
    accounts = world.open()
    await accounts.sign_up("ana", PASSWORD, "", None)
    with Counted(world) as calls:
        grant = await accounts.sign_in("ana", PASSWORD)
    assert calls == ["GetItem", "AdminInitiateAuth", "GetItem", "PutItem", "AdminGetUser"]
    with Counted(world) as calls:
        await accounts.verify(grant.access_token)
    assert calls == ["GetItem"]
    with Counted(world) as calls:
        grant = await accounts.refresh(grant.refresh_token)
    assert calls == ["GetItem", "AdminInitiateAuth", "GetItem", "PutItem", "AdminGetUser"]
    with Counted(world) as calls:
        await accounts.sign_out(grant.refresh_token, None, everywhere=False)
    assert calls == ["GetItem", "GetItem", "PutItem", "RevokeToken"]


async def test_a_refused_sign_in_costs_the_same_for_everybody(world: World) -> None:
    """The same calls for an unknown user, a wrong password and a disabled account: so about the same time."""
    accounts = world.open()
    for username in ("ana", "ben"):
        await accounts.sign_up(username, PASSWORD, "", None)
    await accounts.set_disabled("ben", True)
    seen = set()
    for username in ("ana", "ben", "nobody"):
        with Counted(world) as calls, Refused("wrong_credentials"):
            await accounts.sign_in(username, "wrong password")
        seen.add(tuple(calls))
    assert seen == {("GetItem", "AdminInitiateAuth")}


async def test_an_account_with_a_temporary_password_is_not_signed_in(world: World) -> None:
    """One that an operator made in Cognito's console: there is no way here to choose another."""
    pool = {"UserPoolId": world.settings.pool, "Username": "ana"}
    cognito = world.clients.client("cognito-idp")
    cognito.admin_create_user(**pool, TemporaryPassword=PASSWORD, MessageAction="SUPPRESS")
    with Refused("wrong_credentials"):
        await world.open().sign_in("ana", PASSWORD)


async def test_who_has_to_set_a_new_password_is_told_so(world: World) -> None:
    """And only who knows the old one."""
    accounts = world.open()
    await accounts.sign_up("ana", PASSWORD, "", None)
    world.clients.client("cognito-idp").admin_reset_user_password(UserPoolId=world.settings.pool, Username="ana")
    with Refused("wrong_credentials") as wrong:
        await accounts.sign_in("ana", "wrong password")
    with Refused("wrong_credentials") as right:
        await accounts.sign_in("ana", PASSWORD)
    assert str(wrong.error) != str(right.error)


async def test_tokens_of_another_client_of_the_pool_are_not_ours(world: World) -> None:
    """Another app of the same pool can't act in the chat."""
    accounts = world.open()
    await accounts.sign_up("ana", PASSWORD, "", None)
    cognito = world.clients.client("cognito-idp")
    other = cognito.create_user_pool_client(
        UserPoolId=world.settings.pool, ClientName="other", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    given = cognito.initiate_auth(
        AuthFlow="USER_PASSWORD_AUTH", ClientId=other, AuthParameters={"USERNAME": "ana", "PASSWORD": PASSWORD}
    )["AuthenticationResult"]
    for kind in ("AccessToken", "IdToken", "RefreshToken"):
        with Refused("unauthenticated"):
            await accounts.verify(given[kind])


async def test_the_apps_secret_is_needed(world: World) -> None:
    """Nobody signs in or up past us, with what anybody can know: pool, client, username and password."""
    await world.open().sign_up("ana", PASSWORD, "", None)
    cognito = world.clients.client("cognito-idp")
    with pytest.raises(cognito.exceptions.NotAuthorizedException):
        cognito.sign_up(ClientId=world.settings.client_id, Username="eve", Password=PASSWORD)
    with pytest.raises(cognito.exceptions.NotAuthorizedException):
        cognito.initiate_auth(
            AuthFlow="USER_PASSWORD_AUTH",
            ClientId=world.settings.client_id,
            AuthParameters={"USERNAME": "ana", "PASSWORD": PASSWORD},
        )


def test_accounts_are_imported_without_a_cryptography_library() -> None:
    """What a function starts with: neither joserfc nor cryptography is loaded, nor anything of the local home."""
    code = "import sys, tertulia.adapters.cognito.accounts; print(*{m.partition('.')[0] for m in sys.modules})"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"joserfc", "cryptography", "argon2", "httpx", "starlette"} & set(ran.stdout.split()) == set()
