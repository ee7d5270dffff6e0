"""People, as others see them."""

from msgspec import Struct


class User(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person as others see one."""

    username: str
    name: str = ""
    admin: bool = False
    disabled: bool = False
    created: int = 0
