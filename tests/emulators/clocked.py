"""ministack with a Cognito whose clock is a file's: a whole number of microseconds since 1970, read at each look.

Every other service keeps the machine's clock, by which requests are signed.
"""

import sys
import time
from pathlib import Path

from ministack.app import main
from ministack.services import cognito


class FileClock:
    """In the place of the module `time`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def time(self) -> float:
        return int(self._path.read_text()) / 1_000_000

    def __getattr__(self, name: str) -> object:
        return getattr(time, name)


if __name__ == "__main__":
    clock = FileClock(Path(sys.argv.pop()))
    cognito.time = clock  # type: ignore[assignment]
    cognito._now_epoch = clock.time
    main()
