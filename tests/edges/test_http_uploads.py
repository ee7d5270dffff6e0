"""Files on their way in."""

import pytest
from starlette.requests import Request

from tertulia.domain.errors import ConflictError
from tertulia.edges.server.rest import upload


async def test_a_client_that_leaves_in_the_middle_is_an_incomplete_upload() -> None:
    """Not a defect of the server: nothing is kept, and nothing is logged as a failure."""
    messages = iter(
        [{"type": "http.request", "body": b"half", "more_body": True}, {"type": "http.disconnect"}],
    )

    async def receive() -> dict[str, object]:
        return next(messages)

    request = Request({"type": "http", "method": "PUT", "headers": [], "path": "/"}, receive)
    pieces = []
    with pytest.raises(ConflictError) as left:  # noqa: PT012 - it raises between two pieces
        async for piece in upload(request):
            pieces.append(piece)
    assert pieces == [b"half"]
    assert left.value.code == "upload_incomplete"
