"""`protocyte schema`: the JSON Schema by which editors complete and check protocol files."""

from typing import Annotated, Literal

import typer

from protocyte.cli.talk import print_json
from protocyte.exchange import TableMapping
from protocyte.protocol.chapter import Chapter
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal

_MODELS: dict[str, type[Chapter]] = {
    "protocol": Protocol,
    "scenarios": Rehearsal,
    "mapping": TableMapping,
}


def schema(
    file: Annotated[
        Literal["protocol", "scenarios", "mapping"], typer.Argument(help="Which file.")
    ] = "protocol",
) -> None:
    """Print the JSON Schema of a file, for editors and other validators.

    Example: `protocyte schema > protocol.schema.json`
    """
    found = _MODELS[file].model_json_schema(by_alias=True)
    print_json({"$schema": "https://json-schema.org/draft/2020-12/schema", **found})
