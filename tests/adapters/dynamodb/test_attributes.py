"""Values come out of DynamoDB's form as they went in."""

from typing import Any

import msgspec
import pytest

from tertulia.adapters.dynamodb.attributes import attribute, plain
from tertulia.domain.entries import Attachment


@pytest.mark.parametrize(
    "value", ["", "x", 0, -3, 2**53 - 1, 2.5, 0.001, -1.25, True, False, None, b"x", [], [1, "a"], {"a": {"b": [2.5]}}]
)
def test_a_value_comes_back(value: Any) -> None:
    """And is of the same type."""
    found = plain(attribute(value))
    assert (found, type(found)) == (value, type(value))


def test_an_attachment_comes_back() -> None:
    """With a length in parts of seconds, and one in whole seconds, which DynamoDB writes without a point."""
    for duration in (2.5, 3.0):
        sent = Attachment(media="m", name="n", type="a/b", size=1, duration=duration, voice=True, peaks=(0, 255))
        written = attribute(msgspec.to_builtins(sent))
        written["M"]["duration"]["N"] = written["M"]["duration"]["N"].removesuffix(".0")
        assert msgspec.convert(plain(written), Attachment) == sent
