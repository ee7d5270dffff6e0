"""What people may write: the checks on texts, names and emoji. Each returns what it was given or raises
InvalidError."""

import re
from typing import Final

from tertulia.domain import limits
from tertulia.domain.errors import ConflictError, InvalidError

NAMES_OF_EVERYONE: Final = ("all", "here")
"""What is written after the `@` to name all members of a group, and those who are there. No new account has such a
name."""
_USERNAME: Final = re.compile(r"[a-z0-9][a-z0-9_.-]*")
_EMAIL: Final = re.compile(r"[^\s@\x00-\x1f\x7f]+@[^\s@.\x00-\x1f\x7f]+(?:\.[^\s@.\x00-\x1f\x7f]+)+")
"""What can be one; whether it is shows when something is sent there."""
_CLIENT_ID: Final = re.compile(r"[A-Za-z0-9_-]+")
_SHORTCODE: Final = re.compile(r":[a-z0-9_+-]{1,30}:")
_VARIATION, _KEYCAP = "\ufe0f", "\u20e3"
_PICTOGRAPH: Final = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u2199\u21a9\u21aa\u231a\u231b\u2328\u23cf\u23e9-\u23fa\u24c2\u25aa\u25ab"
    "\u25b6\u25c0\u25fb-\u25fe\u2600-\u27bf\u2934\u2935\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d\u3297\u3299"
    "\U0001f000-\U0001f1e5\U0001f200-\U0001faff]"
)
"""The blocks that have emoji, with the places in them that Unicode keeps for later ones."""
_ELEMENT: Final = (
    f"(?:[\U0001f1e6-\U0001f1ff]{{2}}|{_PICTOGRAPH}"
    "(?:[\U0001f3fb-\U0001f3ff]|\ufe0f|[\U000e0020-\U000e007e]+\U000e007f)?)"
)
_EMOJI: Final = re.compile(f"{_ELEMENT}(?:\u200d{_ELEMENT})*")
"""Unicode TS 51, 1.4.9: a flag, or a pictograph with its skin tone, presentation or tags; several joined are one."""
_NOT_IN_TEXTS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters and halves of surrogate pairs (Unicode's categories Cc and Cs), but for line breaks and tabs."""
_NOT_IN_LINES: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""The same, and everything that ends a line."""

_UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\xa0\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202f\u2060-\u206f\ud800-\udfff\ufeff]+"
)
"""What isn't seen, or turns around what is: control and format characters but for the joiners that scripts and emoji
need, and line ends."""
_SLACK: Final = 8
"""So many times what is shown of a text is looked at."""
_BLANKS: Final = re.compile(r"\s+")


def checked_username(username: str) -> str:
    if not (limits.USERNAME_MIN <= len(username) <= limits.USERNAME_MAX and _USERNAME.fullmatch(username)):
        raise InvalidError("invalid_request", "A username has lower-case letters, digits, `_`, `.` and `-`.")
    return username


def checked_new_username(username: str) -> str:
    """The same for an account that isn't there yet. Raises ConflictError `username_taken` for what names everybody."""
    if checked_username(username) in NAMES_OF_EVERYONE:
        raise ConflictError("username_taken", f"@{username} names everybody in a group. Choose another username.")
    return username


def checked_email(email: str) -> str:
    if len(email) > limits.EMAIL_MAX or not _EMAIL.fullmatch(email):
        raise InvalidError("invalid_request", "An e-mail address is needed, such as ana@example.org.", field="email")
    return email


def checked_client_id(client_id: str) -> str:
    if not (0 < len(client_id) <= limits.CLIENT_ID_MAX and _CLIENT_ID.fullmatch(client_id)):
        raise InvalidError("invalid_request", "A message's id has up to 64 letters, digits, `_` and `-`.")
    return client_id


def checked_text(text: str, *, may_be_empty: bool = False) -> str:
    """A message's text: any script, any emoji, line breaks and tabs; no other control characters."""
    if len(text) > limits.TEXT_MAX:
        raise InvalidError("too_large", f"A message has up to {limits.TEXT_MAX} characters.", maximum=limits.TEXT_MAX)
    _refuse_controls(text, _NOT_IN_TEXTS)
    if not may_be_empty and not text.strip():
        raise InvalidError("invalid_request", "A message needs a text or an attachment.")
    return text


def checked_line(text: str, maximum: int, what: str) -> str:
    """One line, such as a name or a title. Blanks at both ends go."""
    line = text.strip()
    if len(line) > maximum:
        raise InvalidError("invalid_request", f"{what} has up to {maximum} characters.", maximum=maximum)
    _refuse_controls(line, _NOT_IN_LINES)
    return line


def shown_line(text: str, maximum: int) -> str:
    """What somebody else's text comes to as one line of at most `maximum` characters: control, bidi and invisible
    characters and further blanks go, and so does what is too long."""
    head = text[: maximum * _SLACK]
    line = _BLANKS.sub(" ", _UNSEEN.sub(" ", head)).strip()
    if not line or (len(line) <= maximum and len(head) == len(text)):
        return line
    return line[: maximum - 1].rstrip() + "…"


def checked_emoji(emoji: str) -> str:
    """One emoji (Unicode TS 51: a sequence of pictographs, modifiers and joiners, a flag or a keycap), or a
    `:shortcode:`."""
    if _SHORTCODE.fullmatch(emoji) or (0 < len(emoji) <= limits.EMOJI_MAX and _is_emoji(emoji)):
        return emoji
    raise InvalidError("invalid_request", "A reaction is one emoji, or the `:name:` of one.")


def _is_emoji(text: str) -> bool:
    if text[0] in "0123456789#*":
        return text[1:] in (_VARIATION + _KEYCAP, _KEYCAP)
    return _EMOJI.fullmatch(text) is not None


def _refuse_controls(text: str, refused: re.Pattern[str]) -> None:
    if refused.search(text):
        raise InvalidError("invalid_request", "Control characters are not allowed here.")
