"""How long `tertulia serve` takes from its start to its first answer. `python -m bench.start --help`."""

import argparse
import json
from typing import Any

from bench.served import Served
from tertulia.evaluation import statistics


def measure(runs: int) -> dict[str, Any]:
    """Seconds; the first start of a folder makes its files and keys, the later ones open them."""
    times = []
    with Served(["ana"], {"g_start": ["ana"]}) as served:
        for _ in range(runs):
            served.stop()
            served.start()
            times.append(served.seconds_to_start)
    return {"median_seconds": statistics.median(times), "worst_seconds": max(times), "n": runs}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=10)
    print(json.dumps(measure(options.parse_args().runs), indent=2))


if __name__ == "__main__":
    main()
