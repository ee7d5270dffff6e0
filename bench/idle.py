"""What an idle, authenticated connection costs: memory of `tertulia serve`, by the growth of its resident set.

The connections are a process of their own; 10,000 of them need as many open files. `python -m bench.idle --help`.
"""

import argparse
import json
import time
from typing import Any

from bench.children import Receivers
from bench.served import Served, handshake

PER_PERSON = 20
WARM = 100


def measure(connections: int, seconds: float) -> dict[str, Any]:
    """Bytes per connection, and the share of a core that so many idle ones need, heartbeats included."""
    names = [f"user{number:05}" for number in range(-(-(connections + WARM) // PER_PERSON))]
    owners = [name for name in names for _ in range(PER_PERSON)][: connections + WARM]
    with Served(names, {"g_idle": names}) as served:
        # What the first connections bring with them isn't the price of one more.
        held = [_open(served, owners[:WARM])]
        time.sleep(1)
        before = served.memory()
        held += [_open(served, owners[start : start + 1000]) for start in range(WARM, len(owners), 1000)]
        time.sleep(1)
        each = (served.memory() - before) / (len(owners) - WARM)
        cpu = served.cpu()
        time.sleep(seconds)
        share = (served.cpu() - cpu) / seconds
        for receivers in held:
            receivers.end()
    return {"connections": len(owners) - WARM, "bytes_each": each, "core_share": share}


def _open(served: Served, owners: list[str]) -> Receivers:
    """In batches, because a ticket is good for thirty seconds only."""
    return Receivers(served.port, [handshake(served.port, served.ticket(name)).decode() for name in owners])


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--connections", type=int, default=10_000)
    options.add_argument("--seconds", type=float, default=10.0)
    chosen = options.parse_args()
    print(json.dumps(measure(chosen.connections, chosen.seconds), indent=2))


if __name__ == "__main__":
    main()
