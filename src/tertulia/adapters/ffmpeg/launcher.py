"""The process that bounds itself and then becomes ffmpeg: `launcher.py <seconds> <bytes> <program> <arguments>`.

Memory, processor time and the size of files are bounded before a byte of the content is looked at, and the bounds go on
to hold (`setrlimit(2)`, `execve(2)`). It gives way to everything else on the machine, and holds nothing of the server's
environment. Run as a file, so that it loads nothing but this.
"""

import os
import resource
import signal
import sys
from typing import Final

MEMORY_BYTES: Final = 1024 * 1024 * 1024
"""Of addresses: the program has 170 MB, a film of 4096 x 2304 some 300 MB more."""
_NICE: Final = 10


def bound(seconds: int, file_bytes: int) -> None:
    """Limits that hold from now on."""
    for what, most in (
        # Ends it at once: ffmpeg takes a softer limit for a wish to end early, and says that all is well.
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    # Python ignores it, and what is ignored stays so: the program would go on with a file that is cut.
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    os.nice(_NICE)


def main(seconds: str, file_bytes: str, program: str, *arguments: str) -> None:
    """Does not return."""
    bound(int(seconds), int(file_bytes))
    os.execve(program, [program, *arguments], {})  # noqa: S606 - a program of the operator's, and no shell


if __name__ == "__main__":
    main(*sys.argv[1:])
