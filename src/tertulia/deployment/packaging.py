"""The functions' code as one zip for Lambda: our modules that the handlers reach, and the libraries that those need.

Its bytes are the same wherever and whenever it is made from the same sources, so that deploying again changes nothing.
"""

import ast
import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

import tertulia
from tertulia.deployment.package_cache import PackageCache
from tertulia.deployment.problems import DeploymentError
from tertulia.deployment.wheels import PICTURES, PUSH, Target, library_files

ENTRANCE: Final = "tertulia.homes.functions"
"""The module of the handlers that the template names."""
ZIP_MAX: Final = 6_000_000
"""Bytes: what a package may have, for a function loads it before its first answer."""
_SOURCES: Final = Path(tertulia.__file__).resolve().parent
# Unchecked: neither date nor size of the source is looked at, since unpacking sets them.
_COMPILE: Final = """
import py_compile, sys
from pathlib import Path
mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
for name in sys.argv[2:]:
    path = Path(name)
    made = path.parent / "__pycache__" / f"{path.stem}.{sys.argv[1]}.pyc"
    py_compile.compile(name, str(made), dfile=name, doraise=True, invalidation_mode=mode)
"""
# Zip has no earlier date.
_DATE: Final = (1980, 1, 1, 0, 0, 0)


class Package(Struct, frozen=True):
    """A zip, and the digest of what is in it; that doesn't depend on how it was compiled and packed. `kind` is that of
    the functions, or that of a layer: `pictures`, `push`."""

    content: bytes
    digest: str
    target: Target
    kind: str = "functions"

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.digest[:24]}.zip"


def build_package(target: Target, cache: PackageCache | None = None) -> Package:
    """The package for a platform. Asks pip for the libraries that aren't in its cache; raises DeploymentError."""
    return _packed({**library_files(target), **product_files()}, target, "functions", cache)


def build_pictures(target: Target, cache: PackageCache | None = None) -> Package:
    """The layer of the function that looks into files: Pillow, without what it doesn't need, and the like. Other
    functions don't carry it, so they load as fast as without. Raises DeploymentError."""
    return _packed(library_files(target, PICTURES), target, "pictures", cache, folder="python/")


def build_push(target: Target, cache: PackageCache | None = None) -> Package:
    """The layer of the functions that make the key for notifications, and sign and encrypt them. Raises
    DeploymentError."""
    return _packed(library_files(target, PUSH), target, "push", cache, folder="python/")


def _packed(
    files: Mapping[str, bytes], target: Target, kind: str, cache: PackageCache | None, folder: str = ""
) -> Package:
    def make() -> bytes:
        bytecode = _bytecode(files, target) if target.compiled else {}
        return pack({f"{folder}{name}": data for name, data in {**files, **bytecode}.items()})

    # By all that the bytes depend on: the files, who compiles them, and how they are packed.
    way = hashlib.sha256(f"{sys.version} {target} {kind}".encode() + Path(__file__).read_bytes()).hexdigest()
    content = cache.get(f"{digest(files)}-{way}.zip", make) if cache else make()
    if len(content) > ZIP_MAX:
        message = f"The package of the {kind} has {len(content):,} bytes, more than {ZIP_MAX:,}."
        raise DeploymentError(message)
    return Package(content, digest(files), target, kind)


def product_files() -> dict[str, bytes]:
    """Our modules that the handlers import, directly or through others: neither the server nor the command line."""
    found: dict[str, bytes] = {}
    ahead = [ENTRANCE]
    while ahead:
        module = ahead.pop()
        path = _path_of(module)
        if path is None or (name := f"tertulia/{path.relative_to(_SOURCES).as_posix()}") in found:
            continue
        found[name] = path.read_bytes()
        ahead += [".".join(module.split(".")[:depth]) for depth in range(1, module.count(".") + 1)]
        ahead += _imports(found[name])
    return found


def _path_of(module: str) -> Path | None:
    """The file of one of our modules; None for what isn't one."""
    if module.partition(".")[0] != "tertulia":
        return None
    path = _SOURCES.joinpath(*module.split(".")[1:])
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


def _imports(source: bytes) -> list[str]:
    """The names of modules that a module may import, also within functions."""
    names: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return names


def _bytecode(files: Mapping[str, bytes], target: Target) -> dict[str, bytes]:
    """What Python would make of each module at its first import. A function's disk is read only, so without this every
    cold start would compile everything again: it took 2.8 s instead of 0.5 s where it was measured.

    Made by a fresh Python, for bytecode differs by what else a process has in memory.
    """
    sources = {name: content for name, content in files.items() if name.endswith(".py")}
    with tempfile.TemporaryDirectory() as folder:
        for name, content in sources.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        command = [sys.executable, "-S", "-s", "-B", "-c", _COMPILE, target.tag, *sorted(sources)]
        subprocess.run(command, cwd=folder, env={"PYTHONHASHSEED": "0"}, check=True)  # noqa: S603  made here
        return {name: Path(folder, name).read_bytes() for name in map(target.compiled_name, sources)}


def pack(files: Mapping[str, bytes]) -> bytes:
    """A zip of the files, in the order of their names and without dates."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            # Lambda runs as a user of its own.
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return packed.getvalue()


def digest(files: Mapping[str, bytes]) -> str:
    """Of names and contents."""
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(f"{name}\0{len(files[name])}\0".encode())
        total.update(files[name])
    return total.hexdigest()
