"""How the content of a file reaches a browser: the same from every home. No content is looked at."""

from typing import Final
from urllib.parse import quote

SHOWN_TYPES: Final = frozenset(
    {
        "audio/aac",
        "audio/mp4",
        "audio/mpeg",
        "audio/ogg",
        "audio/wav",
        "audio/webm",
        "image/avif",
        "image/gif",
        "image/jpeg",
        "image/png",
        "image/webp",
        "video/mp4",
        "video/ogg",
        "video/webm",
    }
)
"""Types that a browser may show in a page. Anything else, SVG and HTML among it, is only ever a download."""
CACHE_CONTROL: Final = "private, max-age=3600, immutable"
"""A content never changes, and its address is good for an hour."""


def delivered_type(media_type: str) -> str:
    """The Content-Type of a file that was announced as `media_type`."""
    return media_type if media_type in SHOWN_TYPES else "application/octet-stream"


def disposition(name: str, media_type: str) -> str:
    """The Content-Disposition (RFC 6266) of a file of that name and announced type."""
    shown = "inline" if media_type in SHOWN_TYPES else "attachment"
    return f"{shown}; filename*=UTF-8''{quote(name, safe='')}"
