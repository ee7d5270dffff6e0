"""The pack that comes with the product: stickers of our own drawing, around the table of a café.

They are files of the web page, the same in every home, so nothing stores them. The drawings are in
`web/public/stickers`.
"""

from typing import Final

from tertulia.domain.library import Pack, Picture, PictureKind

HOUSE: Final = Pack(id="house", kind=PictureKind.STICKER, title="At the café", added=0)
_PREFIX: Final = "house-"
_SIDE: Final = 160
"""Pixels, as they are shown; a drawing has none of its own."""
_DRAWINGS: Final = (
    ("cup", 2484, "A steaming cup of coffee", "coffee hot drink morning café"),
    ("hello", 2592, "A cup waves hello", "wave hi hello good morning"),
    ("thumbs-up", 2572, "A cup with its thumb up", "yes good ok agreed like"),
    ("heart", 3628, "A cup hugs a heart", "love like dear thanks"),
    ("laughing", 2871, "A cup laughs until it spills", "haha funny lol joke"),
    ("crying", 2382, "A sad cup in its own puddle", "sad tears sorry oh no"),
    ("thinking", 2666, "A teapot thinks", "hmm think wonder question"),
    ("sleepy", 2432, "A cat asleep on a cushion", "tired night sleep late"),
    ("clap", 1599, "Two hands clap", "bravo applause well done"),
    ("party", 2482, "A croissant in a party hat", "celebrate birthday hooray congratulations"),
    ("thank-you", 3327, "A cookie bows and says thank you", "thanks gracias please kind"),
    ("surprised", 2009, "A lemon jumps with surprise", "wow what oh surprise"),
    ("angry", 2334, "A boiling teapot", "angry mad grr steam"),
    ("cool", 1941, "A cat with sunglasses", "cool relaxed nice"),
    ("idea", 2587, "A lamp lights up above a cup", "idea light eureka plan"),
    ("on-my-way", 2445, "A croissant runs", "coming hurry run late soon"),
)
"""Name, bytes, what it shows, and by what else it is found; in the order of the picker."""


def _picture(position: int, name: str, size: int, alt: str, tags: str) -> Picture:
    return Picture(
        kind=PictureKind.STICKER,
        # Before every key of a stored one.
        key=f"!{position:04}",
        media=_PREFIX + name,
        name=name,
        type="image/svg+xml",
        size=size,
        added_by="",
        added=0,
        width=_SIDE,
        height=_SIDE,
        alt=alt,
        tags=tuple(tags.split()),
        pack=HOUSE.id,
    )


PICTURES: Final = tuple(_picture(number, *drawing) for number, drawing in enumerate(_DRAWINGS))
_BY_MEDIA: Final = {picture.media: picture for picture in PICTURES}


def find(media: str) -> Picture | None:
    """The drawing of that id; None where it is somebody's file."""
    return _BY_MEDIA.get(media)


def address_of(picture: Picture) -> str:
    """Where it is, below the page's own origin."""
    return f"/stickers/{picture.name}.svg"
