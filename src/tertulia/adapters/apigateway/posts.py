"""What API Gateway does with one connection: take a message for it, close it."""

from typing import Any, Final

from botocore.exceptions import ClientError

from tertulia.aws.clients import Clients, code_of
from tertulia.domain.errors import UnavailableError

POST_SECONDS: Final = 3.0
"""How long one message may take: one slow connection holds up none of the others for longer."""
POST_ATTEMPTS: Final = 2
"""A post that was throttled or failed is tried once more; after that it is the stream's function that pushes."""


class GoneError(Exception):
    """API Gateway knows no such connection: it is closed, or not open yet."""


class Posts:
    """One WebSocket API's `@connections`. `endpoint` is the address of its stage, by https."""

    def __init__(self, clients: Clients, endpoint: str) -> None:
        self._clients = clients
        self._endpoint = endpoint

    async def post(self, connection: str, message: bytes) -> None:
        """Raises GoneError, LimitedError for a throttle, UnavailableError for anything else."""
        await self._call(self._api.post_to_connection, ConnectionId=connection, Data=message)

    async def close(self, connection: str) -> None:
        """Closes it; that it is gone already is no error."""
        try:
            await self._call(self._api.delete_connection, ConnectionId=connection)
        except GoneError:
            return

    @property
    def _api(self) -> Any:
        return self._clients.client(
            "apigatewaymanagementapi", self._endpoint, read_timeout=POST_SECONDS, attempts=POST_ATTEMPTS
        )

    async def _call(self, operation: Any, **parameters: Any) -> None:
        try:
            await self._clients.call(operation, **parameters)
        except ClientError as error:
            metadata = error.response.get("ResponseMetadata", {})
            if code_of(error) == "GoneException" or metadata.get("HTTPStatusCode") == 410:
                raise GoneError from None
            raise UnavailableError("unavailable", reason=code_of(error)) from error
