"""What may stand where in a file, read from the JSON Schema that editors use as well."""

import difflib
import functools
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from protocyte.protocol.finding import Path

Schema = dict[str, Any]
PLACEHOLDER = "(missing)"


@dataclass(frozen=True, slots=True)
class Shape:
    """The schema of a file, with the data that choose between its alternatives.

    Parameters
    ----------
    schema : dict
        JSON Schema of the whole file.
    data : object
        The file as plain data.
    """

    schema: Schema
    data: Any

    @classmethod
    def of(cls, model: type[BaseModel], data: Any) -> "Shape":
        """Return the shape of a model with some data."""
        return cls(_schema(model), data)

    def keys(self, path: Path) -> list[str]:
        """Return the keys that may stand at a path."""
        found = [key for part in self._at(path) for key in part.get("properties", {})]
        return list(dict.fromkeys(found))

    def requires(self, path: Path) -> bool:
        """Return whether the last key of a path must be there."""
        return any(path[-1] in part.get("required", []) for part in self._at(path[:-1]))

    def filler(self, path: Path, *, given: Any = None) -> Any:
        """Return a harmless value for a path, so that the rest can be checked; None if none is.

        Of listed words it is the one that is nearest to what was given.
        """
        for part in self._at(path):
            if "const" in part:
                return part["const"]
            if "enum" in part:
                words = {str(word): word for word in part["enum"]}
                close = difflib.get_close_matches(str(given), words, n=1, cutoff=0.0)
                return words[close[0]] if given is not None and close else part["enum"][0]
            match part.get("type"):
                case "string" if "pattern" not in part:
                    return PLACEHOLDER
                case "integer":
                    return part.get("minimum", 1)
                case _:
                    continue
        return None

    def _at(self, path: Path) -> list[Schema]:
        """List the alternatives at a path; where the data tell which one is meant, only that."""
        parts, node = self._alternatives(self.schema, self.data), self.data
        for step in path:
            node = _child(node, step)
            parts = [
                alternative
                for part in parts
                for inner in _inner(part, step)
                for alternative in self._alternatives(inner, node)
            ]
        return parts

    def _alternatives(self, schema: Schema, node: Any) -> list[Schema]:
        if "$ref" in schema:
            return self._alternatives(self.schema["$defs"][schema["$ref"].split("/")[-1]], node)
        choices = schema.get("anyOf") or schema.get("oneOf")
        if not choices:
            return [schema]
        found = [part for choice in choices for part in self._alternatives(choice, node)]
        fitting = [part for part in found if _fits(part, node)]
        return fitting or found


@functools.cache
def _schema(model: type[BaseModel]) -> Schema:
    """Build the schema of a model once; nobody changes it."""
    return model.model_json_schema(by_alias=True)


def _inner(schema: Schema, step: str | int) -> list[Schema]:
    if isinstance(step, int):
        return [schema["items"]] if "items" in schema else []
    if step in schema.get("properties", {}):
        return [schema["properties"][step]]
    extra = schema.get("additionalProperties") or next(
        iter(schema.get("patternProperties", {}).values()), None
    )
    return [extra] if isinstance(extra, dict) else []


def _fits(schema: Schema, node: Any) -> bool:
    """Tell whether a mapping is meant for this alternative: by `measure`, or by a key it names."""
    if not isinstance(node, dict):
        return schema.get("type") != "object"
    properties = schema.get("properties", {})
    if "measure" in properties and "measure" in node:
        return bool(properties["measure"].get("const") == node["measure"])
    return bool(set(properties) & set(node)) or "additionalProperties" in schema


def _child(node: Any, step: str | int) -> Any:
    if isinstance(node, dict) and step in node:
        return node[step]
    if isinstance(node, list) and isinstance(step, int) and step < len(node):
        return node[step]
    return None
