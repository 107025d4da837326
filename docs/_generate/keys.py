"""Writes the pages of keys in docs/reference from the JSON Schema of the files."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel

from protocyte.exchange import TableMapping
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal

FOLDER = Path(__file__).parents[1] / "reference"
PAGES: dict[str, tuple[type[BaseModel], str, str]] = {
    "protocol.md": (
        Protocol,
        "Protocol keys",
        (
            "Every key of `protocol.yaml`. Quantities are written with their units. "
            "`protocyte schema` prints the same as JSON Schema, by which editors complete and "
            "check the file."
        ),
    ),
    "scenarios.md": (
        Rehearsal,
        "Scenario keys",
        (
            "Every key of `scenarios.yaml`, the truths against which a protocol is rehearsed. "
            "`protocyte schema scenarios` prints the same as JSON Schema."
        ),
    ),
    "mapping.md": (
        TableMapping,
        "Mapping keys",
        (
            "Every key of a mapping file, by which tables become a record; "
            "[](../how-to/import-a-table.md) shows it at work. `protocyte schema mapping` prints "
            "the same as JSON Schema."
        ),
    ),
}


def page(model: type[BaseModel], title: str, text: str) -> str:
    """Return one page."""
    schema = model.model_json_schema(by_alias=True)
    parts = [f"# {title}\n\n{text} This page is written by `docs/_generate/keys.py`.\n"]
    parts.append(section(title.split(maxsplit=1)[0], schema, schema["$defs"]))
    parts += [section(name, schema["$defs"][name], schema["$defs"]) for name in named(schema)]
    return "\n".join(part for part in parts if part)


def named(schema: dict[str, Any]) -> list[str]:
    """List the chapters in the order in which a reader meets them."""
    found: list[str] = []

    def visit(part: Any) -> None:
        if isinstance(part, dict):
            reference = part.get("$ref", "").split("/")[-1]
            if reference and reference not in found:
                found.append(reference)
                visit(schema["$defs"][reference])
            for key, inner in part.items():
                if key != "$defs":
                    visit(inner)
        elif isinstance(part, list):
            for inner in part:
                visit(inner)

    visit({key: value for key, value in schema.items() if key != "$defs"})
    return found


def section(name: str, schema: dict[str, Any], definitions: dict[str, Any]) -> str:
    """Return the part about one chapter."""
    # A chapter with a short form is a choice between the form and the chapter.
    schema = next((part for part in schema.get("anyOf", []) if "properties" in part), schema)
    properties = schema.get("properties")
    if not properties:
        return ""
    rows = [
        f"| `{key}`{'' if key in schema.get('required', []) else ' (optional)'} | {kind(part)} | "
        f"{meaning(part, definitions)} |"
        for key, part in properties.items()
    ]
    heading = name if name[0].isupper() else name.capitalize()
    about = " ".join(schema.get("description", "").split())
    return "\n".join(
        [f"## {heading}\n", f"{about}\n", "| key | holds | meaning |", "|---|---|---|", *rows, ""]
    )


def kind(part: dict[str, Any]) -> str:  # noqa: PLR0911 - a word for each kind
    """Say what a key holds."""
    if "$ref" in part:
        name = part["$ref"].split("/")[-1]
        return f"[{name}](#{name.lower()})"
    if "const" in part:
        return f"`{part['const']}`"
    if "enum" in part:
        return " · ".join(f"`{word}`" for word in part["enum"])
    choices = part.get("anyOf") or part.get("oneOf")
    if choices:
        shown = [kind(choice) for choice in choices if choice.get("type") != "null"]
        return " or ".join(dict.fromkeys(shown))
    match part.get("type"):
        case list() as several:
            return " or ".join(kind({"type": one}) for one in several if one != "null")
        case "array":
            inner = part.get("items") or (part.get("prefixItems") or [{}])[0]
            return f"list of {kind(inner)}"
        case "object":
            extra = part.get("additionalProperties") or next(
                iter(part.get("patternProperties", {}).values()), {}
            )
            return f"names with {kind(extra)}" if isinstance(extra, dict) else "names and values"
        case "string":
            examples = part.get("examples")
            return f"text, such as `{examples[0]}`" if examples else part.get("format", "text")
        case other:
            words = {"integer": "whole number", "number": "number", "boolean": "true or false"}
            return words.get(str(other), str(other or "value"))


def meaning(part: dict[str, Any], definitions: dict[str, Any]) -> str:
    """Return what a key means, with its default; a chapter speaks for itself."""
    own = definitions.get(part.get("$ref", "").split("/")[-1], {})
    text = " ".join((part.get("description") or own.get("description", "")).split())
    value = part.get("default")
    if value is None or value == [] or isinstance(value, dict):
        return text
    return f"{text} Default: `{str(value).lower() if isinstance(value, bool) else value}`."


def pages() -> dict[str, str]:
    """Return every page by its file name."""
    return {name: page(*what).rstrip() + "\n" for name, what in PAGES.items()}


if __name__ == "__main__":
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
