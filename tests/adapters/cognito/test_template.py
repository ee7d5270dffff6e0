"""The template's user pool, as CloudFormation makes it."""

import json
import uuid

import pytest
from tests.emulators.emulators import Emulator, template

from tertulia.domain import limits

pytestmark = pytest.mark.slow
RESOURCES = ("UserPool", "UserPoolClient", "AdminsGroup")


@pytest.mark.parametrize("by_email", [False, True])
def test_the_templates_pool_can_be_made(ministack: Emulator, by_email: bool) -> None:
    """Only who has the app client's secret gets in, and nobody signs up where no codes are sent but through us."""
    whole = template()
    parts = {name: whole[name] for name in ("AWSTemplateFormatVersion", "Parameters", "Conditions")}
    parts["Resources"] = {name: whole["Resources"][name] for name in RESOURCES}
    cloud, name = ministack.client("cloudformation"), f"pool-{uuid.uuid4().hex[:12]}"
    given = {"Prefix": f"{name}-", "ConfirmByEmail": str(by_email).lower()}
    unused = {key: "none" for key, parameter in parts["Parameters"].items() if "Default" not in parameter}
    parameters = {**unused, **given}
    cloud.create_stack(
        StackName=name,
        TemplateBody=json.dumps(parts),
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
    )
    cloud.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    made = {
        r["LogicalResourceId"]: r["PhysicalResourceId"]
        for r in cloud.describe_stack_resources(StackName=name)["StackResources"]
    }
    cognito = ministack.client("cognito-idp")
    pool = cognito.describe_user_pool(UserPoolId=made["UserPool"])["UserPool"]
    assert pool["Name"] == f"{name}-Chat-Users"
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is not by_email
    assert pool.get("AutoVerifiedAttributes", []) == (["email"] if by_email else [])
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] == limits.PASSWORD_MIN
    client = cognito.describe_user_pool_client(UserPoolId=pool["Id"], ClientId=made["UserPoolClient"])["UserPoolClient"]
    assert client["ClientSecret"]
    assert client["PreventUserExistenceErrors"] == "ENABLED"
    assert set(client["ExplicitAuthFlows"]) == {"ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}
    assert client["AccessTokenValidity"] * 60 == limits.ACCESS_TOKEN_SECONDS
    assert client["RefreshTokenValidity"] * 24 * 3600 > limits.REFRESH_TOKEN_SECONDS
    groups = cognito.list_groups(UserPoolId=pool["Id"])["Groups"]
    assert [group["GroupName"] for group in groups] == ["admins"]
