"""What a content is taken for, and what is refused because it isn't what it says."""

import pytest

from tertulia.domain.errors import InvalidError
from tertulia.domain.media import MediaKind
from tertulia.domain.signatures import LOOKED_INTO, examine, recognise

JPEG, PNG, GIF = b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a"
WEBP, WAV = b"RIFF\x10\0\0\0WEBP", b"RIFF\x10\0\0\0WAVE"
EBML = b"\x1aE\xdf\xa3\x90\x42\x82\x84"
OGG = b"OggS\0\x02" + bytes(22)
PDF, ZIP, EXE = b"%PDF-1.7", b"PK\x03\x04", b"MZ\x90"
MP3, AAC = b"\xff\xfb\x90\x44", b"\xff\xf1\x50\x80"


def ftyp(brand: bytes, *compatible: bytes) -> bytes:
    body = brand + bytes(4) + b"".join(compatible)
    return (len(body) + 8).to_bytes(4, "big") + b"ftyp" + body


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (JPEG, "image/jpeg"),
        (PNG, "image/png"),
        (b"GIF87a", "image/gif"),
        (GIF, "image/gif"),
        (WEBP, "image/webp"),
        (WAV, "audio/wav"),
        (b"RIFF\0\0\0\0AVI ", ""),
        (b"fLaC", "audio/flac"),
        (b"ID3\x04", "audio/mpeg"),
        (OGG + b"OpusHead", "audio/ogg"),
        (OGG + b"\x80theora", "video/ogg"),
        (EBML + b"webm", "video/webm"),
        (EBML + b"matroska", ""),
        (ftyp(b"isom", b"mp41"), "video/mp4"),
        (ftyp(b"qt  "), "video/quicktime"),
        (b"\0\0\0\x08wide", "video/quicktime"),
        (ftyp(b"M4A "), "audio/mp4"),
        (ftyp(b"heic", b"mif1"), "image/heic"),
        (ftyp(b"mif1", b"heic"), "image/heic"),
        (ftyp(b"mif1", b"avif"), "image/avif"),
        (ftyp(b"avif"), "image/avif"),
        (b"II*\0", "image/tiff"),
        (PDF, "application/pdf"),
        (ZIP, "application/zip"),
        (b"PK\x05\x06" + bytes(18), "application/zip"),
        (EXE, "application/x-msdownload"),
        (MP3, ""),
        (b"<svg>", ""),
        (b"", ""),
    ],
)
def test_a_content_is_recognised_by_its_first_bytes(head: bytes, kind: str) -> None:
    """HEIC is no film and M4A is a sound; what is too little to go by is nothing."""
    assert recognise(head) == kind


@pytest.mark.parametrize(
    ("name", "declared", "head", "kind", "found"),
    [
        ("a.jpg", "image/jpeg", JPEG, MediaKind.IMAGE, "image/jpeg"),
        ("a.JPEG", "image/jpg", JPEG, MediaKind.IMAGE, "image/jpeg"),
        ("image", "application/octet-stream", PNG, MediaKind.IMAGE, "image/png"),
        ("a.apng", "image/apng", PNG, MediaKind.IMAGE, "image/png"),
        ("voice.webm", "audio/webm", EBML + b"webm", MediaKind.AUDIO, "audio/webm"),
        ("film.webm", "video/webm", EBML + b"webm", MediaKind.VIDEO, "video/webm"),
        ("voice.m4a", "audio/x-m4a", ftyp(b"isom"), MediaKind.AUDIO, "audio/mp4"),
        ("voice.mp4", "audio/mp4", ftyp(b"iso5"), MediaKind.AUDIO, "audio/mp4"),
        ("film.mov", "video/quicktime", ftyp(b"qt  "), MediaKind.VIDEO, "video/quicktime"),
        ("film.mp4", "video/mp4", ftyp(b"qt  "), MediaKind.VIDEO, "video/quicktime"),
        ("a.mp3", "audio/mpeg", MP3, MediaKind.AUDIO, "audio/mpeg"),
        ("a.aac", "audio/aac", AAC, MediaKind.AUDIO, "audio/aac"),
        ("a.opus", "audio/opus", OGG, MediaKind.AUDIO, "audio/ogg"),
        ("a.bin", "application/octet-stream", MP3, MediaKind.FILE, "application/octet-stream"),
        ("a.pdf", "application/pdf", PDF, MediaKind.FILE, "application/pdf"),
        ("a.docx", "application/vnd.openxmlformats-officedocument", ZIP, MediaKind.FILE, None),
        ("a.svg", "image/svg+xml", b"<svg onload=alert(1)>", MediaKind.FILE, "image/svg+xml"),
        ("a.html", "text/html", b"<script>", MediaKind.FILE, "text/html"),
        ("a.txt", "text/plain", b"hello", MediaKind.FILE, "text/plain"),
    ],
)
def test_what_a_content_says_it_is_and_is(
    name: str, declared: str, head: bytes, kind: MediaKind, found: str | None
) -> None:
    """A picture, a sound, a film, or else a file, whose type stays what was declared."""
    result = examine(name, declared, head)
    assert (result.kind, result.type) == (kind, found or declared)


@pytest.mark.parametrize(
    ("name", "declared", "head"),
    [
        ("a.png", "image/png", JPEG),
        ("a.png", "image/jpeg", JPEG),
        ("a.png", "application/octet-stream", b"no picture"),
        ("a.txt", "image/png", b"no picture"),
        ("a.jpg", "image/jpeg", b"<html>"),
        ("a.html", "image/png", PNG),
        ("a.html", "text/html", JPEG),
        ("a.svg", "image/svg+xml", GIF),
        ("a.pdf", "application/pdf", EXE),
        ("a.jpg", "image/jpeg", EXE),
        ("a.exe", "image/jpeg", JPEG),
        ("a.txt", "text/plain", PNG),
        ("a.mp3", "audio/mpeg", b"no sound"),
        ("a.mp4", "video/mp4", EBML + b"webm"),
        ("a.webm", "audio/webm", OGG),
        ("a.gif", "image/gif", PDF),
        ("a.zip", "application/zip", PDF),
    ],
)
def test_what_is_not_what_it_says_is_refused(name: str, declared: str, head: bytes) -> None:
    """Neither the type nor the extension may say something else than the content."""
    with pytest.raises(InvalidError) as error:
        examine(name, declared, head)
    assert error.value.code == "media_mismatch"


@pytest.mark.parametrize(
    ("name", "declared", "head"),
    [
        ("a.heic", "image/heic", ftyp(b"heic")),
        ("a.heic", "application/octet-stream", ftyp(b"mif1")),
        ("a", "image/heif", ftyp(b"heic")),
        ("a.avif", "image/avif", ftyp(b"avif")),
        ("a.tiff", "image/tiff", b"II*\0"),
        ("a.dng", "image/x-adobe-dng", b"II*\0"),
        ("a.bin", "application/octet-stream", b"MM\0*"),
    ],
)
def test_pictures_that_cannot_be_rewritten_are_refused(name: str, declared: str, head: bytes) -> None:
    """They may say where they were taken: sent as they are, they would tell everybody."""
    with pytest.raises(InvalidError) as error:
        examine(name, declared, head)
    assert error.value.code == "media_unsupported"


def test_whatever_could_be_shown_is_looked_into() -> None:
    """A picture, sound or film by its type is one by its first bytes too."""
    assert {kind.partition("/")[0] for kind in LOOKED_INTO} == {"image", "audio", "video"}
