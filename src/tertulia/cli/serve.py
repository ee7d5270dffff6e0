"""`tertulia serve`: the whole chat in one process."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from tertulia.homes.local import Started


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.  [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 chooses one.  [default: 8080]")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder that holds everything.  [default: data]")] = None,
    origin: Annotated[
        list[str] | None, typer.Option(help="A further web origin whose pages may use the API; may be repeated.")
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="With example people, in data/demo.")] = False,
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Say where it runs, and log, as JSON lines.")] = False,
) -> None:
    """Run the chat: web page, API, accounts, history, on files in one folder.

    Nothing else has to be installed or configured. Stop it with Ctrl+C or SIGTERM: it finishes what it is doing within
    ten seconds. Every option, and more, can also be set in the environment, as TERTULIA_HOST, TERTULIA_PORT,
    TERTULIA_DATA, TERTULIA_SIGN_UP=open|invite|closed and so on: see docs/operations.md.

    The first administrator comes from the link that is printed while there is none; or from TERTULIA_ADMIN_USERNAME and
    TERTULIA_ADMIN_PASSWORD_FILE; or from `tertulia user create NAME --admin`.

    \b
    Examples:
      tertulia serve
      tertulia serve --demo --open
      tertulia serve --host 0.0.0.0 --port 80 --data /srv/chat --origin https://chat.example.org
    """
    import sqlite3

    from tertulia.adapters.sqlite.schema import ForeignFileError, NewerFileError
    from tertulia.cli.exits import FAILED, USAGE, fail
    from tertulia.homes.folder import FolderInUseError
    from tertulia.homes.local import run
    from tertulia.homes.settings import SettingError, read_settings

    if demo and data is None and "TERTULIA_DATA" not in os.environ:
        data = Path("data") / "demo"
    given: dict[str, Any] = {
        "host": host,
        "port": port,
        "data": data,
        "demo": demo or None,
        "origins": tuple(origin) if origin else None,
        "log_json": as_json or None,
    }
    try:
        settings = read_settings(os.environ, **given)
        run(settings, lambda server: _tell(server, demo=settings.demo, open_page=open_page, as_json=as_json))
    except SettingError as error:
        fail(str(error), USAGE)
    except (FolderInUseError, NewerFileError, ForeignFileError, ValueError) as error:
        fail(str(error), FAILED)
    except (OSError, sqlite3.Error) as error:
        fail(f"{error}. Is the port free, and may you write to the data folder?", FAILED)


def _tell(server: "Started", *, demo: bool, open_page: bool, as_json: bool) -> None:
    """Where it runs, how to become administrator, and who the people of a demonstration are."""
    link = f"{server.url}/sign-up?invite={server.invite}" if server.invite else None
    if as_json:
        print(json.dumps({"url": server.url, "administrator_link": link}), flush=True)
    else:
        print(f"\n  Tertulia runs at {server.url}\n", flush=True)
        if link:
            print(f"  There is no administrator yet. Become one here, once:\n  {link}\n", flush=True)
        if demo:
            from tertulia.homes.demo import PASSWORD, PEOPLE

            print(f"  Demonstration: sign in as {', '.join(PEOPLE)} with the password: {PASSWORD}\n", flush=True)
    if open_page:
        import webbrowser

        webbrowser.open(link or server.url)
