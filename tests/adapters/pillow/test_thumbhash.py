"""Our ThumbHash is everybody's."""

import pytest

from tertulia.adapters.pillow.thumbhash import thumbhash

REFERENCE = [
    (8, 5, False, "1fc8097c8a5856885f96785c97706660e86406"),
    (5, 8, False, "1fc8097c0c77e988a7756019b796877067770b"),
    (32, 32, True, "e0078215020874bf96788768798f6807768863557085870887"),
    (3, 20, True, "5bf981190227a79fe768948785c008a48878717780c837"),
    (32, 1, False, "60d741718c79867888880886a0783a75f8"),
]
"""What the reference in JavaScript (thumbhash 0.1.1) makes of the pictures below."""


@pytest.mark.parametrize(("width", "height", "transparent", "expected"), REFERENCE)
def test_a_hash_is_that_of_the_reference(width: int, height: int, transparent: bool, expected: str) -> None:
    """But for the last bit of a frequency, where sums of another order round otherwise."""
    pixels = [
        ((i * 37) % 256, (i * 11 + 90) % 256, (i * 3 + 200) % 256, (i * 5) % 256 if transparent else 255)
        for i in range(width * height)
    ]
    made = thumbhash(width, height, pixels).hex()
    assert len(made) == len(expected)
    assert made[:10] == expected[:10]
    assert all(abs(int(one, 16) - int(other, 16)) <= 1 for one, other in zip(made, expected, strict=True))


@pytest.mark.parametrize("pixel", [(0, 0, 0, 0), (255, 255, 255, 255), (10, 200, 30, 128)])
def test_pictures_of_one_colour(pixel: tuple[int, int, int, int]) -> None:
    """Also one that is all transparent."""
    assert 15 <= len(thumbhash(4, 4, [pixel] * 16)) <= 30
