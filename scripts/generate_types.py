"""Writes `web/src/api/types.ts` from the OpenAPI and AsyncAPI documents.

Run: python scripts/generate_types.py
"""

import json
from pathlib import Path
from typing import Any, Final, get_args

from tertulia.api import events as e
from tertulia.api.asyncapi import asyncapi
from tertulia.api.openapi import openapi
from tertulia.domain.entries import AboutMessage, Entry, VisibleEntry
from tertulia.domain.errors import registry
from tertulia.domain.events import Event

TARGET: Final = Path(__file__).resolve().parent.parent / "web" / "src" / "api" / "types.ts"
_HEAD: Final = """\
/**
 * What goes over the wire, by the names of the API documents. A field marked `?` has its default where it is absent.
 *
 * Written by scripts/generate_types.py; changes here are lost.
 */
"""
_CONFIG: Final = """\
/** Where things are, from `/config.json`. */
export interface Config {
  api: string;
  ws: string;
  /** What files may be, in bytes; larger ones than `part_bytes` come in parts of so many. */
  media?: { bytes_max: number; part_bytes: number; files_max: number };
  sign_up: "open" | "invite" | "closed";
  demo?: boolean;
  codes?: boolean;
  /** For how long whoever wrote a message can change it; 0 is for ever. */
  edit_seconds?: number;
}
"""
_UNIONS: Final = {
    "AboutMessage": (AboutMessage, "Entries about an earlier message, named by its timestamp in `target`."),
    "Entry": (Entry, "What a conversation's log is made of: `kind` tells them apart."),
    "VisibleEntry": (VisibleEntry, "What a reader is given."),
    "Action": (e.AnyAction, "What a client sends: `action` tells them apart."),
    "Event": (Event, "What the server pushes: `type` tells them apart."),
    "Frame": (Event | e.Result | e.ActionError, "All that the server sends over the WebSocket."),
}


def types() -> str:
    """The content of the file."""
    schemas = {**openapi()["components"]["schemas"], **asyncapi()["components"]["schemas"]}
    parts = [_HEAD, *(_declare(name, schema) for name, schema in sorted(schemas.items())), _CONFIG]
    for name, (union, text) in _UNIONS.items():
        members = " | ".join(kind.__name__ for kind in get_args(union))
        parts.append(f"/** {text} */\nexport type {name} = {members};\n")
    codes = " | ".join(json.dumps(code) for code in sorted(registry()))
    parts.append(f"/** Every code that an error can have. */\nexport type ErrorCode = {codes};\n")
    return "\n".join(parts)


def _declare(name: str, schema: dict[str, Any]) -> str:
    comment = _comment(schema.get("description", ""), "")
    if "properties" not in schema:
        return f"{comment}export type {name} = {_type(schema)};\n"
    required = schema.get("required", [])
    lines = [
        f"{_comment(field.get('description', ''), '  ')}  {key}{'' if key in required else '?'}: {_type(field)};\n"
        for key, field in schema["properties"].items()
    ]
    if not lines:
        return f"{comment}export type {name} = Record<string, never>;\n"
    return f"{comment}export interface {name} {{\n{''.join(lines)}}}\n"


def _comment(text: str, indent: str) -> str:
    lines = text.replace("*/", "*\\/").splitlines()
    if len(lines) <= 1:
        return f"{indent}/** {lines[0]} */\n" if lines else ""
    inner = "".join(f"{indent} * {line}".rstrip() + "\n" for line in lines)
    return f"{indent}/**\n{inner}{indent} */\n"


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return _union([_type(choice) for choice in schema["anyOf"]])
    if "enum" in schema:
        return _union([json.dumps(value) for value in sorted(schema["enum"])])
    match schema.get("type"):
        case "array":
            item = _type(schema.get("items", {}))
            return f"readonly ({item})[]" if " " in item else f"readonly {item}[]"
        case "object":
            values = schema.get("additionalProperties")
            return f"Record<string, {_type(values) if isinstance(values, dict) else 'unknown'}>"
        case "integer" | "number":
            return "number"
        case "string" | "boolean" | "null" as simple:
            return str(simple)
    return "unknown"


def _union(choices: list[str]) -> str:
    """A union; that of all entries by its name."""
    if set(choices) == {kind.__name__ for kind in get_args(VisibleEntry)}:
        return "VisibleEntry"
    return " | ".join(choices)


if __name__ == "__main__":
    TARGET.write_text(types(), encoding="utf-8")
