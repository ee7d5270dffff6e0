"""What is sent to a browser is what the RFCs say, byte for byte, and only that browser can read it."""

from typing import Final

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from tests.adapters.web.receiver import Browser, decoded, encoded, point

from tertulia.adapters.web.encryption import encrypt, from_base64
from tertulia.domain import limits

# RFC 8291, 5 and appendix A.
PLAIN: Final = b"When I grow up, I want to be a watermelon"
SERVER_PRIVATE: Final = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
BROWSER_PRIVATE: Final = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
BROWSER_PUBLIC: Final = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH: Final = "BTBZMqHH6r4Tts7J_aSIgg"
SALT: Final = "DGv6ra1nlYgDCS1FRnbzlw"
BODY: Final = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decoded(text)), ec.SECP256R1())


def test_the_example_of_the_rfc_comes_out() -> None:
    """RFC 8291, 5: the same keys and salt give the same body."""
    body = encrypt(PLAIN, BROWSER_PUBLIC, AUTH, own=private(SERVER_PRIVATE), salt=decoded(SALT))
    assert encoded(body) == BODY
    assert Browser(private(BROWSER_PRIVATE), decoded(AUTH)).decrypt(body) == PLAIN


def test_each_message_has_a_key_and_a_salt_of_its_own() -> None:
    """The same text is never sent as the same bytes, and no other browser reads it."""
    browser, other = Browser(), Browser()
    public = encoded(point(browser.private.public_key()))
    one, two = (encrypt(b"hello", public, encoded(browser.auth)) for _ in range(2))
    assert one[:16] != two[:16]
    assert one[21:86] != two[21:86]
    assert browser.decrypt(one) == browser.decrypt(two) == b"hello"
    with pytest.raises(InvalidTag):
        other.decrypt(one)


def test_the_largest_content_fits_into_what_a_service_takes() -> None:
    """4,096 bytes (RFC 8030, 7.2)."""
    browser = Browser()
    public = encoded(point(browser.private.public_key()))
    assert len(encrypt(b"x" * limits.PUSH_BYTES_MAX, public, encoded(browser.auth))) <= 4_096


def test_what_is_no_point_of_the_curve_is_refused() -> None:
    """A wrong point could give the key away (RFC 8291, 7)."""
    with pytest.raises(ValueError):
        encrypt(b"x", encoded(b"\x04" + b"\x01" * 64), AUTH)


def test_base64_comes_with_or_without_padding() -> None:
    """Browsers leave it out, libraries don't."""
    assert from_base64("YQ") == from_base64("YQ==") == b"a"
