"""A person as others see one."""

import msgspec

from tertulia.domain.users import User


def test_a_user_on_the_wire() -> None:
    """What has its default value is absent, and decoding gives the user back."""
    plain, admin = User(username="ana"), User(username="ben", name="Ben", admin=True, disabled=True, created=7)
    assert msgspec.json.encode(plain) == b'{"username":"ana"}'
    for user in (plain, admin):
        assert msgspec.json.decode(msgspec.json.encode(user), type=User) == user
