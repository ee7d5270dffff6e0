"""Acknowledged durable sends a second: 64 senders in 64 conversations, each through its own WebSocket.

First each sender sends again as soon as it is answered, which gives the most that the server does; then all together
send
at half of that rate, evenly, which gives the time from a send to its answer. `python -m bench.sends --help`.
"""

import argparse
import json
import selectors
import socket
import time
from typing import Any

from bench.served import Served, connect, masked
from tertulia.evaluation import statistics

TEXT = "Una tertulia es una reunión de personas que se juntan para conversar. " * 3


class Sender:
    """One connection; at most one send in flight."""

    def __init__(self, connection: socket.socket, conversation: str) -> None:
        self.connection = connection
        self._conversation = conversation
        self._sent = 0
        self._began = 0.0
        self.waiting = False

    def send(self) -> None:
        self._sent += 1
        action = {
            "action": "send",
            "request": self._sent,
            "conversation": self._conversation,
            "id": f"m{self._sent:09}",
            "text": TEXT[:200],
        }
        frame = masked(json.dumps(action, ensure_ascii=False).encode())
        self._began = time.perf_counter()
        self.waiting = True
        self.connection.sendall(frame)

    def answered(self) -> float | None:
        """Seconds that the answer took, where it has come."""
        data = self.connection.recv(65536)
        if not data:
            raise ConnectionError
        if b'"type":"error"' in data:
            raise RuntimeError(data)
        if b'"type":"result"' not in data:
            return None
        self.waiting = False
        return time.perf_counter() - self._began


def closed_loop(senders: list[Sender], seconds: float) -> list[float]:
    """Each sends as soon as it is answered; the times of the answers."""
    selector = _selector(senders)
    times: list[float] = []
    end = time.perf_counter() + seconds
    for sender in senders:
        sender.send()
    while any(sender.waiting for sender in senders):
        for key, _ in selector.select(1.0):
            took = key.data.answered()
            if took is not None:
                times.append(took)
                if time.perf_counter() < end:
                    key.data.send()
    return times


def open_loop(senders: list[Sender], seconds: float, per_second: float) -> list[float]:
    """Sends at a fixed rate, whoever is free; the times of the answers. A send that finds nobody free counts from when
    it was due, so that a slow server can't hide (coordinated omission)."""
    selector = _selector(senders)
    free = list(senders)
    late: list[float] = []
    due_at: dict[int, float] = {}
    begin = time.perf_counter()
    started = 0
    total = int(per_second * seconds)
    times: list[float] = []
    while len(times) < total:
        now = time.perf_counter()
        while started + len(late) < total and begin + (started + len(late)) / per_second <= now:
            late.append(begin + (started + len(late)) / per_second)
        while late and free:
            sender = free.pop()
            due_at[id(sender)] = late.pop(0)
            started += 1
            sender.send()
        for key, _ in selector.select(0.0005):
            if key.data.answered() is not None:
                times.append(time.perf_counter() - due_at[id(key.data)])
                free.append(key.data)
    return times


def measure(people: int, seconds: float) -> dict[str, Any]:
    names = [f"sender{number:03}" for number in range(people)]
    groups = {f"g_bench{number:03}": [name] for number, name in enumerate(names)}
    with Served(names, groups) as served:
        senders = [Sender(connect(served, name), group) for name, group in zip(names, groups, strict=True)]
        closed_loop(senders, min(1.0, seconds))
        cpu, began = served.cpu(), time.perf_counter()
        times = closed_loop(senders, seconds)
        elapsed = time.perf_counter() - began
        most = len(times) / elapsed
        used = served.cpu() - cpu
        half = open_loop(senders, seconds, most / 2)
        for sender in senders:
            sender.connection.close()
    ordered = sorted(half)
    return {
        "senders": people,
        "per_second": most,
        "server_cores": used / elapsed,
        "microseconds_of_cpu": used / len(times) * 1e6,
        "p50_ms_when_busy": statistics.median(times) * 1e3,
        "half_rate": most / 2,
        "half_p50_ms": statistics.median(half) * 1e3,
        "half_p99_ms": statistics.quantile(ordered, 0.99) * 1e3,
        "half_p999_ms": statistics.quantile(ordered, 0.999) * 1e3,
        "n": len(times),
        "n_half": len(half),
    }


def _selector(senders: list[Sender]) -> selectors.BaseSelector:
    selector = selectors.DefaultSelector()
    for sender in senders:
        selector.register(sender.connection, selectors.EVENT_READ, sender)
    return selector


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--senders", type=int, default=64)
    options.add_argument("--seconds", type=float, default=5.0)
    chosen = options.parse_args()
    print(json.dumps(measure(chosen.senders, chosen.seconds), indent=2))


if __name__ == "__main__":
    main()
