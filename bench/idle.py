"""What an idle, authenticated connection costs: memory of the server, by the growth of its resident set.

`python -m bench.idle --help`. The receivers are a process of their own; 10,000 connections need as many open files.
"""

import argparse
import json
import platform
import sys
import time

from bench.fanout import Process, Receivers, handshake


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--connections", type=int, default=10_000)
    options.add_argument("--store", choices=("sqlite", "memory"), default="sqlite")
    chosen = options.parse_args()
    server = Process(
        sys.executable, "-m", "bench.fanout_server", "--people", str(chosen.connections), "--store", chosen.store
    )
    ready = json.loads(server.read())
    port, tickets = ready["port"], ready["tickets"]
    # What the first connections bring with them isn't the price of one more.
    warm = Receivers(port, [handshake(port, ticket) for ticket in tickets[:100]])
    before = json.loads(server.ask())["rss"]
    receivers = Receivers(port, [handshake(port, ticket) for ticket in tickets[100:]])
    time.sleep(1)
    after = json.loads(server.ask())
    count = len(tickets) - 100
    print(f"{count} idle connections; {platform.platform()}")
    print(f"{(after['rss'] - before) / count / 1000:.1f} kB of memory each")
    cpu = after["cpu"]
    time.sleep(30)
    print(f"{(json.loads(server.ask())['cpu'] - cpu) / 30 * 100:.2f} % of a core while idle, heartbeats included")
    receivers.end()
    warm.end()
    server.end()


if __name__ == "__main__":
    main()
