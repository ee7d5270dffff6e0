"""How contents reach a browser."""

from tertulia.domain.media import THUMBNAIL_TYPE, Details, MediaKind, Variant, delivered_type, fitted


def test_only_what_may_be_shown_keeps_its_type() -> None:
    """Markup and anything unknown is a download, whatever it was announced as."""
    assert delivered_type("image/png") == "image/png"
    for media_type in ("text/html", "image/svg+xml", "application/x-thing"):
        assert delivered_type(media_type) == "application/octet-stream"


def test_thumbnails_have_one_type() -> None:
    """Of whatever they are thumbnails."""
    for variant in (Variant.SMALL, Variant.LARGE):
        assert delivered_type("image/gif", variant) == THUMBNAIL_TYPE


def test_what_every_browser_plays_has_its_own_type() -> None:
    """Whatever it was made of."""
    assert delivered_type("audio/webm", Variant.PLAYABLE) == "audio/mp4"
    assert delivered_type("video/quicktime", Variant.PLAYABLE) == "video/mp4"


def test_a_film_takes_the_thumbnails_of_its_poster() -> None:
    """And nothing else of it."""
    film = Details(kind=MediaKind.VIDEO, width=9, height=5, duration=3)
    poster = Details(kind=MediaKind.IMAGE, width=1, height=1, thumbhash="abcd", animated=True, small=True)
    assert film.variants() == [Variant.ORIGINAL]
    assert film.with_poster(poster) == Details(
        kind=MediaKind.VIDEO, width=9, height=5, duration=3, thumbhash="abcd", small=True
    )
    assert film.with_poster(poster).variants() == [Variant.ORIGINAL, Variant.SMALL]


def test_what_fits_into_a_box() -> None:
    """In proportion, never larger than it is, never without a pixel."""
    assert fitted((100, 50), (200, 200)) == (100, 50)
    assert fitted((400, 200), (200, 200)) == (200, 100)
    assert fitted((100, 1), (10, 10)) == (10, 1)
