"""Many connections that count what they get: the other side of the fan-out benchmark, in a process of its own.

Reads one JSON line: `{"port": ..., "requests": [...]}`; opens a connection for each request, sends it (an opening
handshake, or nothing where it is ""), waits for the response's end, and answers `ready`. Then each line on standard
input is answered with the bytes that arrived so far, over all connections. Nothing is parsed.
"""

import json
import os
import select
import socket
import sys


def connect(port: int, request: str) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    if request:
        connection.sendall(request.encode())
        head = b""
        while b"\r\n\r\n" not in head:
            data = connection.recv(4096)
            if not data:
                raise ConnectionError(head)
            head += data
        if b" 101 " not in head.partition(b"\r\n")[0]:
            raise ConnectionError(head)
    connection.setblocking(False)
    return connection


def main() -> None:
    order = json.loads(sys.stdin.readline())
    connections = [connect(order["port"], request) for request in order["requests"]]
    poll = select.epoll()
    for connection in connections:
        poll.register(connection, select.EPOLLIN)
    poll.register(sys.stdin, select.EPOLLIN)
    print("ready", flush=True)
    total = 0
    buffer = bytearray(1 << 18)
    sockets = {connection.fileno(): connection for connection in connections}
    while True:
        for descriptor, _ in poll.poll():
            receiver = sockets.get(descriptor)
            if receiver is None:
                if not os.read(descriptor, 4096):
                    return
                print(total, flush=True)
                continue
            got = receiver.recv_into(buffer)
            if not got:
                poll.unregister(descriptor)
            total += got


if __name__ == "__main__":
    main()
