"""Short runs, and what stands for AWS in them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.emulators.emulators import Emulator
from tests.emulators.pools import clients_of
from tests.emulators.tables import EmulatorClients

from tertulia.evaluation import running
from tertulia.evaluation.dynamodb_place import DynamoMaker
from tertulia.evaluation.places import Maker
from tertulia.evaluation.results import Results
from tertulia.evaluation.running import Plan


def quiet(_what: str, _done: int, _total: int) -> None:
    """No progress."""


def plan(*, further: bool = False, largest: int | None = None, rounds: int = 5) -> Plan:
    return Plan(command="tertulia evaluate", further=further, largest=largest, rounds=rounds)


@contextmanager
def on_emulator(emulator: Emulator, name: str = "") -> Iterator[DynamoMaker]:
    """ministack has user pools, dynalite hasn't; and dynalite's transactions are the tests' own."""
    if emulator.name == "dynalite":
        clients = EmulatorClients(emulator)
        yield DynamoMaker(clients, emulator=name or emulator.name, pools=False)
        clients.close()
        return
    with clients_of(emulator) as reaching:
        yield DynamoMaker(reaching, emulator=name or emulator.name)


async def run(maker: Maker, folder: Path, plan: Plan) -> Results:
    results = running.begin(maker, folder, plan)
    await running.run(maker, results, plan, quiet)
    return results
