"""The library's pictures: names, keys, what they may be, how they are found."""

import string
from typing import Any

import pytest
from tests.services.refused import refused

from tertulia.domain import house, limits
from tertulia.domain import library as domain
from tertulia.domain.library import Picture, PictureKind
from tertulia.domain.media import Details, MediaKind
from tertulia.domain.picture_words import matches, words_of

STICKER, GIF, EMOJI = PictureKind.STICKER, PictureKind.GIF, PictureKind.EMOJI


def details(**more: Any) -> Details:
    return Details(**{"kind": MediaKind.IMAGE, "width": 10, "height": 20, **more})


def test_keys_are_in_the_order_of_the_picker() -> None:
    """Emoji by name; stickers of a pack in its order, our own before and others after all packs; the newest first."""
    assert domain.key_of(EMOJI, "m", "parrot", 5, "pack", 2) == "parrot"
    packed = [domain.key_of(STICKER, "m", "x", 5, pack, n) for pack in ("-0", "A", "z") for n in (9, 10)]
    old, new = [domain.key_of(GIF, "m", "x", added) for added in (1_000, 2_000)]
    own = [picture.key for picture in house.PICTURES]
    assert sorted([old, new, *packed, *own]) == [*own, *packed, new, old]
    assert all(f"{pack}." <= key < f"{pack}/" for pack, key in zip(("-0", "-0", "A", "A"), packed, strict=False))


def test_a_file_says_which_picture_it_is() -> None:
    """Whatever its key."""
    for kind, key in ((EMOJI, "a+b"), (STICKER, "pack.0001"), (GIF, "~1.m/x")):
        assert domain.place_of(domain.claim_of(kind, key)) == (kind, key)


@pytest.mark.parametrize("name", ["a", "+1", "party_parrot", "x" * limits.EMOJI_NAME_MAX])
def test_names_of_emoji(name: str) -> None:
    """As they stand between colons, in texts and in reactions."""
    assert domain.checked_name(EMOJI, name) == name
    assert domain.emoji_named(f":{name}:") == name


@pytest.mark.parametrize("name", ["", "A", "a b", "é", ":a:", "x" * (limits.EMOJI_NAME_MAX + 1)])
def test_what_is_no_name_of_an_emoji(name: str) -> None:
    with refused("invalid_request"):
        domain.checked_name(EMOJI, name)


def test_other_names_are_lines() -> None:
    """In any script, not empty, up to a length."""
    assert domain.checked_name(STICKER, " un café ") == "un café"
    assert domain.checked_name(GIF, "x" * limits.PICTURE_NAME_MAX)
    for name in ("", " ", "a\nb", "x" * (limits.PICTURE_NAME_MAX + 1)):
        with refused("invalid_request"):
            domain.checked_name(GIF, name)


def test_tags_and_descriptions_are_bounded() -> None:
    """At the limit and one past it; each tag once."""
    tags = list(string.ascii_lowercase[: limits.PICTURE_TAGS_MAX])
    assert domain.checked_tags([*tags, "a", " "]) == tuple(tags)
    assert domain.checked_tags(["x" * limits.PICTURE_TAG_MAX])
    assert domain.checked_alt("x" * limits.PICTURE_ALT_MAX)
    for check in (
        lambda: domain.checked_tags([*tags, "z"]),
        lambda: domain.checked_tags(["x" * (limits.PICTURE_TAG_MAX + 1)]),
        lambda: domain.checked_alt("x" * (limits.PICTURE_ALT_MAX + 1)),
    ):
        with refused("invalid_request"):
            check()


@pytest.mark.parametrize(
    ("kind", "most", "side"),
    [
        (STICKER, limits.STICKER_BYTES_MAX, limits.STICKER_SIDE_MAX),
        (EMOJI, limits.EMOJI_BYTES_MAX, limits.EMOJI_SIDE_MAX),
        (GIF, limits.GIF_BYTES_MAX, limits.IMAGE_SIDE_MAX),
    ],
)
def test_a_picture_is_as_large_as_its_kind_may_be(kind: PictureKind, most: int, side: int) -> None:
    """At each limit and one past it."""
    at = details(animated=True, width=side, height=side)
    assert domain.require_suitable(kind, at, most) is at
    for wrong, size in ((at, most + 1), (details(animated=True, width=side + 1), 1), (details(height=side + 1), 1)):
        with refused("picture_unsuitable"):
            domain.require_suitable(kind, wrong, size)


def test_what_is_no_picture_is_none() -> None:
    """Nor what nobody looked into; a GIF moves."""
    for wrong in (None, details(kind=MediaKind.FILE)):
        with refused("picture_unsuitable"):
            domain.require_suitable(STICKER, wrong, 1)
    with refused("picture_unsuitable"):
        domain.require_suitable(GIF, details(), 1)


def found(picture: Picture, query: str) -> bool:
    return matches(picture, words_of(query))


def test_a_picture_is_found_by_the_beginning_of_its_words() -> None:
    """All that are asked for, in any order, case and accents aside; nothing asked finds everything."""
    picture = Picture(
        kind=GIF, key="k", media="m", name="Café_Tanz", type="image/gif", size=1, added_by="ana", added=1,
        alt="somebody dances", tags=("ليل", "joy"),
    )  # fmt: skip
    for query in ("", "cafe", "TANZ caf", "dan joy", "لي", "some-dan"):
        assert found(picture, query), query
    for query in ("afe", "cafe no", "x"):
        assert not found(picture, query), query


def test_a_message_carries_words_for_it() -> None:
    """The description, or the name where there is none."""
    cup = house.find("house-cup")
    assert cup is not None
    attachment = domain.attachment_of(cup)
    assert (attachment.library, attachment.alt, attachment.media) == ("sticker", cup.alt, "house-cup")
    assert house.find("cup") is None
    assert house.address_of(cup) == "/stickers/cup.svg"


@pytest.mark.parametrize("text", ["👍", ":", "::", "a:b", ":a", "a:"])
def test_what_is_no_name_of_an_own_emoji(text: str) -> None:
    assert domain.emoji_named(text) is None


def test_packs_have_ids_that_sort_apart() -> None:
    """Nothing that begins like the keys of what has no pack."""
    assert domain.is_pack_id("aZ_-09")
    assert not any(map(domain.is_pack_id, ("", "~a", "!a", "a.b", "a/b", "x" * 65)))
