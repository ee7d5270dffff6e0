"""`tertulia serve`: the whole chat in one process."""

import json
import os
import sqlite3
from pathlib import Path
from typing import Annotated, Any

import typer


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.  [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 chooses one.  [default: 8080]")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder that holds everything.  [default: data]")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Begin with example people and conversations.")] = False,
    origin: Annotated[list[str] | None, typer.Option(help="A further web origin whose pages may use the API.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Say where it runs, and log, as JSON lines.")] = False,
) -> None:
    """Run the chat: web page, API, accounts, history, on files in one folder.

    Stop it with Ctrl+C or SIGTERM: it finishes what it is doing within ten seconds.
    """
    from tertulia.adapters.sqlite.schema import ForeignFileError, NewerFileError
    from tertulia.domain.errors import ChatError
    from tertulia.homes.folder import FolderInUseError
    from tertulia.homes.local import Started, run
    from tertulia.homes.settings import SettingError, read_settings

    def started(server: Started) -> None:
        sign_up = f"{server.url}/sign-up?invite={server.invite}" if server.invite else None
        if as_json:
            print(json.dumps({"url": server.url, "administrator_link": sign_up}), flush=True)
            return
        print(f"\n  Tertulia runs at {server.url}\n", flush=True)
        if sign_up:
            print(f"  There is no administrator yet. Become one here, once:\n  {sign_up}\n", flush=True)

    given: dict[str, Any] = {
        "host": host,
        "port": port,
        "data": data,
        "demo": demo or None,
        "origins": tuple(origin) if origin else None,
        "log_json": as_json or None,
    }
    try:
        run(read_settings(os.environ, **given), started)
    except (SettingError, FolderInUseError, NewerFileError, ForeignFileError, ChatError, ValueError) as error:
        typer.echo(f"tertulia: {error}", err=True)
        raise typer.Exit(1) from None
    except (OSError, sqlite3.Error) as error:
        typer.echo(f"tertulia: {error}. Is the port free, and may you write to the data folder?", err=True)
        raise typer.Exit(1) from None
