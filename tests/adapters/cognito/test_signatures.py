"""Signatures are checked as another implementation makes them, and nothing else passes."""

import hashlib
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from tests.adapters.cognito.jwks import base64, jwk_of

from tertulia.adapters.cognito.signatures import PublicKey, base64url, is_signed, public_key

MESSAGE = b"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbmEifQ"


@cache
def private(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def key(bits: int = 2048) -> PublicKey:
    made = public_key(jwk_of(private(bits), "k"))
    assert made is not None
    return made


def raw(block: bytes) -> bytes:
    """The private operation on a block of one's choice: what a forger with the key could sign."""
    numbers = private(2048).private_numbers()
    return pow(int.from_bytes(block), numbers.d, numbers.public_numbers.n).to_bytes(256)


def encoded(digest_info: bytes, fill: bytes, tail: bytes = b"") -> bytes:
    return b"\x00\x01" + fill + b"\x00" + digest_info + tail


SHA256 = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(MESSAGE).digest()
NO_PARAMETERS = bytes.fromhex("302f300b0609608648016503040201" + "0420") + hashlib.sha256(MESSAGE).digest()


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_what_another_implementation_signs_is_good(bits: int) -> None:
    signature = private(bits).sign(MESSAGE, padding.PKCS1v15(), hashes.SHA256())
    assert is_signed(key(bits), MESSAGE, signature)
    assert not is_signed(key(bits), MESSAGE + b"x", signature)


def test_our_own_block_is_what_is_expected() -> None:
    """So that the forgeries below fail for what is wrong with them."""
    assert is_signed(key(), MESSAGE, raw(encoded(SHA256, b"\xff" * 202)))


@pytest.mark.parametrize(
    "block",
    [
        encoded(SHA256, b"\xff" * 8, b"\x00" * 194),
        encoded(SHA256, b"\xff" * 201, b"\x00"),
        encoded(SHA256, b"\xff" * 201 + b"\xfe"),
        encoded(NO_PARAMETERS, b"\xff" * 204),
        b"\x00\x02" + encoded(SHA256, b"\xff" * 202)[2:],
        encoded(b"", b"\xff" * 221, hashlib.sha256(MESSAGE).digest()),
    ],
    ids=["garbage after it", "one byte after it", "other padding", "no parameters", "type 2", "no digest info"],
)
def test_padding_is_compared_and_not_parsed(block: bytes) -> None:
    """Forgeries by lenient parsing (CVE-2006-4339 and what came after it) don't pass."""
    assert len(block) == 256
    assert not is_signed(key(), MESSAGE, raw(block))


@pytest.mark.parametrize("algorithm", [hashes.SHA1(), hashes.SHA512()], ids=["SHA-1", "SHA-512"])
def test_other_hashes_are_refused(algorithm: Any) -> None:
    assert not is_signed(key(), MESSAGE, private(2048).sign(MESSAGE, padding.PKCS1v15(), algorithm))


def test_other_schemes_are_refused() -> None:
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    assert not is_signed(key(), MESSAGE, private(2048).sign(MESSAGE, pss, hashes.SHA256()))


def test_a_signature_has_the_keys_length_and_is_below_the_modulus() -> None:
    """RFC 8017, 8.2.2, step 1 and 5.2.2, step 1."""
    good = private(2048).sign(MESSAGE, padding.PKCS1v15(), hashes.SHA256())
    above = (int.from_bytes(good) + key().modulus).to_bytes(257)
    for signature in (b"", good[1:], b"\x00" + good, good + b"\x00", above, bytes(256), b"\xff" * 256):
        assert not is_signed(key(), MESSAGE, signature)


@pytest.mark.parametrize(
    "change",
    [
        {"kty": "oct"},
        {"alg": "RS512"},
        {"use": "enc"},
        {"kid": 1},
        {"n": None},
        {"n": "not+base64url"},
        {"n": base64(b"\xff" * 255)},
        {"n": base64(b"\xff" * 513)},
        {"e": base64(b"\x01")},
        {"e": base64(b"\x02")},
        {"e": base64(b"\xff" * 5)},
    ],
    ids=str,
)
def test_keys_of_another_kind_or_size_are_no_keys(change: dict[str, Any]) -> None:
    assert public_key(jwk_of(private(2048), "k") | change) is None


@pytest.mark.parametrize("text", ["", "a", "a=", "a b", "a+b", "é", "YQ==", "a.b"])
def test_base64url_is_strict(text: str) -> None:
    with pytest.raises(ValueError):
        base64url(text)
