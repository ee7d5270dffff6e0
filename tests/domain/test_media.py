"""How contents reach a browser."""

from tertulia.domain.media import THUMBNAIL_TYPE, Variant, delivered_type, fitted


def test_only_what_may_be_shown_keeps_its_type() -> None:
    """Markup and anything unknown is a download, whatever it was announced as."""
    assert delivered_type("image/png") == "image/png"
    for media_type in ("text/html", "image/svg+xml", "application/x-thing"):
        assert delivered_type(media_type) == "application/octet-stream"


def test_thumbnails_have_one_type() -> None:
    """Of whatever they are thumbnails."""
    for variant in (Variant.SMALL, Variant.LARGE):
        assert delivered_type("image/gif", variant) == THUMBNAIL_TYPE


def test_what_fits_into_a_box() -> None:
    """In proportion, never larger than it is, never without a pixel."""
    assert fitted((100, 50), (200, 200)) == (100, 50)
    assert fitted((400, 200), (200, 200)) == (200, 100)
    assert fitted((100, 1), (10, 10)) == (10, 1)
