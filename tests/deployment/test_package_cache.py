"""Packages that were made before."""

import os
import stat
from pathlib import Path

from tertulia.deployment.package_cache import KEPT, PackageCache


def test_what_was_made_is_not_made_again(tmp_path: Path) -> None:
    """By its name; the folder is for its owner alone."""
    cache, made = PackageCache(tmp_path / "packages"), []

    def make() -> bytes:
        made.append(1)
        return b"content"

    assert [cache.get("a.zip", make), cache.get("a.zip", make), cache.get("b.zip", make)] == [b"content"] * 3
    assert len(made) == 2
    assert stat.S_IMODE((tmp_path / "packages").stat().st_mode) == 0o700


def test_those_used_least_lately_go(tmp_path: Path) -> None:
    """It doesn't grow without a limit, and what is in use stays."""
    cache = PackageCache(tmp_path)
    for number in range(KEPT):
        cache.get(f"{number}.zip", lambda: b"")
        os.utime(tmp_path / f"{number}.zip", (number, number))
    cache.get("0.zip", lambda: b"")
    cache.get("new.zip", lambda: b"")
    assert {path.name for path in tmp_path.iterdir()} == {f"{n}.zip" for n in range(KEPT) if n != 1} | {"new.zip"}


def test_where_nothing_can_be_kept_it_is_made(tmp_path: Path) -> None:
    """A file stands where the folder would be."""
    (tmp_path / "packages").write_bytes(b"")
    assert PackageCache(tmp_path / "packages").get("a.zip", lambda: b"content") == b"content"
