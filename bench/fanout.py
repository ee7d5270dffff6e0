"""What a delivery costs: one conversation of N connected members, one sender, texts of 200 bytes.

Measures the CPU time of `tertulia serve` per delivery, through the whole path (authorised, durable, then pushed),
beside a
C loop on epoll that does one `send` per delivery and nothing else, in the same run, with frames of the same size. The
receivers are a process of their own in both. `python -m bench.fanout --help`.
"""

import argparse
import json
import os
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.children import Receivers
from bench.served import Served, handshake, masked
from tertulia.evaluation import statistics

HERE = Path(__file__).parent


class Sender:
    """One WebSocket that keeps a number of sends in flight, and counts the answers and its own copies."""

    def __init__(self, port: int, ticket: str, conversation: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(handshake(port, ticket))
        self._conversation = conversation
        self._sent = 0
        self._data = b""
        while b"\r\n\r\n" not in self._data:
            self._data += self._socket.recv(4096)
        self._data = self._data.partition(b"\r\n\r\n")[2]
        self.entry_bytes = 0

    def send(self, count: int, in_flight: int, text: str) -> None:
        """Sends `count` messages, waits for every answer."""
        started = answered = 0
        while answered < count:
            frames = []
            while started < count and started - answered < in_flight:
                self._sent += 1
                started += 1
                action = {
                    "action": "send",
                    "request": self._sent,
                    "conversation": self._conversation,
                    # Of constant length, so that all frames have one size.
                    "id": f"{os.getpid():08}{self._sent:08}",
                    "text": text,
                }
                frames.append(masked(json.dumps(action, ensure_ascii=False).encode()))
            if frames:
                self._socket.sendall(b"".join(frames))
            answered += self._answers()

    def close(self) -> None:
        self._socket.close()

    def _answers(self) -> int:
        """Results among the frames that have arrived."""
        self._data += self._socket.recv(1 << 18)
        answers = at = 0
        data = self._data
        while len(data) - at >= 2:
            size, head = data[at + 1], 2
            if size == 126:
                size, head = int.from_bytes(data[at + 2 : at + 4], "big"), 4
            if len(data) - at < head + size:
                break
            payload = data[at + head : at + head + size]
            if b'"type":"result"' in payload:
                answers += 1
            elif b'"type":"entry"' in payload:
                self.entry_bytes += head + size
            elif b'"type":"error"' in payload:
                raise RuntimeError(payload)
            at += head + size
        self._data = data[at:]
        return answers


def measure_server(people: int, messages: int, in_flight: list[int], text: str) -> list[dict[str, Any]]:
    names = [f"user{number:05}" for number in range(people)]
    with Served(names, {"g_fanout": names}) as served:
        tickets = [served.ticket(name) for name in names]
        # The sender comes last, so its copy is the last delivery: then a message is no more in flight.
        receivers = Receivers(served.port, [handshake(served.port, ticket).decode() for ticket in tickets[:-1]])
        sender = Sender(served.port, tickets[-1], "g_fanout")
        # The audience is loaded and everything is warm.
        sender.send(20, 1, text)
        figures = []
        for flight in in_flight:
            time.sleep(0.3)
            before_bytes, sender.entry_bytes = receivers.received(), 0
            before = served.cpu()
            began = time.perf_counter()
            sender.send(messages, flight, text)
            seconds = time.perf_counter() - began
            receivers.wait_for(before_bytes + (people - 1) * sender.entry_bytes)
            figures.append(
                {
                    "server": "tertulia serve",
                    "in_flight": flight,
                    "microseconds": (served.cpu() - before) / (messages * people) * 1e6,
                    "messages_per_second": messages / seconds,
                    "frame_bytes": round(sender.entry_bytes / messages),
                }
            )
        sender.close()
        receivers.end()
    return figures


def compile_baseline(folder: Path) -> Path:
    binary = folder / "epoll_broadcast"
    subprocess.run(["cc", "-O2", "-o", str(binary), str(HERE / "epoll_broadcast.c")], check=True)
    return binary


def measure_baseline(binary: Path, people: int, messages: int, in_flight: int, size: int) -> dict[str, Any]:
    loop = subprocess.Popen([str(binary), str(people), str(size)], stdout=subprocess.PIPE, text=True)
    assert loop.stdout is not None
    port = int(loop.stdout.readline())
    receivers = Receivers(port, [""] * (people - 1))
    sender = socket.create_connection(("127.0.0.1", port), timeout=30)
    sender.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    message = bytes(size)
    began = time.perf_counter()
    started = answered = 0
    while answered < messages * size:
        while started < messages and started * size - answered < in_flight * size:
            sender.sendall(message)
            started += 1
        answered += len(sender.recv(1 << 18))
    seconds = time.perf_counter() - began
    receivers.wait_for(messages * size * (people - 1))
    sender.close()
    cpu, deliveries, failures = loop.stdout.readline().split()
    loop.wait(10)
    receivers.end()
    assert failures == "0", failures
    return {
        "server": "C loop",
        "in_flight": in_flight,
        "microseconds": float(cpu) / int(deliveries),
        "messages_per_second": messages / seconds,
        "frame_bytes": size,
    }


def measure(people: int, messages: int, in_flight: list[int], size: int, runs: int) -> list[dict[str, Any]]:
    """The medians of the runs, and the ratio of ours to the C loop's, by messages in flight."""
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        binary = compile_baseline(Path(folder))
        for _ in range(runs):
            # In turn, so that what else the machine does meets both.
            figures = measure_server(people, messages, in_flight, "x" * size)
            rows += figures
            rows += [
                measure_baseline(binary, people, messages, row["in_flight"], row["frame_bytes"]) for row in figures
            ]
    summary = []
    for flight in in_flight:
        ours, baseline = (
            {
                key: statistics.median(row[key] for row in rows if row["server"] == name and row["in_flight"] == flight)
                for key in ("microseconds", "messages_per_second", "frame_bytes")
            }
            for name in ("tertulia serve", "C loop")
        )
        ratios = [
            one["microseconds"] / other["microseconds"]
            for one, other in zip(
                (row for row in rows if row["server"] != "C loop" and row["in_flight"] == flight),
                (row for row in rows if row["server"] == "C loop" and row["in_flight"] == flight),
                strict=True,
            )
        ]
        summary.append(
            {
                "in_flight": flight,
                "people": people,
                "runs": runs,
                "messages": messages,
                "tertulia_us": ours["microseconds"],
                "c_us": baseline["microseconds"],
                "ratio": statistics.median(ratios),
                "ratios": ratios,
                "tertulia_messages_per_second": ours["messages_per_second"],
                "c_messages_per_second": baseline["messages_per_second"],
                "frame_bytes": ours["frame_bytes"],
            }
        )
    return summary


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--people", type=int, default=1000)
    options.add_argument("--messages", type=int, default=400, help="in each run")
    options.add_argument("--in-flight", type=int, nargs="+", default=[1, 16])
    options.add_argument("--size", type=int, default=200, help="of a text, in bytes")
    options.add_argument("--runs", type=int, default=5)
    chosen = options.parse_args()
    print(json.dumps(measure(chosen.people, chosen.messages, chosen.in_flight, chosen.size, chosen.runs), indent=2))


if __name__ == "__main__":
    main()
