"""`tertulia openapi` and `tertulia asyncapi`: the API as documents."""

import json
from pathlib import Path
from typing import Annotated

import typer

Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write it to this file.", show_default=False)]


def openapi(output: Output = None) -> None:
    """Print the OpenAPI 3.1 document of the REST API, as JSON.

    \b
    Examples:
      tertulia openapi -o openapi.json
      tertulia openapi | jq '.paths | keys'
    """
    from tertulia.api.openapi import openapi as document

    _write(document(), output)


def asyncapi(output: Output = None) -> None:
    """Print the AsyncAPI 3 document of the WebSocket API, as JSON.

    \b
    Example:
      tertulia asyncapi -o asyncapi.json
    """
    from tertulia.api.asyncapi import asyncapi as document

    _write(document(), output)


def _write(document: object, output: Path | None) -> None:
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    if output is None:
        print(text, end="")
    else:
        output.write_text(text, encoding="utf-8")
