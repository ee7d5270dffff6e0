"""User pools in ministack, made of what the template says."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal

import pytest
from tests.emulators.emulators import Emulator, template

from tertulia.adapters.cognito.settings import CognitoSettings
from tertulia.adapters.memory.clock import SetClock
from tertulia.aws.clients import Clients

_NOTHING: Final = object()


def create_pool(
    emulator: Emulator,
    clients: Clients,
    prefix: str,
    *,
    sign_up: Literal["open", "invite", "closed"] = "open",
    confirm_by_email: bool = False,
) -> CognitoSettings:
    """The template's user pool, app client and group, and the table of sessions and invitations."""
    client = clients.client("cognito-idp")
    values = {"Prefix": prefix, "ConfirmByEmail": str(confirm_by_email).lower(), "Protect": "false"}
    pool = _properties("UserPool", values)
    pool["PoolName"] = pool.pop("UserPoolName")
    values["UserPool"] = client.create_user_pool(**pool)["UserPool"]["Id"]
    made = client.create_user_pool_client(**_properties("UserPoolClient", values))["UserPoolClient"]
    client.create_group(**_properties("AdminsGroup", values))
    table = _properties("ConnectionsTable", values)
    table.pop("TimeToLiveSpecification")
    given = {key: table[key] for key in ("TableName", "AttributeDefinitions", "KeySchema", "BillingMode")}
    clients.client("dynamodb").create_table(**given)
    return CognitoSettings(
        pool=values["UserPool"],
        client_id=made["ClientId"],
        client_secret=made["ClientSecret"],
        sign_up=sign_up,
        confirm_by_email=confirm_by_email,
        keys_url=f"{emulator.url}/{values['UserPool']}/.well-known/jwks.json",
    )


@contextmanager
def clients_of(emulator: Emulator) -> Iterator[Clients]:
    """Clients as a home makes them, for the emulator's root, of the services that accounts need."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in emulator.environment.items():
            patch.setenv(name, value)
        clients = Clients(region=emulator.environment["AWS_REGION"], endpoint_url=emulator.url)
        for service in ("cognito-idp", "dynamodb"):
            clients.client(service)
    try:
        yield clients
    finally:
        clients.close()


@contextmanager
def following(clients: Clients, clock: SetClock, file: Path) -> Iterator[None]:
    """Cognito's clock says what `clock` does, whenever it is asked something."""

    def write(**_: Any) -> None:
        file.write_text(str(clock.now()))

    write()
    events = clients.client("cognito-idp").meta.events
    events.register("before-call", write)
    try:
        yield
    finally:
        events.unregister("before-call", write)


def _properties(resource: str, values: dict[str, str]) -> dict[str, Any]:
    resolved: dict[str, Any] = _resolve(template()["Resources"][resource]["Properties"], values)
    return resolved


def _resolve(value: Any, values: dict[str, str]) -> Any:
    """With the intrinsic functions that these resources use worked out."""
    if isinstance(value, list):
        return [one for each in value if (one := _resolve(each, values)) is not _NOTHING]
    if not isinstance(value, dict):
        return value
    if "Ref" in value:
        return _NOTHING if value["Ref"] == "AWS::NoValue" else values[value["Ref"]]
    if "Fn::Sub" in value:
        return value["Fn::Sub"].replace("${Prefix}", values["Prefix"])
    if "Fn::If" in value:
        condition, then, otherwise = value["Fn::If"]
        compared = _resolve(template()["Conditions"][condition]["Fn::Equals"], values)
        return _resolve(then if compared[0] == compared[1] else otherwise, values)
    found = {name: _resolve(one, values) for name, one in value.items()}
    return {name: one for name, one in found.items() if one is not _NOTHING}
