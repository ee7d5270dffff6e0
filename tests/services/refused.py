"""What a test expects to be refused."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tertulia.domain.errors import ChatError


@contextmanager
def refused(code: str) -> Iterator[pytest.ExceptionInfo[ChatError]]:
    """The block raises the ChatError with this code."""
    with pytest.raises(ChatError) as error:
        yield error
    assert error.value.code == code
