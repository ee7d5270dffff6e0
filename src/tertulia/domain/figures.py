"""How much there is of everything on a server, for its administrators."""

from msgspec import Struct


class Figures(Struct, frozen=True, kw_only=True):
    """What a server knows of itself without looking at everything; null is what it can't know that cheaply.

    `since`: when the process began, in microseconds since 1970. `people` have an account, `disabled` ones among them;
    `connected` of them have a connection open, or several: `connections`. `messages` were sent in all, those deleted
    since among them; `messages_minute` and `messages_hour` in the last minute and hour, or since the process began,
    where that is later. `database_bytes` is what the databases hold on disk. `files` were uploaded and are still there,
    and have `file_bytes` without their thumbnails. `age_seconds`: counts and sizes can be so old; 0: they are of now.
    """

    version: str
    since: int | None = None
    people: int | None = None
    disabled: int | None = None
    connected: int | None = None
    connections: int | None = None
    conversations: int | None = None
    messages: int | None = None
    messages_minute: int | None = None
    messages_hour: int | None = None
    database_bytes: int | None = None
    files: int | None = None
    file_bytes: int | None = None
    age_seconds: int = 0
