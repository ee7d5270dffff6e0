"""The data folder: where each part keeps its file, and that only one server uses it at a time."""

import fcntl
import os
from pathlib import Path
from types import TracebackType

from msgspec import Struct


class FolderInUseError(Exception):
    """Another server uses the data folder."""


class DataFolder(Struct, frozen=True):
    """`chat.db` holds conversations and messages, `accounts.db` people, `media/` files. `work/` and
    `work-films/` are empty but for what is being done."""

    path: Path

    @property
    def chat(self) -> Path:
        return self.path / "chat.db"

    @property
    def accounts(self) -> Path:
        return self.path / "accounts.db"

    @property
    def media(self) -> Path:
        return self.path / "media"

    @property
    def work(self) -> Path:
        """Where files are while they are looked into; on the same disk as where they go."""
        return self.path / "work"

    @property
    def films(self) -> Path:
        """Where sounds and films are while they are made again; on the same disk, too."""
        return self.path / "work-films"


class FolderLock:
    """Held by a server as long as it runs; the system lets go of it when the process ends, however it ends."""

    def __init__(self, folder: DataFolder) -> None:
        folder.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = os.open(folder.path / "server.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._file)
            message = f"Another server uses {folder.path}. Stop it, or choose another data folder."
            raise FolderInUseError(message) from None

    def __enter__(self) -> "FolderLock":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._file)
