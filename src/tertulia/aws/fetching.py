"""Reading a public address, such as a user pool's key set, with the certificates and the errors of other calls."""

from typing import Any, Final

from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session

from tertulia.aws.clients import Clients
from tertulia.domain.errors import UnavailableError

FETCH_BYTES_MAX: Final = 256 * 1024
"""Nothing larger is taken."""
_TIMEOUT: Final = (3, 5)
"""Seconds to connect, and between two pieces of the answer."""


async def fetch(clients: Clients, url: str) -> bytes:
    """The body of what `url` answers with 200. Raises UnavailableError for everything else. Not retried."""
    answer = await clients.call(_get, url=url)
    body: bytes = answer["body"]
    return body


def _get(url: str) -> dict[str, Any]:
    session = URLLib3Session(timeout=_TIMEOUT)
    try:
        response = session.send(AWSRequest("GET", url).prepare())
        body = response.content
    finally:
        session.close()
    if response.status_code != 200 or len(body) > FETCH_BYTES_MAX:
        raise UnavailableError("unavailable")
    return {"body": body}
