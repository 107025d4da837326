"""Words for a decision table that somebody brings along."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import Field, GetJsonSchemaHandler, field_validator, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from protocyte.errors import ProtocolError
from protocyte.protocol.chapter import Chapter
from protocyte.protocol.methods.probability import Target
from protocyte.protocol.methods.toxicity import Sizes

LETTERS: Final = ("E", "S", "D", "DU", "-")
"""From bold to cautious; "-" where no trial can come."""
COLUMNS: Final = ("n", "tox", "decision")


class TableRow(Chapter):
    """What follows from each number of DLTs in so many participants at a dose."""

    n: Annotated[int, Field(ge=1, le=200)]
    """Participants at the current dose."""
    decisions: Annotated[str, Field(examples=["E S D DU"])]
    """For 0, 1, 2, … DLTs: E escalate, S stay, D de-escalate, DU de-escalate and close the dose
    with all above, - where no trial can come."""

    @property
    def letters(self) -> tuple[str, ...]:
        """The decisions, one for each number of DLTs."""
        return tuple(self.decisions.split())

    @model_validator(mode="after")
    def _one_letter_a_count(self) -> "TableRow":
        unknown = [letter for letter in self.letters if letter not in LETTERS]
        if unknown:
            raise ValueError(
                f"the row for {self.n} participants says {unknown[0]}; write E, S, D or DU, and - "
                "where no trial can come"
            )
        if len(self.letters) != self.n + 1:
            raise ValueError(
                f"the row for {self.n} participants has {len(self.letters)} decisions; write "
                f"{self.n + 1}, one for each of 0 to {self.n} DLTs"
            )
        return self


class _OrText:
    """Tells other validators of the schema that the rows may be the text of a CSV file."""

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Add the text to the schema of the rows."""
        text = {"type": "string", "examples": ["n,tox,decision\n1,0,E\n1,1,D"]}
        return {"anyOf": [handler(core_schema), text]}


class DecisionTable(Chapter):
    """A table of decisions by the counts at the current dose."""

    target: Target
    """Toxicity probability that the selected dose should have [1]."""
    rows: Annotated[tuple[TableRow, ...], Field(min_length=1), _OrText()]
    """A row for each number of participants at which a decision can fall; or, as a text, the lines
    of a CSV file with columns n, tox and decision."""
    stop_at: Annotated[int, Field(ge=1)] | None = None
    """Participants on one dose at which the trial stops."""
    stop_when: Literal["staying", "always"] = "staying"
    """Whether it stops then only if the next cohort would stay at the dose."""
    cohort_sizes: Sizes | None = None
    """Participants of the first cohort, the second, …, if they differ; the last is repeated."""

    @field_validator("rows", mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        cells = parse_decision_cells(value)
        rows: dict[int, dict[int, str]] = {}
        for n, tox, letter in cells:
            rows.setdefault(n, {})[tox] = letter
        return [
            {"n": n, "decisions": " ".join(row.get(tox, "-") for tox in range(n + 1))}
            for n, row in sorted(rows.items())
        ]

    @field_validator("rows", mode="after")
    @classmethod
    def _each_once(cls, value: tuple[TableRow, ...]) -> tuple[TableRow, ...]:
        seen: set[int] = set()
        for row in value:
            if row.n in seen:
                raise ValueError(f"there are two rows for {row.n} participants; leave one")
            seen.add(row.n)
        return value

    @property
    def cells(self) -> dict[tuple[int, int], str]:
        """The letter for each number of participants and DLTs that has one."""
        return {
            (row.n, tox): letter
            for row in self.rows
            for tox, letter in enumerate(row.letters)
            if letter != "-"
        }


class UseDecisionTable(Chapter):
    """A decision table."""

    settings: DecisionTable = Field(alias="decision table")
    """Settings."""


def parse_decision_cells(text: str) -> tuple[tuple[int, int, str], ...]:
    r"""Read the lines of a CSV file that holds a decision table.

    Parameters
    ----------
    text : str
        A header with the columns n, tox and decision, in any order, and a line for each count.

    Returns
    -------
    tuple of (int, int, str)
        Participants, DLTs, and the decision: E, S, D or DU.

    Raises
    ------
    ProtocolError
        If a column is missing, or a line cannot be read or is given twice.

    Examples
    --------
    >>> parse_decision_cells("n,tox,decision\n1,0,E\n1,1,D")
    ((1, 0, 'E'), (1, 1, 'D'))
    """
    lines = csv.reader(io.StringIO(text.strip()))
    header = [name.strip().lower() for name in next(lines, [])]
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise ProtocolError(
            f"the decision table has no column {missing[0]}; its first line names the columns n, "
            "tox and decision"
        )
    cells: dict[tuple[int, int], str] = {}
    for number, line in enumerate(lines, start=2):
        if not any(line):
            continue
        n, tox, letter = _cell(number, dict(zip(header, line, strict=False)))
        if (n, tox) in cells:
            raise ProtocolError(
                f"line {number} of the decision table says once more what follows from {tox} DLTs "
                f"in {n}; leave one"
            )
        cells[n, tox] = letter
    if not cells:
        raise ProtocolError("the decision table has no line below its header; add a line a count")
    return tuple((n, tox, letter) for (n, tox), letter in cells.items())


def _cell(number: int, line: Mapping[str, str]) -> tuple[int, int, str]:
    """Read one line."""
    letter = line.get("decision", "").strip().upper()
    try:
        n, tox = int(line.get("n", "")), int(line.get("tox", ""))
    except ValueError as error:
        raise ProtocolError(
            f"line {number} of the decision table has n = {line.get('n', '')} and tox = "
            f"{line.get('tox', '')}; write whole numbers"
        ) from error
    if not 0 <= tox <= n or n < 1:
        raise ProtocolError(
            f"line {number} of the decision table has {tox} DLTs in {n} participants; correct it"
        )
    if letter not in LETTERS[:-1]:
        raise ProtocolError(
            f"line {number} of the decision table says {letter or 'nothing'}; write E, S, D or DU"
        )
    return n, tox, letter


def check_entries(
    cells: Mapping[tuple[int, int], str],
    sizes: Sequence[int],
    *,
    most: int,
    enough: int | None = None,
) -> tuple[tuple[int, int], ...]:
    """Find the counts that a trial can come to and a decision table does not have.

    Parameters
    ----------
    cells : mapping of (int, int) to str
        The decision for each number of participants and DLTs at a dose.
    sizes : sequence of int
        Participants of the trial's cohorts [participants].
    most : int
        The most participants at a dose [participants].
    enough : int, optional
        Participants at a dose after which no more are treated there [participants].

    Returns
    -------
    tuple of (int, int)
        Participants and DLTs of each missing entry that comes first on its way.

    Examples
    --------
    >>> check_entries({(1, 0): "E", (1, 1): "DU"}, [1], most=2)
    ((2, 0), (2, 1))
    """
    seen, ahead, missing = {(0, 0)}, [(0, 0)], set()
    while ahead:
        n, tox = ahead.pop()
        if n >= most or (enough is not None and n >= enough):
            continue
        for after in {min(n + size, most) for size in sizes}:
            counts = {(after, worse) for worse in range(tox, tox + after - n + 1)} - seen
            seen |= counts
            missing |= {count for count in counts if count not in cells}
            ahead += [count for count in counts if cells.get(count, "DU") != "DU"]
    return tuple(sorted(missing))
