"""The process that looks into one content and ends: `python -m tertulia.adapters.pillow.worker <folder> <type>`.

It reads `input` in the folder, writes there what is to be kept, and in `found.json` what it found: `{"error": <code>}`,
or the details. It holds nothing but the folder, and bounds itself before it looks: memory, time, the size of
files. What crashes it, or makes it run out, ends it and nothing else.
"""

import json
import resource
import sys
from pathlib import Path
from typing import Any, Final

MEMORY_BYTES: Final = 1024 * 1024 * 1024
"""Of addresses: a picture of the greatest size in four bytes a pixel, twice, and the libraries."""
CPU_SECONDS: Final = 20
FILE_BYTES: Final = 512 * 1024 * 1024
FOUND: Final = "found.json"
_SPARE_SECONDS: Final = 2


def bound() -> None:
    """Limits that hold from now on (`setrlimit(2)`)."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + _SPARE_SECONDS))


def look(folder: Path, media_type: str) -> dict[str, Any]:
    """The details, as `domain.media.Details` names them, and `kind` where only a look inside says it."""
    if media_type.startswith("image/"):
        from tertulia.adapters.pillow import pictures

        return {"kind": "image", **pictures.rewrite(folder, media_type)}
    if media_type.endswith("/webm"):
        from tertulia.adapters.pillow import webm

        return webm.describe(folder)
    if media_type.endswith(("/mp4", "/quicktime")):
        from tertulia.adapters.pillow import films

        return films.rewrite(folder)
    return {"kind": media_type.partition("/")[0], "duration": _duration(folder / "input")}


def _duration(path: Path) -> float:
    """Of a sound, in seconds; 0 where it doesn't say."""
    from tinytag import TinyTag, TinyTagException

    try:
        return round(TinyTag.get(path, tags=False).duration or 0.0, 3)
    except (TinyTagException, ValueError, ArithmeticError, LookupError):
        return 0.0


def main(folder: str, media_type: str) -> None:
    bound()
    from tertulia.adapters.pillow.failures import RefusedError

    try:
        found = look(Path(folder), media_type)
    except RefusedError as error:
        found = {"error": error.code}
    except MemoryError:
        found = {"error": "media_too_complex"}
    except Exception as error:  # noqa: BLE001 - decoders raise whatever they like at what they can't read
        found = {"error": "media_broken", "reason": type(error).__name__}
    Path(folder, FOUND).write_text(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
