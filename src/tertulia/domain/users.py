"""People, as others see them."""

import re
from typing import Final

from msgspec import Struct

from tertulia.domain import limits
from tertulia.domain.errors import InvalidError
from tertulia.domain.media import Details, MediaKind

PORTRAITS: Final = "#people"
"""In the place of the conversation that a file belongs to, where it shows a person; in that of the client id is the
username. No conversation's id begins with `#`."""
_MEDIA: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


class User(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person as others see one. `picture` is the file that shows the person, another one with each change, or "".
    `picture_url` is where it can be read, small and standing still, for an hour at the most; only who asks for the
    person by name gets it.
    """

    username: str
    name: str = ""
    admin: bool = False
    disabled: bool = False
    created: int = 0
    picture: str = ""
    picture_url: str = ""


def picture_of(text: str) -> str:
    """The file that an account names; "" where it names something else, such as an address elsewhere."""
    return text if _MEDIA.fullmatch(text) else ""


def require_portrait(details: Details | None, size: int) -> None:
    """Whether a file can show a person. Raises `picture_unsuitable`."""
    if details is None or details.kind is not MediaKind.IMAGE or not details.small:
        raise InvalidError("picture_unsuitable", "The file is not a picture that was completed.")
    if size > limits.PORTRAIT_BYTES_MAX:
        maximum = limits.PORTRAIT_BYTES_MAX
        raise InvalidError("picture_unsuitable", f"The picture has more than {maximum:,} bytes.", maximum=maximum)
