"""A push service and the browsers behind it, on loopback: it checks who sends, and decrypts as a browser does.

RFC 8030 (the request), RFC 8291 and RFC 8188 (the content), RFC 8292 (the token); written from these, and with none of
the product's code.
"""

import asyncio
import json
import ssl
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

from tertulia.domain.notifying import Device, device_id

Headers = dict[str, str]


def encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


class Browser:
    """Holds the private key of a subscription."""

    def __init__(self, private: ec.EllipticCurvePrivateKey | None = None, auth: bytes = b"a secret of 16 b") -> None:
        self.private: Final = private or ec.generate_private_key(ec.SECP256R1())
        self.auth: Final = auth

    def device(self, endpoint: str, **changed: Any) -> Device:
        given = {
            "id": device_id(endpoint),
            "endpoint": endpoint,
            "p256dh": encoded(point(self.private.public_key())),
            "auth": encoded(self.auth),
            "show_text": True,
            "session": "",
            "origin": "https://chat.example.org",
            "since": 1,
        }
        return Device(**{**given, **changed})

    def decrypt(self, body: bytes) -> bytes:
        """One record, which is the last."""
        salt, size, length = body[:16], int.from_bytes(body[16:20]), body[20]
        theirs, record = body[21 : 21 + length], body[21 + length :]
        assert len(record) <= size
        ours = point(self.private.public_key())
        shared = self.private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
        key = _hkdf(self.auth, shared, b"WebPush: info\0" + ours + theirs, 32)
        content = AESGCM(_hkdf(salt, key, b"Content-Encoding: aes128gcm\0", 16)).decrypt(
            _hkdf(salt, key, b"Content-Encoding: nonce\0", 12), record, None
        )
        assert content.rstrip(b"\0")[-1] == 2
        return content.rstrip(b"\0")[:-1]


class Pushed(Struct, frozen=True):
    """A request that the service got."""

    path: str
    headers: Headers
    body: bytes


class Service:
    """`answers` are statuses, or a status and further headers, given one after the other; then 201 for ever."""

    def __init__(self, port: int) -> None:
        self.port: Final = port
        self.got: Final[list[Pushed]] = []
        self.answers: Final[list[int | tuple[int, Headers]]] = []
        self.silent = False
        self.open = 0
        self.open_most = 0
        self.arrived: Final = asyncio.Event()

    @property
    def origin(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    async def wait(self, count: int) -> list[Pushed]:
        """The requests, when there are so many."""
        async with asyncio.timeout(20):
            while len(self.got) < count:
                self.arrived.clear()
                await self.arrived.wait()
        return self.got

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.open_most = max(self.open_most, self.open)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])}
            body = await reader.readexactly(int(headers["content-length"]))
            self.got.append(Pushed(head[0].split()[1], headers, body))
            self.arrived.set()
            if self.silent:
                await reader.read()
                return
            answer = self.answers.pop(0) if self.answers else 201
            status, further = answer if isinstance(answer, tuple) else (answer, {})
            lines = [f"HTTP/1.1 {status} Whatever", "Content-Length: 0", *(f"{k}: {v}" for k, v in further.items())]
            writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
            await writer.drain()
        finally:
            self.open -= 1
            writer.close()


def check_token(pushed: Pushed, public: str, audience: str, now: int) -> dict[str, Any]:
    """What the token claims, after its signature, its audience and its time were found right (RFC 8292, 4.2)."""
    scheme, _, parameters = pushed.headers["authorization"].partition(" ")
    found = dict(each.strip().split("=", 1) for each in parameters.split(","))
    assert scheme == "vapid"
    assert found["k"] == public
    head, claims, signature = found["t"].split(".")
    raw = decoded(signature)
    assert len(raw) == 64
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(public))
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    key.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
    assert json.loads(decoded(head)) == {"typ": "JWT", "alg": "ES256"}
    said: dict[str, Any] = json.loads(decoded(claims))
    assert said["aud"] == audience
    assert now < said["exp"] <= now + 24 * 3600
    return said


@asynccontextmanager
async def running_service(folder: Path) -> AsyncIterator[tuple[Service, ssl.SSLContext]]:
    """A service with a certificate of its own, and what a client has to trust for it."""
    certificate, trusted = _certificate(folder)
    made: list[Service] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await made[0].serve(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=certificate)
    made.append(Service(server.sockets[0].getsockname()[1]))
    try:
        yield made[0], trusted
    finally:
        server.close()


def everywhere(_: str) -> bool:
    """An address filter that lets loopback through."""
    return True


Reachable = Callable[[str], bool]


def _certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "A push service")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    file, key_file = folder / "service.pem", folder / "service.key"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file, key_file)
    return server, ssl.create_default_context(cafile=str(file))


def _hkdf(salt: bytes, material: bytes, info: bytes, size: int) -> bytes:
    return HKDF(SHA256(), size, salt, info).derive(material)
