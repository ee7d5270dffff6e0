"""The session that `login` begins, in a file that only its owner can read."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import msgspec

from tertulia.client.sessions import SavedSession


class FileSessions:
    """A SessionStore. The file has mode 0600 and is replaced as a whole; programs that share it take turns."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> SavedSession | None:
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=SavedSession)
        except FileNotFoundError:
            return None
        except msgspec.DecodeError:
            return None

    def save(self, session: SavedSession | None) -> None:
        if session is None:
            self.path.unlink(missing_ok=True)
            return
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        arriving = self.path.with_suffix(".new")
        arriving.unlink(missing_ok=True)
        with os.fdopen(os.open(arriving, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(msgspec.json.encode(session))
        arriving.replace(self.path)

    def exclusively(self) -> AbstractAsyncContextManager[None]:
        return self._locked()

    @asynccontextmanager
    async def _locked(self) -> AsyncIterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            while not _try_lock(file):  # noqa: ASYNC110 - there is no event to wait for: another process holds it
                await asyncio.sleep(0.02)
            yield
        finally:
            os.close(file)


def session_path() -> Path:
    """`TERTULIA_SESSION`, or below the folder for configuration (XDG Base Directory Specification)."""
    if named := os.environ.get("TERTULIA_SESSION"):
        return Path(named)
    folder = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(folder) / "tertulia" / "session.json"


def _try_lock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
