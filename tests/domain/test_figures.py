"""A server's figures."""

import msgspec

from tertulia.domain.figures import Figures


def test_what_is_not_known_is_said_to_be_unknown() -> None:
    """Null, and not left out, nor 0: a client can tell it from a server that doesn't know the figure yet."""
    told = msgspec.json.decode(msgspec.json.encode(Figures(version="1.2.3", messages=0)))
    assert set(told) == set(Figures.__struct_fields__)
    assert (told["version"], told["messages"], told["people"], told["age_seconds"]) == ("1.2.3", 0, None, 0)
