"""Packs of pictures as people upload them: a zip, read so that it can do no harm.

Beside its pictures it may hold `pack.json`: `{"title": ..., "pictures": [{"file": "cup.png", "name": "cup", "alt": ...,
"tags": [...]}]}`; then only those that are listed are taken, in that order.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec import Struct

from tertulia.domain import limits
from tertulia.domain.errors import InvalidError
from tertulia.domain.library import PictureKind

LIST: Final = "pack.json"
_STORED_AND_DEFLATED: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED: Final = 0x1
"""In a file's general purpose flags (APPNOTE.TXT, 4.4.4)."""
_NOT_IN_NAMES: Final = re.compile(r"[^a-z0-9_+-]+")
_FAULTS: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
"""What the library raises at what it can't read."""


class Listed(Struct, frozen=True):
    """A picture of a pack, as `pack.json` says, or as its file is called."""

    file: str
    name: str = ""
    alt: str = ""
    tags: tuple[str, ...] = ()


class _List(Struct, frozen=True):
    title: str = ""
    pictures: tuple[Listed, ...] = ()


class PackFile:
    """A zip that was looked through: its title and what is listed. Nothing is unpacked until it is read."""

    def __init__(self, content: bytes) -> None:
        """Raises `pack_broken`."""
        if len(content) > limits.PACK_BYTES_MAX:
            raise _broken(f"A pack has up to {limits.PACK_BYTES_MAX:,} bytes.")
        try:
            self._zip: Final = zipfile.ZipFile(io.BytesIO(content))
        except _FAULTS:
            raise _broken("The file is not a zip.") from None
        self._files: Final = {_name_of(info): info for info in self._wanted()}
        listed = self._list()
        self.title: Final = listed.title
        self.pictures: Final = listed.pictures or tuple(Listed(file) for file in sorted(self._files) if file != LIST)
        if not self.pictures:
            raise _broken("There are no pictures in the pack.")
        if len(self.pictures) > limits.PACK_PICTURES_MAX:
            raise _broken(f"A pack has up to {limits.PACK_PICTURES_MAX} pictures.")

    def read(self, file: str) -> bytes:
        """The content of one picture. Raises `pack_broken`."""
        info = self._files.get(file)
        if info is None:
            raise _broken("The file is not in the pack.")
        return self._unpacked(info, limits.STICKER_BYTES_MAX)

    def _wanted(self) -> Iterator[zipfile.ZipInfo]:
        """The files, without folders and what systems put beside them. What is claimed here is checked again when it is
        unpacked."""
        infos = [info for info in self._zip.infolist() if not _is_aside(info)]
        if len(infos) > limits.PACK_PICTURES_MAX + 1:
            raise _broken(f"A pack has up to {limits.PACK_PICTURES_MAX} pictures.")
        if sum(info.file_size for info in infos) > limits.PACK_BYTES_MAX:
            raise _broken("Unpacked, the pack is too large.")
        return iter(infos)

    def _list(self) -> _List:
        info = self._files.get(LIST)
        if info is None:
            return _List()
        try:
            return msgspec.json.decode(self._unpacked(info, limits.PACK_LIST_BYTES_MAX), type=_List)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise _broken(f"{LIST} is not as it should be: {error}.") from None

    def _unpacked(self, info: zipfile.ZipInfo, most: int) -> bytes:
        """Never more than `most` bytes, whatever the zip says of itself."""
        if info.flag_bits & _ENCRYPTED or info.compress_type not in _STORED_AND_DEFLATED:
            raise _broken("The file is encrypted, or packed in a way that isn't taken.")
        try:
            with self._zip.open(info) as file:
                content = file.read(most + 1)
        except _FAULTS:
            raise _broken("The file is damaged.") from None
        if len(content) > most:
            raise _broken(f"The file has more than {most:,} bytes.")
        return content


def name_for(kind: PictureKind, listed: Listed) -> str:
    """What the picture is called: as it says, or as its file is called."""
    if listed.name:
        return listed.name
    stem = listed.file.rpartition(".")[0] or listed.file
    if kind is PictureKind.EMOJI:
        return _NOT_IN_NAMES.sub("_", stem.lower()).strip("_")[: limits.EMOJI_NAME_MAX]
    return re.sub(r"[_\s-]+", " ", stem).strip()[: limits.PICTURE_NAME_MAX]


def _name_of(info: zipfile.ZipInfo) -> str:
    """Without its folders: no path is made of it."""
    return info.filename.replace("\\", "/").rpartition("/")[2]


def _is_aside(info: zipfile.ZipInfo) -> bool:
    return info.is_dir() or info.filename.startswith("__MACOSX/") or _name_of(info).startswith((".", "Thumbs.db"))


def _broken(sentence: str) -> InvalidError:
    return InvalidError("pack_broken", f"{sentence} Correct the pack and upload it again.")
