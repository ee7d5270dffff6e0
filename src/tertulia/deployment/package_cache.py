"""Packages that were made before: to deploy again from the same sources packs nothing again."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

KEPT: Final = 12
"""Packages; those that were used least lately go."""


class PackageCache:
    """A folder of this user's alone; by default below `~/.cache`. Where it can't be used, everything is made anew."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder: Final = folder or Path.home() / ".cache" / "tertulia" / "packages"

    def get(self, name: str, make: Callable[[], bytes]) -> bytes:
        """What was kept under that name, or else what `make` makes, which is kept. Raises what `make` raises."""
        path = self._folder / name
        with suppress(OSError):
            content = path.read_bytes()
            os.utime(path)
            return content
        content = make()
        with suppress(OSError):
            self._keep(path, content)
        return content

    def _keep(self, path: Path, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Whole or not at all, also where two do it at once.
        with NamedTemporaryFile(dir=self._folder, delete=False) as file:
            file.write(content)
        Path(file.name).replace(path)
        lately = sorted(self._folder.iterdir(), key=lambda each: each.stat().st_mtime, reverse=True)
        for old in lately[KEPT:]:
            old.unlink(missing_ok=True)
