"""Clients of AWS services (botocore), made once, and their calls as coroutines.

botocore blocks, so a call runs in a thread; its clients may be shared by threads (boto3's guide, "Multithreading or
multiprocessing with clients"). Nothing is retried here but by botocore's own standard mode, which is bounded and has
jitter. boto3 itself would add its helpers for large files, and a sixth to the time that loading takes.
"""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import Any, Final

from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    HTTPClientError,
)
from botocore.exceptions import (
    ConnectionError as BotoConnectionError,
)
from botocore.loaders import Loader, create_loader
from botocore.session import Session

from tertulia.domain.errors import ChatError, LimitedError, UnavailableError

PARALLEL: Final = 32
"""Calls under way at once in one container; more wait."""
THROTTLES: Final = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""Error codes by which a service says that it is asked too often."""
_RETRY_AFTER: Final = 1.0


class Clients:
    """The clients of one account and region. `endpoint_url` is set for an emulator."""

    def __init__(self, *, region: str | None = None, endpoint_url: str | None = None, attempts: int = 3) -> None:
        self._session = Session()
        self._session.register_component("data_loader", _loader())
        self._region = region
        self._endpoint_url = endpoint_url
        self._config = Config(
            retries={"mode": "standard", "total_max_attempts": attempts},
            max_pool_connections=PARALLEL,
            connect_timeout=3,
            read_timeout=10,
        )
        self._clients: dict[tuple[str, str | None], Any] = {}
        self._threads = ThreadPoolExecutor(PARALLEL, thread_name_prefix="aws")

    def client(
        self,
        service: str,
        endpoint_url: str | None = None,
        *,
        read_timeout: float | None = None,
        attempts: int | None = None,
    ) -> Any:
        """botocore's client of the service; the same one each time. `endpoint_url` is for a service whose address is
        part of what is called, such as one WebSocket API's. `read_timeout` (seconds) and `attempts` are what the first
        call says."""
        key = (service, endpoint_url)
        client = self._clients.get(key)
        if client is None:
            address = endpoint_url or self._endpoint_url
            config = self._config
            if service == "s3":
                config = config.merge(_signed_addresses(address))
            if read_timeout is not None:
                config = config.merge(Config(read_timeout=read_timeout))
            if attempts is not None:
                config = config.merge(Config(retries={"mode": "standard", "total_max_attempts": attempts}))
            client = self._clients[key] = self._session.create_client(
                service, region_name=self._region, endpoint_url=address, config=config
            )
        return client

    async def call(self, operation: Callable[..., Any], /, **parameters: Any) -> dict[str, Any]:
        """The answer of `operation`, a method of a client.

        Raises LimitedError `rate_limited` for a throttle, UnavailableError where nobody knows what was done (no
        answer, or a failure of the service), and botocore's ClientError for every other refusal.
        """
        loop = asyncio.get_running_loop()
        try:
            answer: dict[str, Any] = await loop.run_in_executor(self._threads, partial(operation, **parameters))
        except ClientError as error:
            translated = translate(error)
            if translated is None:
                raise
            raise translated from error
        except (BotoConnectionError, HTTPClientError) as error:
            raise UnavailableError("unavailable", retry_after=_RETRY_AFTER) from error
        return answer

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        for client in self._clients.values():
            client.close()


@cache
def _loader() -> Loader:
    """The descriptions of the services, which take a tenth of a second each to read: read once in a process."""
    return create_loader(Session().get_config_variable("data_path"))


def _signed_addresses(endpoint_url: str | None) -> Config:
    """What S3's signed addresses need: signature 4, the bucket's own regional name (the global one answers a redirect
    while a bucket is new, which a signature for another host doesn't survive), and no checksum of a body that isn't
    known yet. Emulators have no name for each bucket."""
    return Config(
        signature_version="s3v4",
        s3={"addressing_style": "path" if endpoint_url else "virtual"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )


def code_of(error: ClientError) -> str:
    """The service's own code for what went wrong."""
    return str(error.response.get("Error", {}).get("Code", ""))


def translate(error: ClientError) -> ChatError | None:
    """What an error means that any call can meet: a throttle, or a failure of the service; None for a refusal."""
    metadata: Mapping[str, Any] = error.response.get("ResponseMetadata", {})
    if code_of(error) in THROTTLES or metadata.get("HTTPStatusCode") == 429:
        return LimitedError("rate_limited", retry_after=_RETRY_AFTER)
    if metadata.get("HTTPStatusCode", 400) >= 500:
        return UnavailableError("unavailable", retry_after=_RETRY_AFTER)
    return None
