"""Dose-limiting toxicity, as a protocol words it: ``CRS >= 3 for > 3 days``."""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema

from protocyte.protocol.chapter import Chapter
from protocyte.protocol.quantity import DurationText
from protocyte.protocol.schedule import Anchor
from protocyte.standards.calendar import Duration, convert_duration

_CLAUSE = re.compile(
    r"^\s*(?P<term>[A-Za-z][A-Za-z0-9 \-]*?)\s*>=\s*(?P<grade>[1-5])"
    r"(?:\s+for\s*(?P<sign>>=|>)\s*(?P<duration>.+?))?\s*$"
)
#: Names that stand for a group of adverse events rather than for one term.
GROUPS = ("AE", "non-haematological AE", "haematological AE")


@dataclass(frozen=True, slots=True)
class ToxicityClause:
    """One way to have a dose-limiting toxicity.

    Parameters
    ----------
    term : str
        An adverse event (`CRS`, `ICANS`, `GvHD`, a CTCAE term) or a group (`AE`,
        `non-haematological AE`, `haematological AE`).
    grade : int
        Lowest grade that counts, 1 to 5.
    lasting : Duration or None
        How long it must last to count.
    longer : bool
        Whether it must last longer than that, rather than at least as long.

    Examples
    --------
    >>> ToxicityClause.read("non-haematological AE >= 3 for > 7 days").grade
    3
    """

    term: str
    grade: int
    lasting: Duration | None = None
    longer: bool = False

    @classmethod
    def read(cls, value: Any) -> "ToxicityClause":
        """Read a clause.

        Parameters
        ----------
        value : object
            The text.

        Returns
        -------
        ToxicityClause
            The clause.

        Raises
        ------
        ValueError
            If it is not a term, ``>=``, a grade, and perhaps ``for > 7 days``.
        """
        if isinstance(value, ToxicityClause):
            return value
        found = _CLAUSE.match(str(value))
        if not found:
            raise ValueError(
                f'"{value}" is not a toxicity; write a term, ">=" and a grade from 1 to 5, '
                'for instance "CRS >= 3" or "non-haematological AE >= 3 for > 7 days"'
            )
        lasting = convert_duration(found["duration"]) if found["duration"] else None
        return cls(found["term"], int(found["grade"]), lasting, found["sign"] == ">")

    def __str__(self) -> str:
        lasts = f" for {'>' if self.longer else '>='} {self.lasting}" if self.lasting else ""
        return f"{self.term} >= {self.grade}{lasts}"


ToxicityText = Annotated[
    ToxicityClause,
    PlainValidator(ToxicityClause.read),
    PlainSerializer(str),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\s*[A-Za-z][A-Za-z0-9 \-]*\s*>=\s*[1-5](\s+for\s*>=?\s*.+)?\s*$",
            "examples": ["CRS >= 3", "non-haematological AE >= 3 for > 7 days"],
            "description": "A term, a lowest grade, and perhaps how long it must last.",
        }
    ),
]


class DoseLimitingToxicity(Chapter):
    """What counts as dose-limiting, and until when participants are watched for it."""

    window: DurationText
    """How long after the infusion a toxicity counts."""
    is_: Annotated[tuple[ToxicityText, ...], Field(min_length=1, alias="is")]
    """Any of these."""
    anchor: Anchor = Field(default="infusion", alias="from")
    """Start of the window."""
    attribution: Literal["any", "related to the product"] = "related to the product"
    """Whether the investigator must relate it to the product."""
