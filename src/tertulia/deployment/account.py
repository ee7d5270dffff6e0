"""An AWS account and region, as deploying sees them."""

from functools import cached_property
from typing import Any, Final

from tertulia.deployment.problems import DeploymentError


class Account:
    """botocore's clients of one region. `endpoint_url` is an emulator's address, empty for AWS."""

    def __init__(self, region: str = "", endpoint_url: str = "") -> None:
        try:
            from tertulia.aws.clients import Clients
        except ImportError as error:
            if (error.name or "").partition(".")[0] != "botocore":
                raise
            message = 'Working with AWS needs botocore. Install it: pip install "tertulia[aws]"'
            raise DeploymentError(message) from None
        self.clients: Final = Clients(region=region or None, endpoint_url=endpoint_url or None, attempts=5)
        self.endpoint_url: Final = endpoint_url

    def client(self, service: str) -> Any:
        """botocore's client of the service; the same one each time."""
        return self.clients.client(service)

    @property
    def emulated(self) -> bool:
        return bool(self.endpoint_url)

    @cached_property
    def region(self) -> str:
        return str(self.client("cloudformation").meta.region_name)

    @cached_property
    def id(self) -> str:
        """The account's number."""
        return str(self.client("sts").get_caller_identity()["Account"])

    def close(self) -> None:
        self.clients.close()
