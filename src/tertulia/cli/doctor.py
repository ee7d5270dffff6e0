"""`tertulia doctor`: what is wrong between a person, a server and its data, each with what to do about it."""

from typing import Annotated

import typer

from tertulia.cli.options import AsJson, Data, data_folder, print_json


def doctor(
    url: Annotated[str, typer.Argument(help="A server's address; without it only this machine is looked at.")] = "",
    origin: Annotated[
        str, typer.Option(help="The web origin from which people use it, to try it as a browser does.")
    ] = "",
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Find out why it doesn't work.

    On this machine: the data folder's permissions and space, SQLite, the web client, ffmpeg. Of a server: whether it
    answers, whether what answers is Tertulia, whether WebSockets pass the proxies before it, whether it takes the web
    origin, whether its clock is right. Ends with 6 where something is wrong.

    \b
    Examples:
      tertulia doctor
      tertulia doctor https://chat.example.org
      tertulia doctor http://127.0.0.1:8080 --origin https://chat.example.org --json
    """
    import asyncio
    import os

    from tertulia.cli.examination import examine_machine, examine_server
    from tertulia.cli.exits import DAMAGED

    findings = examine_machine(
        data_folder(data), required=data is not None, ffmpeg=os.environ.get("TERTULIA_FFMPEG", "auto")
    )
    if url:
        findings += asyncio.run(examine_server(url.rstrip("/"), origin))
    for finding in findings:
        if as_json:
            print_json(finding)
        else:
            print(f"{'ok    ' if finding.ok else 'WRONG '} {finding.what}: {finding.said}")
            if finding.remedy:
                print(f"       {finding.remedy}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(DAMAGED)
