"""Pictures: decoded, turned upright, brought to sRGB, and written anew without anything but the picture."""

import base64
import warnings
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageOps, JpegImagePlugin

from tertulia.adapters.pillow.containers import Cleaned, clean
from tertulia.adapters.pillow.failures import broken, too_complex
from tertulia.adapters.pillow.thumbhash import SIDE_MAX, thumbhash
from tertulia.domain import limits
from tertulia.domain.media import fitted

_FORMATS: Final = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP"}
_JPEG_QUALITY: Final = 90
_WEBP_QUALITY: Final = 90
_THUMBNAIL_QUALITY: Final = 80
_GAP: Final = 2.0
"""Reduced by whole numbers first, down to twice the size that is wanted: quicker, and nothing is seen of it."""
_KEPT_MODES: Final = frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})
_ORIENTATION: Final = 0x0112

Described = dict[str, Any]


def rewrite(folder: Path, media_type: str) -> Described:
    """Writes `original`, `small` and, where it is larger than that, `large` from `input`; says what the picture is.

    Raises RefusedError `media_broken`, `media_too_complex`.
    """
    # What is too large is refused here, by its own limits, before anything is decoded.
    Image.MAX_IMAGE_PIXELS = None
    warnings.simplefilter("ignore")
    content = None if media_type == "image/jpeg" else clean((folder / "input").read_bytes(), media_type)
    with Image.open(folder / "input", formats=[_FORMATS[media_type]]) as picture:
        _check(picture.size, content.frames if content else 1)
        picture.load()
        whole = (folder / "input").stat().st_size
        if not whole:
            raise broken()
        moves = content is not None and content.frames > 1
        upright = _upright(picture) if not moves else picture
        shown = _write(upright, picture, content, folder / "original", media_type)
    described = _thumbnails(shown, folder)
    return {**described, "width": shown.width, "height": shown.height, "animated": moves}


def _check(size: tuple[int, int], frames: int) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise broken()
    if width * height > limits.IMAGE_PIXELS_MAX or max(size) > limits.IMAGE_SIDE_MAX:
        raise too_complex()
    if frames > limits.IMAGE_FRAMES_MAX or width * height * frames > limits.IMAGE_FRAME_PIXELS_MAX:
        raise too_complex()


def _upright(picture: Image.Image) -> Image.Image:
    """As it is to be shown; where its EXIF can't be read, as it is."""
    try:
        orientation = picture.getexif().get(_ORIENTATION, 1)
        return ImageOps.exif_transpose(picture) if orientation in range(2, 9) else picture
    except (ValueError, TypeError, KeyError, OverflowError, SyntaxError):
        return picture


def _write(
    upright: Image.Image, picture: Image.Image, content: Cleaned | None, target: Path, media_type: str
) -> Image.Image:
    """The picture that was written."""
    if content is not None and (content.frames > 1 or media_type == "image/gif"):
        target.write_bytes(content.content)
        return _in_srgb(upright)
    shown = _in_srgb(upright)
    # What Pillow would write along: comments, profiles, resolution.
    shown.info = {key: value for key, value in shown.info.items() if key == "transparency"}
    if media_type == "image/jpeg":
        shown = shown if shown.mode in ("L", "RGB") else shown.convert("RGB")
        shown.save(target, "JPEG", progressive=True, **_jpeg_options(picture, same=shown.mode == picture.mode))
    elif media_type == "image/png":
        shown.save(target, "PNG")
    else:
        lossless = content is not None and content.lossless
        shown.save(target, "WEBP", lossless=lossless, quality=_WEBP_QUALITY, method=2)
    return shown


def _jpeg_options(picture: Image.Image, *, same: bool) -> dict[str, Any]:
    """The tables and subsampling that the picture came with: so it loses next to nothing and doesn't grow."""
    tables = getattr(picture, "quantization", None)
    sampling = JpegImagePlugin.get_sampling(picture) if isinstance(picture, JpegImagePlugin.JpegImageFile) else -1
    if not same or not tables or not 1 <= len(tables) <= 4 or sampling < 0:
        return {"quality": _JPEG_QUALITY}
    return {"qtables": tables, "subsampling": sampling}


def _in_srgb(picture: Image.Image) -> Image.Image:
    """In 8 bits, and in the colours that a picture without a profile is taken to have."""
    profile = picture.info.get("icc_profile")
    if picture.mode.startswith(("I", "F")):
        # Sixteen bits, or more: the upper ones are what can be shown.
        picture = (
            picture.point(lambda value: value / 256).convert("L") if "16" in picture.mode else picture.convert("L")
        )
    elif picture.mode not in _KEPT_MODES and not profile:
        picture = picture.convert("RGBA" if picture.mode in ("PA", "La", "RGBa") else "RGB")
    if not profile or picture.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return picture if picture.mode in _KEPT_MODES else picture.convert("RGB")
    return _converted(picture, profile)


def _converted(picture: Image.Image, profile: bytes) -> Image.Image:
    import io

    from PIL import ImageCms

    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        source, target = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(picture, source, target, outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        converted = None
    if converted is None:
        return picture if picture.mode in _KEPT_MODES else picture.convert("RGB")
    return converted


def _thumbnails(picture: Image.Image, folder: Path) -> Described:
    if picture.mode not in ("RGB", "RGBA"):
        see_through = picture.mode in ("LA", "P") and (picture.mode == "LA" or "transparency" in picture.info)
        picture = picture.convert("RGBA" if see_through else "RGB")
    large = _fitted(picture, limits.THUMBNAIL_LARGE)
    small = _fitted(large, limits.THUMBNAIL_SMALL)
    small.save(folder / "small", "WEBP", quality=_THUMBNAIL_QUALITY, method=2, icc_profile=b"", exif=b"")
    if large.size != small.size:
        large.save(folder / "large", "WEBP", quality=_THUMBNAIL_QUALITY, method=2, icc_profile=b"", exif=b"")
    tiny = _fitted(small, (SIDE_MAX, SIDE_MAX)).convert("RGBA")
    flat = tiny.tobytes()
    pixels = [(flat[n], flat[n + 1], flat[n + 2], flat[n + 3]) for n in range(0, len(flat), 4)]
    blurred = thumbhash(tiny.width, tiny.height, pixels)
    return {
        "thumbhash": base64.b64encode(blurred).decode(),
        "small": True,
        "large": large.size != small.size,
    }


def _fitted(picture: Image.Image, box: tuple[int, int]) -> Image.Image:
    """Within the box, never larger than it is."""
    size = fitted(picture.size, box)
    return picture if size == picture.size else picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=_GAP)
