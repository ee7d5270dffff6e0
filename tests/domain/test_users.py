"""A person as others see one."""

import msgspec
import pytest

from tertulia.domain import limits
from tertulia.domain.errors import InvalidError
from tertulia.domain.media import Details, MediaKind
from tertulia.domain.users import User, picture_of, require_portrait


def test_a_user_on_the_wire() -> None:
    """What has its default value is absent, and decoding gives the user back."""
    plain, admin = User(username="ana"), User(username="ben", name="Ben", admin=True, disabled=True, created=7)
    assert msgspec.json.encode(plain) == b'{"username":"ana"}'
    for user in (plain, admin):
        assert msgspec.json.decode(msgspec.json.encode(user), type=User) == user


def test_an_account_names_a_file_or_nothing() -> None:
    """An address elsewhere would tell others' browsers to go there."""
    assert picture_of("Zm9v-_") == "Zm9v-_"
    for text in ("", "https://evil.example/x.png", "a/../b", "a.small", "x" * 65, "a\n"):
        assert picture_of(text) == ""


def test_what_can_show_a_person() -> None:
    """A completed picture with a thumbnail, of up to so many bytes."""
    good = Details(kind=MediaKind.IMAGE, small=True)
    require_portrait(good, limits.PORTRAIT_BYTES_MAX)
    for details, size in (
        (good, limits.PORTRAIT_BYTES_MAX + 1),
        (None, 1),
        (Details(kind=MediaKind.IMAGE), 1),
        (Details(kind=MediaKind.FILE), 1),
        (Details(kind=MediaKind.VIDEO, small=True), 1),
    ):
        with pytest.raises(InvalidError) as caught:
            require_portrait(details, size)
        assert caught.value.code == "picture_unsuitable"
