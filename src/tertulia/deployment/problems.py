"""What can go wrong while deploying, said to the operator in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class DeploymentError(Exception):
    """It couldn't be done. The sentence says why, and what helps. `reasons` are AWS's own words, one a resource."""

    def __init__(self, sentence: str, reasons: tuple[str, ...] = ()) -> None:
        self.reasons = reasons
        super().__init__(sentence)


class NotThereError(DeploymentError):
    """There is no such stack."""


@contextmanager
def explained() -> Iterator[None]:
    """What botocore raises below, as a DeploymentError."""
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        EndpointConnectionError,
        NoCredentialsError,
        NoRegionError,
    )

    try:
        yield
    except NoCredentialsError:
        message = (
            "There are no AWS credentials. Run `aws configure`, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )
        raise DeploymentError(message) from None
    except NoRegionError:
        message = "No region is named. Give --region, or set AWS_REGION."
        raise DeploymentError(message) from None
    except EndpointConnectionError as error:
        message = f"AWS can't be reached: {error}"
        raise DeploymentError(message) from None
    except ClientError as error:
        raise DeploymentError(_sentence(error)) from error
    except BotoCoreError as error:
        raise DeploymentError(str(error)) from error


def error_code(error: Any) -> str:
    """AWS's own code for what went wrong."""
    return str(error.response.get("Error", {}).get("Code", ""))


def _sentence(error: Any) -> str:
    said = str(error.response.get("Error", {}).get("Message", "")).rstrip(".") or error_code(error)
    return f"AWS refused {error.operation_name}: {said}."
