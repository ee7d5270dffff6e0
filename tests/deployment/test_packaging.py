"""The functions' package: small, complete by itself, quick to load, and the same bytes each time."""

import io
import json
import re
import subprocess
import sys
import zipfile
from itertools import cycle
from pathlib import Path

import pytest
from tests.emulators.emulators import ROOT, template
from tests.fixtures import pictures

from tertulia.deployment.packaging import (
    ENTRANCE,
    ZIP_MAX,
    Package,
    build_package,
    build_pictures,
    build_push,
    digest,
    pack,
    product_files,
)
from tertulia.deployment.resources import path_of
from tertulia.deployment.wheels import PYTHONS, SERVICES, Target, own_python, target_for

pytestmark = pytest.mark.slow
OWN_SHARE = 0.6
"""The processor's time for all handlers, beside that for botocore alone in the same process: machines differ, and how
busy they are. It is 300 ms for both where botocore takes 150 (docs/decisions/0005)."""
ROUNDS = 20
MEASURE = f"""
import sys, time
sys.path.insert(0, sys.argv[1])
began = time.process_time()
import botocore.session, botocore.client, botocore.endpoint, botocore.httpsession
between = time.process_time()
import {ENTRANCE}
import tertulia.aws.clients
print((time.process_time() - between) / (between - began))
print([name for name in sys.modules if name.split(".")[0] in ("uvicorn", "starlette", "sqlite3", "typer", "argon2")])
print({{getattr(module, "__file__", None) for name, module in sys.modules.items() if name.startswith("tertulia")}})
"""


@pytest.fixture(scope="module")
def unpacked(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as Lambda lays it out."""
    folder = tmp_path_factory.mktemp("task")
    zipfile.ZipFile(io.BytesIO(package.content)).extractall(folder)
    return folder


def run_alone(code: str, folder: Path) -> list[str]:
    """What a program prints that finds nothing but Python's own library and the package, which it can't write to."""
    command = [sys.executable, "-I", "-S", "-B", "-c", code, str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder)
    return ran.stdout.splitlines()


def test_it_is_small(package: Package) -> None:
    """At most 6 MB as a zip, compiled modules included."""
    assert len(package.content) <= ZIP_MAX == 6_000_000


@pytest.mark.parametrize("architecture", ["arm64", "x86_64"])
def test_it_is_small_on_lambdas_platforms(architecture: str) -> None:
    """The package that goes to AWS holds compiled code for Lambda's machine, and is as small."""
    package = build_package(target_for(architecture, emulated=False))
    assert len(package.content) <= ZIP_MAX
    names = zipfile.ZipFile(io.BytesIO(package.content)).namelist()
    machine = {"arm64": "aarch64", "x86_64": "x86_64"}[architecture]
    compiled = [name for name in names if name.endswith(".so")]
    assert compiled
    assert all(machine in name for name in compiled)


def test_all_handlers_load_from_the_package_alone_and_quickly(unpacked: Path) -> None:
    """Nothing else is needed, nothing of the server is loaded, and it takes little beside botocore alone."""
    shares: list[float] = []
    while not shares or (min(shares) > OWN_SHARE and len(shares) < ROUNDS):
        share, strangers, places = run_alone(MEASURE, unpacked)
        shares.append(float(share))
        assert strangers == "[]"
        assert str(unpacked) in places
        assert str(ROOT / "src") not in places
    assert min(shares) <= OWN_SHARE, shares


@pytest.fixture(scope="module")
def with_layer(unpacked: Path, layer: Package) -> Path:
    """Where the layer's libraries are, beside the package."""
    folder = unpacked.parent / f"{unpacked.name}-opt"
    zipfile.ZipFile(io.BytesIO(layer.content)).extractall(folder)
    return folder / "python"


def test_every_part_of_the_home_is_in_it(unpacked: Path, with_layer: Path, push_layer: Package, tmp_path: Path) -> None:
    """What a function imports only when it needs it is there as well; what looks into files, and what notifies, with
    its layer."""
    zipfile.ZipFile(io.BytesIO(push_layer.content)).extractall(tmp_path)
    layers = [str(with_layer), str(tmp_path / "python")]
    names = [name.removesuffix(".py").replace("/", ".").removesuffix(".__init__") for name in product_files()]
    code = f"import sys; sys.path[:0] = [sys.argv[1], *{layers!r}]\nfor name in {names!r}: __import__(name)\n"
    code += "print('all')"
    assert run_alone(code, unpacked) == ["all"]


LOOK = """
import sys; sys.path[:0] = [sys.argv[1], OPT]
from pathlib import Path
import tempfile
from tertulia.adapters.pillow.worker import look
folder = Path(tempfile.mkdtemp())
(folder / "input").write_bytes(bytes.fromhex(CONTENT))
print(sorted(look(folder, TYPE)))
import shutil; shutil.rmtree(folder)
print([name for name in sys.modules if name.startswith("PIL") and "site-packages" in str(sys.modules[name])])
"""


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_pictures_are_looked_into_with_the_layer_alone(unpacked: Path, with_layer: Path, kind: str) -> None:
    """What was left out of it isn't missed."""
    content = pictures.encoded(pictures.picture(), kind).hex()
    code = LOOK.replace("OPT", repr(str(with_layer))).replace("CONTENT", repr(content))
    said = run_alone(code.replace("TYPE", repr(f"image/{kind.lower()}")), unpacked)
    assert said == ["['animated', 'height', 'kind', 'large', 'small', 'thumbhash', 'width']", "[]"]


def test_notifications_are_signed_and_encrypted_with_the_layer_alone(
    unpacked: Path, push_layer: Package, tmp_path: Path
) -> None:
    """What was left out of it isn't missed."""
    zipfile.ZipFile(io.BytesIO(push_layer.content)).extractall(tmp_path)
    code = f"""
import sys; sys.path[:0] = [sys.argv[1], {str(tmp_path / "python")!r}]
from tertulia.adapters.web import encryption, push_services, vapid
key = vapid.new_key()
print(len(encryption.encrypt(b"hello", key.public, "BTBZMqHH6r4Tts7J_aSIgg")))
print(vapid.authorization(key, "https://push.example", "", 0)[:8])
"""
    assert run_alone(code, unpacked) == ["108", "vapid t="]


@pytest.mark.parametrize(("python", "machine"), [(PYTHONS[0], "aarch64"), (PYTHONS[-1], "x86_64")])
def test_the_layer_for_notifications_is_small_on_lambdas_platforms(machine: str, python: str) -> None:
    """For the oldest and the newest Python that Lambda has, with compiled code for its machine."""
    made = build_push(Target(python, machine))
    assert len(made.content) <= ZIP_MAX
    names = zipfile.ZipFile(io.BytesIO(made.content)).namelist()
    assert [name for name in names if re.fullmatch(r"python/_cffi_backend\.cpython-.*\.so", name) and machine in name]
    assert [name for name in names if name.startswith("python/cryptography/") and name.endswith(".so")]


@pytest.mark.parametrize(("python", "architecture"), list(zip(PYTHONS, cycle(["x86_64", "arm64"]), strict=False)))
def test_the_layer_is_small_on_lambdas_platforms(architecture: str, python: str) -> None:
    """For each Python that Lambda has (and each machine, in turns), with compiled code for its machine, where a layer
    has its modules."""
    machine = {"arm64": "aarch64", "x86_64": "x86_64"}[architecture]
    made = build_pictures(Target(python, machine))
    assert len(made.content) <= ZIP_MAX
    names = zipfile.ZipFile(io.BytesIO(made.content)).namelist()
    assert all(name.startswith("python/") for name in names)
    modules = [name for name in names if "cpython" in name and name.endswith(".so")]
    assert modules
    assert all(machine in name for name in modules)
    assert not [name for name in names if "avif" in name.lower() and name.endswith(".so")]


def test_every_service_that_is_called_is_described_in_it(unpacked: Path) -> None:
    """botocore makes a client of each from the package alone, and the code names no other."""
    named = set()
    for name, content in product_files().items():
        if name.startswith(("tertulia/adapters/", "tertulia/homes/")):
            named |= set(re.findall(r'\.client\(\s*"([a-z0-9-]+)"', content.decode()))
    assert named == set(SERVICES)
    code = f"""
import sys; sys.path.insert(0, sys.argv[1])
from tertulia.aws.clients import Clients
clients = Clients(region="us-east-1")
print([clients.client(name).meta.service_model.service_name for name in {SERVICES!r}])
"""
    assert run_alone(code, unpacked) == [str(list(SERVICES))]


def test_it_holds_neither_the_server_nor_the_command_line() -> None:
    """Only what handlers reach: what isn't there can't be attacked, and isn't loaded."""
    names = product_files()
    others = ("server/", "sqlite/", "hub/", "disk/", "local_accounts/", "cli/", "client/", "deployment/", "static/")
    assert [name for name in names if any(other in name for other in others)] == []


def test_modules_come_compiled(package: Package, unpacked: Path) -> None:
    """Each module has its bytecode, which Python takes without looking at the date of the source."""
    names = set(zipfile.ZipFile(io.BytesIO(package.content)).namelist())
    sources = [name for name in names if name.endswith(".py")]
    assert [each for each in sources if package.target.compiled_name(each) not in names] == []
    code = f"import sys; sys.path.insert(0, sys.argv[1])\nimport {ENTRANCE} as it; print(it.__cached__)"
    assert run_alone(code, unpacked)[0].startswith(str(unpacked))


def test_the_same_sources_give_the_same_bytes(package: Package) -> None:
    """So that deploying again finds nothing to change."""
    again = build_package(package.target)
    assert again.content == package.content
    assert again.name == package.name


def test_a_zip_depends_on_names_and_contents_only() -> None:
    """Not on the order in which files are given; and another content is another digest."""
    one, other = {"a": b"1", "b": b"2"}, {"b": b"2", "a": b"1"}
    assert pack(one) == pack(other)
    assert digest(one) == digest(other)
    assert len({digest(one), digest({"a": b"12", "b": b""}), digest({"ab": b"1", "": b"2"})}) == 3


def test_it_is_packed_for_this_python_where_lambda_has_it() -> None:
    """Else modules could not come compiled; an emulator always runs this one."""
    assert target_for("arm64", emulated=True) == Target(own_python())
    target = target_for("arm64", emulated=False)
    assert target.machine == "aarch64"
    assert target.python == (own_python() if own_python() in PYTHONS else "3.13")
    allowed = template()["Parameters"]["Runtime"]["AllowedValues"]
    assert [f"python{version}" for version in PYTHONS] == allowed


def test_the_libraries_are_those_of_the_tests() -> None:
    """Each version that goes into the package is the one that the tests run with."""
    pinned = re.compile(r"^([a-z0-9_.-]+)==(\S+)", re.MULTILINE)
    tested = dict(pinned.findall((ROOT / "requirements" / "dev.txt").read_text()))
    packed = dict(pinned.findall(path_of("functions.txt").read_text()))
    assert packed
    assert {name: tested.get(name) for name in packed} == packed
    signing = dict(pinned.findall(path_of("push.txt").read_text()))
    assert {name: tested.get(name) for name in signing} == signing
    layered = dict(pinned.findall(path_of("pictures.txt").read_text()))
    # The last that stands is that of newer Pythons: Lambda's 3.11 runs on a system for which Pillow builds no more.
    assert {name: tested.get(name) for name in layered} == layered


def test_the_package_says_nothing_of_where_it_was_made(package: Package) -> None:
    """No path of this machine is in it: bytecode names modules by their place in the package."""
    archive = zipfile.ZipFile(io.BytesIO(package.content))
    ours = [name for name in archive.namelist() if name.startswith("tertulia/")]
    assert not [name for name in ours if str(ROOT).encode() in archive.read(name)]
    assert json.dumps(sorted(ours)) == json.dumps(ours)
