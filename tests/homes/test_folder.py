"""One server uses a data folder at a time."""

from pathlib import Path

import pytest

from tertulia.homes.clock import OffsetClock
from tertulia.homes.folder import DataFolder, FolderInUseError, FolderLock


def test_a_second_server_is_refused(tmp_path: Path) -> None:
    """While the first runs; afterwards the folder is free."""
    folder = DataFolder(tmp_path / "data")
    with FolderLock(folder), pytest.raises(FolderInUseError, match="Another server uses"):
        FolderLock(folder)
    with FolderLock(folder):
        pass


def test_the_folder_is_its_users_alone(tmp_path: Path) -> None:
    """It is made where it isn't there, with those above it, for nobody else to read."""
    folder = DataFolder(tmp_path / "some" / "where")
    with FolderLock(folder):
        assert folder.path.stat().st_mode & 0o777 == 0o700
        assert (folder.path / "server.lock").stat().st_mode & 0o777 == 0o600


def test_each_part_has_its_place(tmp_path: Path) -> None:
    """People are not stored beside conversations."""
    folder = DataFolder(tmp_path)
    assert [path.name for path in (folder.chat, folder.accounts, folder.media)] == ["chat.db", "accounts.db", "media"]


def test_a_clock_is_moved_by_its_file(tmp_path: Path) -> None:
    """Microseconds, read at each call; a missing or broken file moves nothing; waiting is not affected."""
    path = tmp_path / "offset"
    clock, plain = OffsetClock(path), OffsetClock(tmp_path / "none")
    hour = 3600 * 1_000_000
    path.write_text(str(-hour))
    assert plain.now() - hour - 60_000_000 < clock.now() < plain.now() - hour + 60_000_000
    path.write_text("nonsense")
    assert abs(clock.now() - plain.now()) < 60_000_000
    assert clock.monotonic() <= clock.monotonic()
