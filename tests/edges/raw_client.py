"""A WebSocket client that can break every rule: it sends the bytes that it is told to."""

import base64
import json
import os
import socket
from typing import Any, NamedTuple

TEXT, BINARY, CLOSE, PING, PONG, CONTINUATION = 1, 2, 8, 9, 10, 0
KEY = base64.b64encode(bytes(16)).decode()


class Received(NamedTuple):
    opcode: int
    payload: bytes

    @property
    def close_code(self) -> int:
        return int.from_bytes(self.payload[:2], "big")


def frame(
    opcode: int, payload: bytes = b"", *, fin: bool = True, masked: bool = True, rsv: int = 0, length: int | None = None
) -> bytes:
    """One frame (RFC 6455, 5.2). `length` lies about the payload's length."""
    size = len(payload) if length is None else length
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    mark = 0x80 if masked else 0
    if size < 126:
        head += bytes([mark | size])
    elif size < 0x10000:
        head += bytes([mark | 126]) + size.to_bytes(2, "big")
    else:
        head += bytes([mark | 127]) + size.to_bytes(8, "big")
    if not masked:
        return head + payload
    mask = os.urandom(4)
    spread = (mask * (len(payload) // 4 + 1))[: len(payload)]
    mixed = int.from_bytes(payload, "big") ^ int.from_bytes(spread, "big")
    return head + mask + mixed.to_bytes(len(payload), "big")


def close_frame(code: int, words: str = "") -> bytes:
    return frame(CLOSE, code.to_bytes(2, "big") + words.encode())


class RawClient:
    """A socket, an opening handshake, and frames as they come. Every wait ends after ten seconds."""

    def __init__(self, port: int, *, receive_buffer: int | None = None) -> None:
        self.socket = socket.socket()
        self.socket.settimeout(10)
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.connect(("127.0.0.1", port))
        self._port = port
        self._data = b""

    def __enter__(self) -> "RawClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def shake(self, ticket: str = "", *, path: str | None = None, **headers: str) -> int:
        """Sends the opening handshake; the status of the response. A header with the value "" is left out."""
        fields = {
            "Host": f"127.0.0.1:{self._port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": KEY,
            "Sec-WebSocket-Version": "13",
        }
        fields |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"GET {path or '/ws?ticket=' + ticket} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in fields.items() if value]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        while b"\r\n\r\n" not in self._data:
            self._more()
        self.head, _, self._data = self._data.partition(b"\r\n\r\n")
        return int(self.head.split()[1])

    def send(self, *frames: bytes) -> None:
        self.socket.sendall(b"".join(frames))

    def act(self, action: str, **fields: Any) -> None:
        self.send(frame(TEXT, json.dumps({"action": action, **fields}).encode()))

    def receive(self) -> Received:
        """The next frame, which a server may not mask."""
        first, second = self._exactly(2)
        assert second < 0x80, "a server masked a frame"
        size = second
        if second == 126:
            size = int.from_bytes(self._exactly(2), "big")
        elif second == 127:
            size = int.from_bytes(self._exactly(8), "big")
        assert first & 0x70 == 0, "a reserved bit is set"
        return Received(first & 0x0F, self._exactly(size))

    def receive_json(self) -> dict[str, Any]:
        """The next text message."""
        while True:
            received = self.receive()
            if received.opcode == TEXT:
                return json.loads(received.payload)  # type: ignore[no-any-return]
            assert received.opcode != CLOSE, received

    def until_close(self) -> tuple[list[dict[str, Any]], int]:
        """The text messages up to the close frame, and its code."""
        messages = []
        while True:
            received = self.receive()
            if received.opcode == CLOSE:
                return messages, received.close_code
            if received.opcode == TEXT:
                messages.append(json.loads(received.payload))

    def until_end(self) -> bytes:
        """What comes up to the end of the stream; raises where the server keeps it open."""
        rest, self._data = bytearray(self._data), b""
        while True:
            try:
                data = self.socket.recv(65536)
            except ConnectionResetError:
                return bytes(rest)
            if not data:
                return bytes(rest)
            rest += data

    def _exactly(self, size: int) -> bytes:
        while len(self._data) < size:
            self._more()
        data, self._data = self._data[:size], self._data[size:]
        return data

    def _more(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            message = "the server ended the stream"
            raise ConnectionError(message)
        self._data += data
