"""The libraries of the functions: which platform, from where, and which of their files are needed there."""

import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Final

from msgspec import Struct

from tertulia.deployment.problems import DeploymentError
from tertulia.deployment.resources import path_of

PYTHONS: Final = ("3.11", "3.12", "3.13", "3.14")
"""Lambda's, of those that the product runs on (AWS Lambda, "Lambda runtimes")."""
DEFAULT_PYTHON: Final = "3.13"
MACHINES: Final = {"arm64": "aarch64", "x86_64": "x86_64"}
"""Lambda's architectures, and what wheels call them."""
SERVICES: Final = ("apigatewaymanagementapi", "cognito-idp", "dynamodb", "lambda", "s3")
"""The services that the functions call. botocore brings the descriptions of some 400: 25 MB."""
_GLIBC: Final = {"3.11": ("manylinux2014",)}
# Amazon Linux 2023, from Python 3.12 on, has glibc 2.34; Amazon Linux 2 has 2.26.
_GLIBC_NEWER: Final = ("manylinux_2_28", "manylinux2014")
_PIP_SECONDS: Final = 300
_LEFT_OUT: Final = re.compile(
    r"""
      \.dist-info/ | \.data/ | \.pyi$ | /py\.typed$ | (^|/)__pycache__/ | /examples-1\.json$
    | ^botocore/data/(?!_|[a-z-]+\.json$)(?!(?:SERVICES)/)
    | ^botocore/data/dynamodb/2011 | ^botocore/data/lambda/2014
    | ^dateutil/zoneinfo/.*\.gz$
    | ^(?:cffi|pycparser)/
    | ^urllib3/contrib/(?:emscripten/|pyopenssl)
    | ^PIL/(?:_avif|_imagingft|_imagingmorph|_imagingtk|ImageFont|ImageTk|ImageQt|ImageShow|ImageGrab)\b
    | ^pillow\.libs/lib(?:avif|freetype|harfbuzz|brotli|png16)
    """.replace("SERVICES", "|".join(SERVICES)),
    re.VERBOSE,
)


class Target(Struct, frozen=True):
    """Where a package runs. `machine` is empty for this computer: emulators run functions on it, by its own Python."""

    python: str
    machine: str = ""

    @property
    def runtime(self) -> str:
        """Lambda's name for the Python."""
        return f"python{self.python}"

    @property
    def tag(self) -> str:
        """How compiled modules of that Python are called."""
        return f"cpython-{self.python.replace('.', '')}"

    def compiled_name(self, source: str) -> str:
        """Where that Python looks for the bytecode of a module."""
        path = PurePosixPath(source)
        return (path.parent / "__pycache__" / f"{path.stem}.{self.tag}.pyc").as_posix()

    @property
    def compiled(self) -> bool:
        """Whether this Python can compile for that one: bytecode depends on the version, not on the machine."""
        return self.python == own_python()


def own_python() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def target_for(architecture: str, *, emulated: bool) -> Target:
    """The platform to pack for: this Python's own version where Lambda has it, so that modules can come compiled."""
    if emulated:
        return Target(own_python())
    python = own_python() if own_python() in PYTHONS else DEFAULT_PYTHON
    return Target(python, MACHINES[architecture])


FUNCTIONS: Final = "functions.txt"
PICTURES: Final = "pictures.txt"
PUSH: Final = "push.txt"
"""Lists of libraries: what every function needs, what the one needs besides that looks into files, and what those do
that sign and encrypt notifications."""


@cache
def library_files(target: Target, wanted: str = FUNCTIONS) -> Mapping[str, bytes]:
    """The files of the libraries in a list that a function needs, by their names in the package. Fetched once in a
    process."""
    with tempfile.TemporaryDirectory() as folder:
        _download(target, Path(folder), wanted)
        files: dict[str, bytes] = {}
        for wheel in sorted(Path(folder).glob("*.whl")):
            with zipfile.ZipFile(wheel) as archive:
                names = [name for name in archive.namelist() if not name.endswith("/") and not _LEFT_OUT.search(name)]
                files.update({name: archive.read(name) for name in names})
        return files


def _download(target: Target, folder: Path, wanted: str) -> None:
    """The wheels of a list in requirements/, each of which must have one of the hashes that are written there."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--require-hashes", "--dest", str(folder), "--requirement"]
    command += [str(path_of(wanted))]
    if target.machine:
        command += ["--implementation", "cp", "--python-version", target.python]
        for glibc in _GLIBC.get(target.python, _GLIBC_NEWER):
            command += ["--platform", f"{glibc}_{target.machine}"]
    try:
        done = subprocess.run(  # noqa: S603  the command is made here
            command, capture_output=True, text=True, timeout=_PIP_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        message = f"pip took longer than {_PIP_SECONDS} s to fetch the functions' libraries. Try again."
        raise DeploymentError(message) from None
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["pip said nothing"]
        message = f"pip couldn't fetch the functions' libraries: {said[-1]}"
        raise DeploymentError(message)
