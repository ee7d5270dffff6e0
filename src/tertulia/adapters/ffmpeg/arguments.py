"""What ffmpeg is told: to read this one file as what we found it to be, and nothing else (ffmpeg.org/ffmpeg-all.html).

The format is not ffmpeg's to guess and the protocols are one, so that a playlist or a script that calls itself a film
opens no other file and asks no other machine. Of its some 500 decoders only those of the web may be used.
"""

from typing import Final

from tertulia.domain import limits

INPUT: Final = "input"
PLAYABLE: Final = "playable"
FRAME: Final = "frame"
_FORMATS: Final = {
    "audio/ogg": "ogg",
    "audio/webm": "matroska",
    "video/mp4": "mov",
    "video/ogg": "ogg",
    "video/quicktime": "mov",
    "video/webm": "matroska",
}
_DECODERS: Final = ",".join(
    (
        *("aac", "alac", "flac", "mp3float", "mp3", "opus", "libopus", "vorbis", "libvorbis"),
        *("pcm_alaw", "pcm_mulaw", "pcm_s16be", "pcm_s16le", "pcm_s24be", "pcm_s24le", "pcm_f32le"),
        *("av1", "libdav1d", "h264", "hevc", "mjpeg", "mpeg4", "prores", "theora"),
        *("vp8", "libvpx", "vp9", "libvpx-vp9"),
    )
)
_LONG, _SHORT = limits.TRANSCODED_BOX
_BOX: Final = (
    f"scale=w='min(iw,if(gt(iw,ih),{_LONG},{_SHORT}))':h='min(ih,if(gt(iw,ih),{_SHORT},{_LONG}))'"
    ":force_original_aspect_ratio=decrease:force_divisible_by=2"
)
"""Never larger than it is; in even numbers, which H.264 wants."""
_SOUND: Final = ("-c:a", "aac", "-b:a", "96k", "-ar", "48000")
_PICTURE: Final = (
    *("-vf", _BOX, "-c:v", "libx264", "-preset", "veryfast", "-crf", "26", "-pix_fmt", "yuv420p"),
    *("-fpsmax", "60"),
)
_SILENT: Final = ("-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn")
"""Nothing of what the file says of itself, no subtitles, no other data: there may be places among it."""


def readable(media_type: str) -> bool:
    return media_type in _FORMATS


def to_play(media_type: str) -> list[str]:
    """Makes `playable` of `input`: AAC, and of a film H.264, in an MP4 that plays before all of it is there."""
    film = ("-map", "0:v:0", *_PICTURE, "-map", "0:a:0?")
    tracks = (*(film if media_type.startswith("video/") else ("-map", "0:a:0")), *_SOUND)
    written = ("-threads", "1", "-fflags", "+bitexact", "-movflags", "+faststart", "-f", "mp4", PLAYABLE)
    return [*_reading(media_type), *tracks, *_SILENT, *written]


def to_show(media_type: str, moment: float) -> list[str]:
    """Makes `frame`, a PNG, of what `input` shows at that moment (seconds)."""
    written = ("-threads", "1", "-frames:v", "1", "-c:v", "png", "-f", "image2", "-update", "1", FRAME)
    return [*_reading(media_type, "-ss", f"{moment:.3f}"), "-map", "0:v:0", "-vf", _BOX, *_SILENT, *written]


def _reading(media_type: str, *more: str) -> list[str]:
    """One thread: there are others on the machine who want to chat."""
    return [
        *("-nostdin", "-hide_banner", "-loglevel", "quiet", "-filter_threads", "1"),
        *("-threads", "1", "-protocol_whitelist", "file", "-codec_whitelist", _DECODERS),
        *("-max_pixels", str(limits.TRANSCODE_PIXELS_MAX)),
        *(*more, "-f", _FORMATS[media_type], "-i", INPUT),
    ]
