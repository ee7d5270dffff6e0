"""JSON Schema (2020-12) of the structs, as the documents need it.

What callers send is required where the decoder requires it; what they get, where the encoder always writes it.
"""

import inspect
from collections.abc import Iterable
from typing import Any, Final

import msgspec

REF_TEMPLATE: Final = "#/components/schemas/{name}"


def schemas(types: Iterable[Any]) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """A schema or a reference for each of `types`, and the named schemas that they refer to, by name."""
    types = list(types)
    references, components = msgspec.json.schema_components(types, ref_template=REF_TEMPLATE)
    for kind in _structs(types):
        if not kind.__struct_config__.forbid_unknown_fields:
            components[kind.__name__]["required"] = _always_sent(kind)
    return [tidy(reference) for reference in references], tidy(dict(sorted(components.items())))


def properties(kind: type[msgspec.Struct]) -> tuple[dict[str, dict[str, Any]], set[str]]:
    """The fields of a struct by their names on the wire, each with its schema, and which of them are required."""
    _, components = schemas([kind])
    schema = components[kind.__name__]
    return schema["properties"], set(schema["required"])


def without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a value that can be left out but, in a path or a query, can't be null."""
    choices = [choice for choice in schema.get("anyOf", []) if choice != {"type": "null"}]
    if len(choices) != 1:
        return schema
    rest = {key: value for key, value in schema.items() if key != "anyOf" and (key, value) != ("default", None)}
    return {**choices[0], **rest}


def tidy(schema: Any) -> Any:
    """The same schema of JSON's own types, with descriptions that don't show how the source is indented and wrapped."""
    if isinstance(schema, list | tuple):
        return [tidy(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: paragraphs(value) if key == "description" and isinstance(value, str) else tidy(value)
        for key, value in schema.items()
    }


def first_sentence(kind: type[Any]) -> str:
    """The first sentence of a docstring; empty where there is none of the type's own."""
    sentence, dot, _ = doc(kind).partition("\n\n")[0].partition(". ")
    return sentence + dot.strip()


def doc(kind: type[Any]) -> str:
    """The docstring of the type's own, a line a paragraph."""
    own = kind.__dict__.get("__doc__")
    return paragraphs(own) if own else ""


def paragraphs(text: str) -> str:
    """The text without indentation, a line a paragraph."""
    return "\n\n".join(" ".join(part.split()) for part in inspect.cleandoc(text).split("\n\n"))


def _structs(types: Iterable[Any]) -> set[type[msgspec.Struct]]:
    """The structs among the types, and in their fields."""
    found: set[type[msgspec.Struct]] = set()
    waiting: list[Any] = list(msgspec.inspect.multi_type_info(types))
    while waiting:
        node = waiting.pop()
        if isinstance(node, msgspec.inspect.StructType):
            if node.cls in found:
                continue
            found.add(node.cls)
            waiting += [field.type for field in node.fields]
        elif isinstance(node, msgspec.inspect.Type):
            parts = [getattr(node, name) for name in node.__struct_fields__]
            waiting += [part for part in parts if isinstance(part, msgspec.inspect.Type)]
            waiting += [part for parts_ in parts if isinstance(parts_, tuple) for part in parts_]
    return found


def _always_sent(kind: type[msgspec.Struct]) -> list[str]:
    """The fields that are there whenever a struct of ours is encoded, whether or not they have a default."""
    config = kind.__struct_config__
    tag = [str(config.tag_field)] if config.tag_field else []
    fields = [
        field.encode_name
        for field in msgspec.structs.fields(kind)
        if field.required or (not config.omit_defaults and field.default is not msgspec.UNSET)
    ]
    return [*tag, *fields]
