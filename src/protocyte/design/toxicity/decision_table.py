"""Tables of counts from which a design reads its next move.

Most tables are limits: at so many participants, at most so many DLTs escalate, at least so many
de-escalate, at least so many close the dose. A table that somebody brings along may be anything:
one letter for each count, with holes where no trial can come.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from protocyte.design.kinds import find_sound_kinds
from protocyte.design.state import Booleans, Integers
from protocyte.errors import DesignError, OutcomeError
from protocyte.protocol.methods.decision_table import check_entries, parse_decision_cells

Moves: TypeAlias = NDArray[np.int8]
LETTERS: Final[dict[str, int]] = {"E": 1, "S": 0, "D": -1, "DU": -1}
"""Escalate, stay, de-escalate, de-escalate and close the dose: how many levels up."""
NOTHING: Final = ("", "-")
"""How a table writes a count that no trial can have."""
_ABSENT: Final = -2


class CountTable(ABC):
    """What every table answers, for many counts at once.

    Examples
    --------
    >>> isinstance(IntervalTable((0, 0, 0), (1, 1, 2), (2, 3, 3)), CountTable)
    True
    """

    __slots__ = ()

    @property
    @abstractmethod
    def longest(self) -> int:
        """The most participants at a dose that it knows."""

    @abstractmethod
    def moves(self, n: Integers, tox: Integers) -> Moves:
        """Return how many levels up the next dose is: 1, 0 or -1.

        Parameters
        ----------
        n, tox : ndarray of int, shape (n_states,)
            Participants and DLTs at the current dose [participants].

        Returns
        -------
        ndarray of int8, shape (n_states,)
            Levels up [1].

        Raises
        ------
        OutcomeError
            If the table has no entry for a count.
        """

    @abstractmethod
    def closes(self, n: Integers, tox: Integers) -> Booleans:
        """Return where the counts close a dose, and all above.

        Parameters
        ----------
        n, tox : ndarray of int, shape (n_states,)
            Participants and DLTs at a dose [participants].

        Returns
        -------
        ndarray of bool, shape (n_states,)
            True where it is closed [1].
        """

    def stops_lowest(self, n: Integers, tox: Integers) -> Booleans:  # noqa: ARG002
        """Return where the counts at the lowest dose stop the trial (extra-safe rule)."""
        return np.zeros(np.shape(n), dtype=bool)

    @abstractmethod
    def knows(self, n: int, tox: int) -> bool:
        """Return whether it has an entry for a count."""

    @abstractmethod
    def check_entries(self, sizes: Sequence[int], *, most: int, enough: int | None) -> None:
        """Refuse to be the table of a trial that can come where it has no entry.

        Parameters
        ----------
        sizes : sequence of int
            Participants of the trial's cohorts [participants].
        most : int
            The most participants at a dose [participants].
        enough : int or None
            Participants at a dose after which no more are treated there [participants]; None for
            no such number.

        Raises
        ------
        DesignError
            If an entry is missing.
        """

    @abstractmethod
    def explain(self, n: int, tox: int) -> str:
        """Return what it says about a count, in words."""

    def explain_lowest(self, n: int) -> str:  # noqa: ARG002
        """Return what it says about the lowest dose alone, in words; nothing, usually."""
        return ""

    @final
    def letter(self, n: int, tox: int) -> str:
        """Return what it says about a count, in the field's letters."""
        count = np.array([n]), np.array([tox])
        closes = bool(self.closes(*count)[0])
        move = int(self.moves(*count)[0])
        return "DU" if closes else "DSE"[move + 1]


@final
@dataclass(frozen=True, slots=True)
class IntervalTable(CountTable):
    """Limits on the number of DLTs, for 1, 2, 3, … participants at the current dose.

    Parameters
    ----------
    escalate : tuple of int
        At most so many DLTs escalate; -1 for never.
    de_escalate : tuple of int
        At least so many de-escalate; more than the participants for never.
    eliminate : tuple of int
        At least so many close the dose and all above; more than the participants for never.
    stop_lowest : tuple of int, optional
        At least so many at the lowest dose stop the trial (extra-safe rule).

    Raises
    ------
    DesignError
        If the limits cross, or the columns are not equally long.

    Examples
    --------
    >>> IntervalTable((0, 0, 0), (1, 1, 2), (2, 3, 3)).longest
    3
    """

    escalate: tuple[int, ...]
    de_escalate: tuple[int, ...]
    eliminate: tuple[int, ...]
    stop_lowest: tuple[int, ...] | None = None
    _limits: Integers = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        columns = [self.escalate, self.de_escalate, self.eliminate]
        if self.stop_lowest is not None:
            columns.append(self.stop_lowest)
        if not self.escalate or len({len(column) for column in columns}) > 1:
            raise DesignError(
                f"The columns of the decision table have {[len(column) for column in columns]} "
                f"rows; give one number for each of 1, 2, 3, … participants in all of them."
            )
        stop = self.eliminate if self.stop_lowest is None else self.stop_lowest
        rows = zip(self.escalate, self.de_escalate, self.eliminate, stop, strict=True)
        for n, (up, down, shut, lowest) in enumerate(rows, start=1):
            if not -1 <= up < down:
                raise DesignError(
                    f"At {n} participants the decision table escalates up to {up} DLTs and "
                    f"de-escalates from {down}; the first must be the smaller (and -1 or more)."
                )
            least = min(shut, lowest)
            if least <= up:
                raise DesignError(
                    f"At {n} participants the decision table closes a dose from {least} DLTs and "
                    f"escalates up to {up}; close it from more DLTs."
                )
        object.__setattr__(self, "_limits", self._read())

    def _read(self) -> Integers:
        never = tuple(n + 1 for n in range(1, self.longest + 1))
        lowest = never if self.stop_lowest is None else self.stop_lowest
        limits = np.array([self.escalate, self.de_escalate, self.eliminate, lowest])
        before = np.array([[-1], [1], [1], [1]])
        columns = np.concatenate([before, limits], axis=1).astype(np.int16)
        columns.flags.writeable = False
        return columns

    @property
    def longest(self) -> int:
        """The most participants at a dose that it knows."""
        return len(self.escalate)

    def columns(self) -> Integers:
        """Return the limits as an array, shape (4, longest + 1), for 0 to longest participants.

        Returns
        -------
        ndarray of int, shape (4, longest + 1)
            Escalate, de-escalate, eliminate, stop at the lowest dose [participants]; not to be
            changed.
        """
        return self._limits

    def moves(self, n: Integers, tox: Integers) -> Moves:
        """Return how many levels up the next dose is: 1, 0 or -1."""
        up, down = tox <= self._limits[0][n], tox >= self._limits[1][n]
        moves: Moves = up.view(np.int8) - down.view(np.int8)
        return moves

    def closes(self, n: Integers, tox: Integers) -> Booleans:
        """Return where the counts close a dose, and all above."""
        closes: Booleans = tox >= self._limits[2][n]
        return closes

    def stops_lowest(self, n: Integers, tox: Integers) -> Booleans:
        """Return where the counts at the lowest dose stop the trial (extra-safe rule)."""
        stops: Booleans = tox >= self._limits[3][n]
        return stops

    def knows(self, n: int, tox: int) -> bool:
        """Return whether it has an entry for a count."""
        return 1 <= n <= self.longest and 0 <= tox <= n

    def check_entries(self, sizes: Sequence[int], *, most: int, enough: int | None) -> None:  # noqa: ARG002
        """Refuse to be the table of a trial that treats more at a dose than it knows."""
        if most > self.longest:
            raise DesignError(
                f"The decision table ends at {self.longest} participants and {most} may be "
                f"treated at one dose; lengthen the table, or stop earlier."
            )

    def explain(self, n: int, tox: int) -> str:  # noqa: ARG002
        """Return what it says about a count, in words."""
        up, down, shut, _ = self._limits[:, n].tolist()
        return (
            f"escalate at {_at_most(up)}, de-escalate at {_at_least(down, n)}, "
            f"close the dose at {_at_least(shut, n)}"
        )

    def explain_lowest(self, n: int) -> str:
        """Return from how many DLTs the lowest dose stops the trial, in words."""
        if self.stop_lowest is None:
            return ""
        return f"extra-safe rule at dose 1: stop at {_at_least(int(self._limits[3, n]), n)}"


@final
@dataclass(frozen=True, slots=True)
class LetterTable(CountTable):
    """A table as protocols print it: one letter for each number of DLTs.

    Nothing is asked of the letters: a table that grows bolder with more DLTs runs as it is written.

    Parameters
    ----------
    rows : tuple of (int, tuple of str)
        Participants at the dose, and a letter for 0, 1, 2, … DLTs in them: E escalate, S stay,
        D de-escalate, DU de-escalate and close the dose with all above, "-" where no trial can
        come.

    Raises
    ------
    DesignError
        If a row is given twice, or does not have one letter for each count.

    Examples
    --------
    >>> table = LetterTable.from_words({3: "E S D DU", 6: "E E S D DU DU DU"})
    >>> table.letter(6, 2)
    'S'
    """

    rows: tuple[tuple[int, tuple[str, ...]], ...]
    _grid: Moves = field(init=False, repr=False, compare=False)
    _closed: Booleans = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        find_sound_kinds(self)
        sizes = [n for n, _ in self.rows]
        if not sizes or min(sizes) < 1 or len(set(sizes)) < len(sizes):
            raise DesignError(
                f"The decision table has rows for {sizes} participants; give each number from 1 "
                f"on at most once, and at least one."
            )
        grid = np.full((max(sizes) + 1,) * 2, _ABSENT, dtype=np.int8)
        closed = np.zeros(grid.shape, dtype=bool)
        for n, letters in self.rows:
            if len(letters) != n + 1:
                raise DesignError(
                    f"The decision table has {len(letters)} letters for {n} participants; give "
                    f"{n + 1}, one for each of 0 to {n} DLTs."
                )
            for tox, letter in enumerate(letters):
                if letter in NOTHING:
                    continue
                if letter not in LETTERS:
                    raise DesignError(
                        f"The decision table says {letter!r} for {tox} DLTs in {n}; write E, S, D "
                        f"or DU, and - where no trial can come."
                    )
                grid[n, tox], closed[n, tox] = LETTERS[letter], letter == "DU"
        object.__setattr__(self, "_grid", grid)
        object.__setattr__(self, "_closed", closed)

    @classmethod
    def from_words(cls, words: Mapping[int, str]) -> "LetterTable":
        """Take a table from one line a number of participants.

        Parameters
        ----------
        words : mapping of int to str
            By participants at the dose: letters for 0, 1, 2, … DLTs, spaces between them.

        Returns
        -------
        LetterTable
            The table.

        Raises
        ------
        DesignError
            If a line does not have one letter for each count.
        """
        return cls(tuple((n, tuple(line.split())) for n, line in sorted(words.items())))

    @classmethod
    def from_csv(cls, text: str) -> "LetterTable":
        r"""Take a table from the text of a CSV file with the columns n, tox and decision.

        Parameters
        ----------
        text : str
            A header, and a line for each number of participants and DLTs.

        Returns
        -------
        LetterTable
            The table.

        Raises
        ------
        ProtocolError
            If a column is missing, or a line cannot be read or is given twice.

        Examples
        --------
        >>> LetterTable.from_csv("n,tox,decision\n1,0,E\n1,1,DU").rows
        ((1, ('E', 'DU')),)
        """
        return cls.from_cells(parse_decision_cells(text))

    @classmethod
    def from_cells(cls, cells: Iterable[tuple[int, int, str]]) -> "LetterTable":
        """Take a table from its cells; those that are not given have no entry.

        Parameters
        ----------
        cells : iterable of (int, int, str)
            Participants at the dose, DLTs, letter.

        Returns
        -------
        LetterTable
            The table.

        Raises
        ------
        DesignError
            If a cell is given twice, or cannot be.

        Examples
        --------
        >>> LetterTable.from_cells([(1, 0, "E"), (1, 1, "D")]).rows
        ((1, ('E', 'D')),)
        """
        rows: dict[int, list[str]] = {}
        for n, tox, letter in cells:
            if not 0 <= tox <= n:
                raise DesignError(
                    f"The decision table has a row for {tox} DLTs in {n} participants; there "
                    f"cannot be so many."
                )
            row = rows.setdefault(n, [""] * (n + 1))
            if row[tox]:
                raise DesignError(
                    f"The decision table has two rows for {tox} DLTs in {n} participants; leave "
                    f"one."
                )
            row[tox] = letter
        return cls(
            tuple((n, tuple(cell or "-" for cell in row)) for n, row in sorted(rows.items()))
        )

    @property
    def longest(self) -> int:
        """The most participants at a dose that it knows."""
        return len(self._grid) - 1

    def moves(self, n: Integers, tox: Integers) -> Moves:
        """Return how many levels up the next dose is: 1, 0 or -1."""
        moves: Moves = self._grid[n, tox]
        if moves.size and moves.min() == _ABSENT:
            where = np.argmin(moves)
            raise OutcomeError(
                f"The decision table has no entry for {tox[where]} DLTs in {n[where]} "
                f"participants at a dose; add one, or correct the outcomes."
            )
        return moves

    def closes(self, n: Integers, tox: Integers) -> Booleans:
        """Return where the counts close a dose, and all above."""
        closes: Booleans = self._closed[n, tox]
        return closes

    def knows(self, n: int, tox: int) -> bool:
        """Return whether it has an entry for a count."""
        return 1 <= n <= self.longest and 0 <= tox <= n and int(self._grid[n, tox]) != _ABSENT

    def check_entries(self, sizes: Sequence[int], *, most: int, enough: int | None) -> None:
        """Refuse to be the table of a trial that can come to a hole in it."""
        cells = {(n, y): letter for n, row in self.rows for y, letter in enumerate(row)}
        known = {count: letter for count, letter in cells.items() if letter not in NOTHING}
        missing = check_entries(known, sizes, most=most, enough=enough)
        if missing:
            n, tox = missing[0]
            steps = " or ".join(str(size) for size in sorted(set(sizes)))
            raise DesignError(
                f"The decision table has no entry for {tox} DLTs in {n} participants, and a trial "
                f"in cohorts of {steps} can come there; add one."
            )

    def explain(self, n: int, tox: int) -> str:
        """Return what it says about a count, in words."""
        return f"the decision table says {self.letter(n, tox)}"


def _at_most(limit: int) -> str:
    return "no count" if limit < 0 else "0" if limit == 0 else f"≤ {limit}"


def _at_least(limit: int, n: int) -> str:
    return "no count" if limit > n else f"≥ {limit}"
