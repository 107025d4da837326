"""How a choice is written: one key that names it, its settings below it."""

from typing import Any, Final

from pydantic import Discriminator

from protocyte.protocol.chapter import Chapter


def _only_key(value: Any) -> str | None:
    if isinstance(value, dict):
        return str(next(iter(value), ""))
    field = type(value).model_fields.get("settings") if isinstance(value, Chapter) else None
    return field.alias if field else None


ONE_KEY: Final = Discriminator(_only_key)
"""Tells members of a union apart by their key."""
