"""Where ffmpeg is: the one of the extra `tertulia[media]`, or the one that the operator names."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Final

OFF: Final = "off"
AUTO: Final = "auto"
_PACKAGE: Final = "imageio_ffmpeg"
"""Its wheels carry the program; its own way to find it would run it, and look at the environment."""


def find_ffmpeg(named: str = AUTO) -> Path | None:
    """`auto`: the extra's, None where it isn't installed; `off`: None; else the program of that path. Raises ValueError
    where that is none."""
    if named == OFF:
        return None
    if named != AUTO:
        if not os.access(named, os.X_OK) or not Path(named).is_file():
            message = f"TERTULIA_FFMPEG names no program: {named}. Name one, or `auto`, or `off`."
            raise ValueError(message)
        return Path(named).resolve()
    spec = find_spec(_PACKAGE)
    folders = spec.submodule_search_locations if spec is not None else None
    found = sorted(path for folder in folders or () for path in Path(folder, "binaries").glob("ffmpeg-*"))
    return found[0] if found else None
