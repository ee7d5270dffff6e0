"""What a page says of itself."""

import time

import pytest

from tertulia.adapters.web.heads import Said, read
from tertulia.domain import limits

UTF8 = "text/html; charset=utf-8"


def meta(name: str, content: str, attribute: str = "property") -> str:
    return f'<meta {attribute}="{name}" content="{content}">'


def said(html: str) -> Said:
    return read(html.encode(), UTF8)


def test_open_graph_comes_first_then_twitter_then_html() -> None:
    """Each thing from the best source that has it; of two the first."""
    html = "<title>plain</title>" + meta("description", "plain", "name") + meta("twitter:title", "card", "name")
    assert said(html) == Said("card", "plain")
    html += meta("og:title", "graph") + meta("og:title", "second") + meta("og:description", "more")
    html += meta("og:image", "/a.png") + meta("og:image:alt", "a cat")
    assert said(html) == Said("graph", "more", "/a.png", "a cat")


def test_only_the_head_is_read() -> None:
    """What stands in the body, a comment, a script or a template says nothing."""
    html = f"<head><!-- {meta('og:title', 'no')} --><script>'{meta('og:title', 'no')}'</script><title>a &amp; b</title>"
    assert said(f"{html}</head>{meta('og:title', 'no')}") == Said("a & b")
    assert said(f"{html}<body>{meta('og:title', 'no')}") == Said("a & b")


@pytest.mark.parametrize("html", ["", "<", "<title", "<title>", "<title>a", "<meta", "<meta property>", "<!--", "\x00"])
def test_no_content_is_an_error(html: str) -> None:
    """What breaks off says nothing."""
    assert said(html) == Said()


@pytest.mark.parametrize(
    "html",
    [
        "<META NAME=og:title CONTENT=a>",
        "<meta content='a' property = 'og:title' />",
        '<meta property="og:title"\n\tcontent="a">',
        "<meta property=og:title content=a content=b>",
        "<meta x='>' property=og:title content=a>",
        "<TITLE lang=en>a</TITLE>",
        "<title>a</title><title>b</title>",
        "<metadata property=og:title content=b><title>a</title>",
        "<svg><title>b</title></svg><title>a</title>",
        "<![<![<title>a</title>",
        "<<<title>&#97;</title>",
    ],
)
def test_ways_to_write_it(html: str) -> None:
    """As pages are written: in any case, in any order, with or without quotes, with what isn't allowed."""
    assert said(html).title == "a"


@pytest.mark.parametrize(
    "unit", ["<", "<!--", "<meta ", '<meta a="', "<title>", "<script>", "<meta a=", "a=b ", "&amp", "'"]
)
def test_nothing_makes_it_slow(unit: str) -> None:
    """A page of one thing, as long as pages may be, is read like any other: what isn't closed ends it."""
    size = limits.PREVIEW_PAGE_BYTES
    began = time.process_time()
    for start in ("", "<meta ", "<title>", "<script>"):
        read((start + unit * size).encode()[:size], UTF8)
    assert time.process_time() - began < 2  # It takes a hundredth of that; what grows with the square takes more.


def test_a_blank_is_nothing() -> None:
    """Where the better source is blank the next is taken."""
    assert said(meta("og:title", "  ") + "<title>b</title>") == Said("b")


@pytest.mark.parametrize(
    ("content", "content_type", "title"),
    [
        ("<title>ñ</title>".encode("cp1252"), "text/html; charset=ISO-8859-1", "ñ"),
        ("<title>привет</title>".encode("cp1251"), 'text/html; charset="windows-1251"', "привет"),
        (b'<meta charset="shift_jis"><title>' + "日本".encode("cp932") + b"</title>", "text/html", "日本"),
        (
            b'<meta http-equiv="Content-Type" content="text/html; charset=euc-kr"><title>'
            + "한국".encode("euc-kr")
            + b"</title>",
            "text/html",
            "한국",
        ),
        ("\ufeff<title>é</title>".encode(), "text/html; charset=iso-8859-1", "é"),
        ("\ufeff<title>é</title>".encode("utf-16-le"), "text/html", "é"),
        ("<title>é</title>".encode(), "text/html", "é"),
        (b"<title>\xff</title>", "text/html", "\ufffd"),
        (b"<title>a</title>", "text/html; charset=zip", "a"),
        (b"<title>+AGE-</title>", "text/html; charset=utf-7", "+AGE-"),
        (b"<title>a</title>", "text/html; charset=idna", "a"),
    ],
)
def test_encodings(content: bytes, content_type: str, title: str) -> None:
    """By mark, answer, page; the web's encodings alone, and else UTF-8."""
    assert read(content, content_type).title == title


def test_values_are_cut() -> None:
    """What is kept of a page is bounded, however long it goes on."""
    assert len(said(meta("og:title", "x" * 100_000)).title) == 4_000
    assert len(said(f"<title>{'x' * 100_000}</title>").title) == 4_000
