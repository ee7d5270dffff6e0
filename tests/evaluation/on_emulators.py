"""The whole evaluation in the emulators: python -m tests.evaluation.on_emulators NAME FOLDER [LARGEST]."""

import asyncio
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import msgspec
from tests.emulators import emulators
from tests.emulators.emulators import HERE, Emulator
from tests.evaluation.runs import on_emulator, quiet

from tertulia.evaluation import running
from tertulia.evaluation.running import Plan

ROUNDS = 20


def named(emulator: Emulator) -> Emulator:
    """With its version in its name."""
    package = HERE / "node_modules" / emulator.name / "package.json"
    found = msgspec.json.decode(package.read_bytes())["version"] if package.exists() else version(emulator.name)
    return msgspec.structs.replace(emulator, name=f"{emulator.name} {found}")


def evaluate(emulator: Emulator, folder: Path, largest: int) -> None:
    """All of it, into a file of results."""
    command = f"python -m tests.evaluation.on_emulators {emulator.name} evaluation {largest}"
    plan = Plan(command=command, further=True, largest=largest, rounds=ROUNDS)
    with on_emulator(emulator, name=named(emulator).name) as maker:
        results = running.begin(maker, folder, plan)
        asyncio.run(running.run(maker, results, plan, quiet))


def main() -> None:
    name, folder, largest = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 10_000
    start = {"ministack": emulators.ministack, "dynalite": emulators.dynalite}[name]
    with tempfile.TemporaryDirectory() as place, start(Path(place)) as emulator:
        evaluate(emulator, folder / name, largest)


if __name__ == "__main__":
    main()
