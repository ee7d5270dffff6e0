"""Where a link leads to, as it goes over the wire."""

import pytest

from tertulia.adapters.web.refusals import RefusedError
from tertulia.adapters.web.targets import Target, target_of


@pytest.mark.parametrize(
    ("url", "target", "authority"),
    [
        ("https://example.org", Target("https", "example.org", 443, "/"), "example.org"),
        ("HTTP://EXAMPLE.org:80/a?b=c#d", Target("http", "example.org", 80, "/a?b=c"), "example.org"),
        ("https://example.org:8443/", Target("https", "example.org", 8443, "/"), "example.org:8443"),
        ("https://bücher.example/ü?é", Target("https", "xn--bcher-kva.example", 443, "/%C3%BC?%C3%A9"), None),
        ("https://аррӏе.com/", Target("https", "xn--80ak6aa92e.com", 443, "/"), None),
        ("https://example.org./a b", Target("https", "example.org", 443, "/a%20b"), None),
        ("http://[2606:4700::1]/", Target("http", "2606:4700::1", 80, "/"), "[2606:4700::1]"),
        ("http://example.org/%0d%0aX: y", Target("http", "example.org", 80, "/%0d%0aX:%20y"), None),
        ("http://example.org/\r\nX: y", Target("http", "example.org", 80, "/X:%20y"), None),
    ],
)
def test_parts_of_an_address(url: str, target: Target, authority: str | None) -> None:
    """The host in ASCII, so that no other name looks like it; nothing in the path ends a line."""
    assert target_of(url) == target
    assert authority is None or target.authority == authority


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "https:///a",
        "http://",
        "https://user@example.org/",
        "https://user:secret@example.org/",
        "https://@example.org/",
        "https://example.org:port/",
        "https://example.org:99999/",
        "https://[::1/",
        "https://[fe80::1%25eth0]/",
        "https://faß.de/",
        "https://exa\u200dmple.org/",
        "https://exa mple.org/",
        f"https://{'a' * 64}.org/",
        f"https://{'a.' * 127}org/",
        "https://.org/",
        "https://a..org/",
    ],
)
def test_what_isnt_looked_at(url: str) -> None:
    """Other schemes, names and passwords, what is no host, and names that are different ones elsewhere."""
    with pytest.raises(RefusedError):
        target_of(url)
