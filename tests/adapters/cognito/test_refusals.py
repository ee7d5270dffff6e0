"""What Cognito's refusals mean."""

from typing import Any, Final

import boto3
import pytest
from botocore.exceptions import ClientError

from tertulia.adapters.cognito.refusals import ALWAYS, BY_STEP, Meaning, meaning
from tertulia.aws.clients import THROTTLES
from tertulia.domain.errors import registry

OPERATIONS: Final = {
    "AdminAddUserToGroup": "change",
    "AdminCreateUser": "change",
    "AdminDeleteUser": "change",
    "AdminDisableUser": "change",
    "AdminEnableUser": "change",
    "AdminGetUser": "change",
    "AdminInitiateAuth": "sign_in",
    "AdminListGroupsForUser": "change",
    "AdminRemoveUserFromGroup": "change",
    "AdminSetUserPassword": "change",
    "AdminUpdateUserAttributes": "change",
    "AdminUserGlobalSignOut": "change",
    "ConfirmForgotPassword": "reset",
    "ConfirmSignUp": "confirm",
    "ForgotPassword": "reset",
    "ListUsers": "change",
    "ListUsersInGroup": "change",
    "ResendConfirmationCode": "confirm",
    "RevokeToken": "refresh",
    "SignUp": "change",
}
"""The operations that are called, and the step that each is."""
DEFECTS: Final = frozenset(
    {
        "AliasExistsException",  # the pool has no aliases
        "ForbiddenException",  # AWS WAF
        "InternalErrorException",  # 500: translated by tertulia.aws.clients
        "InvalidLambdaResponseException",  # the pool has no triggers
        "InvalidSmsRoleAccessPolicyException",  # and sends no SMS
        "InvalidSmsRoleTrustRelationshipException",
        "InvalidUserPoolConfigurationException",
        "MFAMethodNotFoundException",  # nor has it other factors
        "NotAuthorizedException",  # outside the steps in which it has a meaning
        "OperationNotEnabledException",
        "PreconditionNotMetException",
        "ResourceNotFoundException",  # the pool or the group isn't there
        "UnauthorizedException",  # the app client is another
        "UnexpectedLambdaException",
        "UnsupportedOperationException",
        "UnsupportedTokenTypeException",
        "UnsupportedUserStateException",
        "UserLambdaValidationException",
        "UserNotConfirmedException",  # outside the steps in which it has a meaning
    }
)
"""Refusals that only a pool or a permission that isn't as it should be can bring: they fail as defects."""


def refusal(code: str) -> ClientError:
    response: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    return ClientError(response, "Operation")


@pytest.fixture(scope="module")
def model() -> Any:
    client = boto3.client("cognito-idp", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    return client.meta.service_model


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_refusal_that_an_operation_declares_has_a_meaning(model: Any, operation: str) -> None:
    """By Amazon's own description of the service: nothing that can happen to a caller ends as a defect."""
    declared = {shape.name for shape in model.operation_model(operation).error_shapes}
    unknown = {
        code
        for code in declared - THROTTLES
        if meaning(refusal(code), OPERATIONS[operation]) is None and code not in DEFECTS
    }
    assert unknown == set()


def rows() -> list[tuple[str, str, Meaning]]:
    steps = {"always": ALWAYS, **BY_STEP}
    return [(step, code, found) for step, table in steps.items() for code, found in table.items()]


@pytest.mark.parametrize(("step", "code", "found"), rows(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_row_is_an_error_of_ours_and_a_refusal_of_theirs(
    model: Any, step: str, code: str, found: Meaning
) -> None:
    assert registry()[found.code] is found.kind
    assert found.error().code == found.code
    assert code in {shape.name for shape in model.error_shapes}


def test_a_step_gives_its_own_meaning() -> None:
    """The same refusal is a wrong password, an ended session, or a wrong code."""
    codes = {}
    for step in BY_STEP:
        error = meaning(refusal("NotAuthorizedException"), step)
        codes[step] = error.code if error else None
    assert codes == {
        "sign_in": "wrong_credentials",
        "refresh": "session_ended",
        "confirm": "invalid_code",
        "reset": "invalid_code",
        "change": None,
    }
