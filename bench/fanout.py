"""What a delivery costs: one conversation of N connected members, one sender, texts of 200 bytes.

Measures the CPU time of the server per delivery, through the whole path (authorised, durable, then pushed), beside a C
loop on epoll that does one `send` per delivery and nothing else, in the same run, with frames of the same size. The
receivers are a process of their own in both. `python -m bench.fanout --help`.
"""

import argparse
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from bench.served import Served

HERE = Path(__file__).parent


def masked(payload: bytes) -> bytes:
    """A text frame of a client; the mask is zero, so that it costs this side nothing."""
    size = len(payload)
    head = bytes([0x81, 0x80 | size]) if size < 126 else b"\x81\xfe" + size.to_bytes(2, "big")
    return head + bytes(4) + payload


def handshake(port: int, ticket: str) -> str:
    return (
        f"GET /ws?ticket={ticket} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )


class Process:
    """A child that is talked to in lines."""

    def __init__(self, *command: str) -> None:
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, line: str = "") -> str:
        assert self.child.stdin is not None
        self.child.stdin.write(line + "\n")
        self.child.stdin.flush()
        return self.read()

    def read(self) -> str:
        assert self.child.stdout is not None
        line = self.child.stdout.readline()
        if not line:
            message = f"{self.child.args} ended"
            raise RuntimeError(message)
        return line

    def end(self) -> None:
        assert self.child.stdin is not None
        self.child.stdin.close()
        self.child.wait(30)


class Receivers:
    def __init__(self, port: int, requests: list[str]) -> None:
        self._process = Process(sys.executable, str(HERE / "receivers.py"))
        assert self._process.ask(json.dumps({"port": port, "requests": requests})) == "ready\n"

    def received(self) -> int:
        return int(self._process.ask())

    def wait_for(self, count: int, seconds: float = 60) -> None:
        """Until so many bytes have arrived."""
        deadline = time.monotonic() + seconds
        while (got := self.received()) < count:
            if time.monotonic() > deadline:
                message = f"{got} of {count} bytes arrived"
                raise RuntimeError(message)
            time.sleep(0.02)

    def end(self) -> None:
        self._process.end()


class Sender:
    """One WebSocket that keeps a number of sends in flight, and counts the answers and its own copies."""

    def __init__(self, port: int, ticket: str, conversation: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(handshake(port, ticket).encode())
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


class Target(NamedTuple):
    """A server with one conversation of N people, a ticket for each, and how to ask for its CPU time in seconds."""

    name: str
    port: int
    conversation: str
    tickets: list[str]
    cpu: Callable[[], float]


@contextmanager
def tertulia_serve(people: int) -> Iterator[Target]:
    """The command `tertulia serve`, with accounts, HTTP and all."""
    names = [f"user{number:05}" for number in range(people)]
    with Served(names, {"g_fanout": names}) as served:
        tickets = [served.ticket(name) for name in names]
        yield Target("tertulia serve", served.port, "g_fanout", tickets, served.cpu)


@contextmanager
def edge_alone(store: str, people: int) -> Iterator[Target]:
    """The edge, the services, the hub and a store, without accounts and HTTP (`fanout_server`)."""
    server = Process(sys.executable, "-m", "bench.fanout_server", "--people", str(people), "--store", store)
    ready = json.loads(server.read())
    yield Target(
        f"edge ({store})",
        ready["port"],
        ready["conversation"],
        ready["tickets"],
        lambda: float(json.loads(server.ask())["cpu"]),
    )
    server.end()


SERVERS: Final[dict[str, Callable[[int], AbstractContextManager[Target]]]] = {
    "serve": tertulia_serve,
    "sqlite": partial(edge_alone, "sqlite"),
    "memory": partial(edge_alone, "memory"),
}


def measure_server(target: Target, messages: int, in_flight: list[int], text: str) -> list[dict[str, Any]]:
    people = len(target.tickets)
    # The sender comes last, so its copy is the last delivery: then a message is no more in flight.
    receivers = Receivers(target.port, [handshake(target.port, ticket) for ticket in target.tickets[:-1]])
    sender = Sender(target.port, target.tickets[-1], target.conversation)
    # The audience is loaded and everything is warm.
    sender.send(20, 1, text)
    figures = []
    for flight in in_flight:
        time.sleep(0.3)
        before_bytes, sender.entry_bytes = receivers.received(), 0
        before = target.cpu()
        began = time.perf_counter()
        sender.send(messages, flight, text)
        seconds = time.perf_counter() - began
        receivers.wait_for(before_bytes + (people - 1) * sender.entry_bytes)
        figures.append(
            {
                "server": target.name,
                "in_flight": flight,
                "microseconds": (target.cpu() - before) / (messages * people) * 1e6,
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


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--people", type=int, default=1000)
    options.add_argument("--messages", type=int, default=400, help="in each run")
    options.add_argument("--in-flight", type=int, nargs="+", default=[1, 16])
    options.add_argument("--size", type=int, default=200, help="of a text, in bytes")
    options.add_argument("--runs", type=int, default=3)
    options.add_argument(
        "--server", choices=SERVERS, default="serve", help="the command, or the edge alone on one of the stores"
    )
    options.add_argument("--json", type=Path, help="a file for the figures")
    chosen = options.parse_args()
    text = "x" * chosen.size
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        binary = compile_baseline(Path(folder))
        for _ in range(chosen.runs):
            # In turn, so that what else the machine does meets both.
            with SERVERS[chosen.server](chosen.people) as target:
                figures = measure_server(target, chosen.messages, chosen.in_flight, text)
            rows += figures
            rows += [
                measure_baseline(binary, chosen.people, chosen.messages, row["in_flight"], row["frame_bytes"])
                for row in figures
            ]
    print(f"{chosen.people} members, texts of {chosen.size} bytes; {platform.platform()}, {os.cpu_count()} cores")
    print(f"{'server':22}{'in flight':>10}{'us/delivery':>13}{'messages/s':>12}{'frame':>7}")
    summary = []
    for flight in chosen.in_flight:
        for name in dict.fromkeys(row["server"] for row in rows):
            same = [row for row in rows if row["server"] == name and row["in_flight"] == flight]
            median = same[0] | {
                key: statistics.median(row[key] for row in same) for key in ("microseconds", "messages_per_second")
            }
            summary.append(median)
            print(
                f"{name:22}{flight:>10}{median['microseconds']:>13.2f}{median['messages_per_second']:>12.0f}"
                f"{median['frame_bytes']:>7}"
            )
        ours, baseline = summary[-2]["microseconds"], summary[-1]["microseconds"]
        print(f"{'ratio':22}{flight:>10}{ours / baseline:>13.2f}")
    if chosen.json:
        chosen.json.write_text(json.dumps({"rows": rows, "median": summary}, indent=1))


if __name__ == "__main__":
    main()
