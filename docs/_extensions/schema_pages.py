"""Pages about the JSON files of the package, generated from their schemas."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from markdown_text import plain, table

_WRITTEN_BY = {
    "result": "`cv` and `tune` write it: `result.json`.",
    "comparison": "`compare` writes it: `comparison.json`.",
    "cross": "`cross` writes it: `cross.json`.",
    "live": "`live --json` prints one such line for every hop.",
    "card": "It is in every model file; `prosody-ser model show MODEL` shows it.",
}


def _kind(schema: dict[str, Any]) -> str:
    """Describe the type of a value."""
    if "$ref" in schema:
        return f"see `{schema['$ref'].rpartition('/')[2]}`"
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if "enum" in schema:
        return "one of " + ", ".join(f"`{json.dumps(value)}`" for value in schema["enum"])
    for many in ("anyOf", "oneOf"):
        if many in schema:
            return " or ".join(_kind(one) for one in schema[many])
    types = schema.get("type", "any")
    words = " or ".join([types] if isinstance(types, str) else types)
    if "array" in words and isinstance(schema.get("items"), dict):
        words += f" of {_kind(schema['items'])}"
    return words


def _rows(schema: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """Give every field below an object, by its path."""
    required = set(schema.get("required", ()))
    for name, field in schema.get("properties", {}).items():
        path = f"{prefix}{name}"
        optional = "" if name in required else "May be missing. "
        yield f"`{path}`", _kind(field), optional + plain(field.get("description", ""))
        yield from _rows(field, f"{path}.")
        if isinstance(field.get("items"), dict):
            yield from _rows(field["items"], f"{path}[].")


_HEADER = ("field", "type", "meaning")


def _page(name: str, schema: dict[str, Any]) -> str:
    parts = [f"# {schema['title']}\n", _WRITTEN_BY[name] + "\n"]
    if "description" in schema:
        parts.append(plain(schema["description"]) + "\n")
    parts.append(f"The schema itself: {{download}}`{name}.schema.json`.\n")
    parts += ["## Fields\n", table(_HEADER, _rows(schema))]
    for inner, definition in schema.get("$defs", {}).items():
        parts.append(f"## {inner}\n")
        if "description" in definition:
            parts.append(plain(definition["description"]) + "\n")
        rows = list(_rows(definition)) or list(_rows(definition.get("items", {})))
        parts.append(table(_HEADER, rows) if rows else f"{_kind(definition)}\n")
    return "\n".join(parts)


def pages(root: Path) -> dict[str, str | bytes]:
    """Write a page for each schema, and the schema itself."""
    made: dict[str, str | bytes] = {}
    for path in sorted((root / "prosody_ser").glob("*/schemas/*.schema.json")):
        name = path.name.removesuffix(".schema.json")
        made[f"schemas/{path.name}"] = path.read_bytes()
        made[f"schemas/{name}.md"] = _page(name, json.loads(path.read_text("utf-8")))
    return made
