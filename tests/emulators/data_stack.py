"""A stack in ministack of the template's data alone: tables, pool, bucket. For what needs no function."""

import json
from typing import Any, Final

from tests.emulators.emulators import Emulator, template

_KINDS: Final = (
    "AWS::DynamoDB::Table",
    "AWS::Cognito::UserPool",
    "AWS::Cognito::UserPoolClient",
    "AWS::Cognito::UserPoolGroup",
)
_OUTPUTS: Final = ("MediaBucket", "UserPoolId", "UserPoolClientId")


def create_data_stack(emulator: Emulator, name: str, **parameters: str) -> dict[str, str]:
    """Makes it with the template's parameters; its outputs. It goes with the emulator."""
    cloud = emulator.client("cloudformation")
    given = {"Prefix": f"{name}-", "Protect": "false", **parameters}
    cloud.create_stack(
        StackName=name,
        TemplateBody=json.dumps(_data_alone(template())),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
    )
    cloud.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    found = cloud.describe_stacks(StackName=name)["Stacks"][0]
    return {each["OutputKey"]: each["OutputValue"] for each in found["Outputs"]}


def _data_alone(whole: dict[str, Any]) -> dict[str, Any]:
    resources = {key: each for key, each in whole["Resources"].items() if each["Type"] in _KINDS}
    bucket = whole["Resources"]["MediaBucket"]
    # Which pages may use it names the distribution, which isn't here.
    properties = {key: each for key, each in bucket["Properties"].items() if key != "CorsConfiguration"}
    resources["MediaBucket"] = {**bucket, "Properties": properties}
    return {
        "AWSTemplateFormatVersion": whole["AWSTemplateFormatVersion"],
        # What has no default is the code's affair.
        "Parameters": {key: each for key, each in whole["Parameters"].items() if "Default" in each},
        "Conditions": whole["Conditions"],
        "Resources": resources,
        "Outputs": {name: whole["Outputs"][name] for name in _OUTPUTS},
    }
