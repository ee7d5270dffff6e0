"""On what something was measured: it stands beside every figure."""

import os
import platform
from pathlib import Path
from typing import Any

from tertulia.evaluation.results import Begun
from tertulia.version import __version__


def machine() -> dict[str, Any]:
    """Processor, cores, kernel, and the versions of Python and the product."""
    return {
        "cpu": _processor(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "tertulia": __version__,
    }


def _processor() -> str:
    """Its name where the system tells it, else its architecture."""
    told = Path("/proc/cpuinfo")
    if told.is_file():
        for line in told.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def sentence(about: dict[str, Any]) -> str:
    """In words."""
    return f"{about['cores']} cores ({about['cpu']}), Linux {about['kernel']}, Python {about['python']}"


def versions_of(begun: Begun) -> str:
    return ", ".join(f"{name} {version}" for name, version in begun.versions.items())


def engine_of(begun: Begun) -> str:
    """What stands for DynamoDB, or "AWS" where nothing does."""
    return begun.versions.get("DynamoDB", "AWS")


def under(begun: Begun) -> str:
    """What stands beside a figure."""
    return f"Measured on {sentence(begun.machine)}; {versions_of(begun)}; `{begun.command}`."
