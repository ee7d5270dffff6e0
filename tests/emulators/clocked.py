"""ministack with a Cognito whose clock is a file's: a whole number of microseconds since 1970, read at each look.

Every other service keeps the machine's clock, by which requests are signed. Users are made one at a time: the emulator
looks whether a name is free and takes it in two steps, in threads, so that of two at once both could have it. Cognito
refuses the second (UsernameExistsException).
"""

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

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


def one_at_a_time(handler: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def handle(data: Any) -> Any:
        with _making:
            return handler(data)

    return handle


_making = threading.Lock()

if __name__ == "__main__":
    clock = FileClock(Path(sys.argv.pop()))
    cognito.time = clock  # type: ignore[assignment]
    cognito._now_epoch = clock.time
    cognito._admin_create_user = one_at_a_time(cognito._admin_create_user)
    cognito._sign_up = one_at_a_time(cognito._sign_up)
    main()
