"""What happened so far in a dose-finding trial: counts at each dose, and the last cohort.

Written as trialists write it, "1NNN 2NTN": the dose level, then one letter a participant. N had
neither event, T had a DLT, E a response, B both. Levels count from 1. The order of participants
within a cohort means nothing, so it is not kept.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from protocyte.design.kinds import find_sound_kinds
from protocyte.design.state import States
from protocyte.errors import OutcomeError

_COHORT: Final = re.compile(r"\s*(?P<level>[0-9]+)(?P<letters>[NTEB]+)\s*")
_ODDITY: Final = re.compile(r"\s*[0-9]*[NTEB]*\s*")
FEATURES: Final = ("n", "tox", "eff", "both")
MOST: Final = 32_767
"""The most participants at a dose: states count in short integers."""
_NAMES: Final = {"eff": "responses (eff)", "both": "participants with DLT and response (both)"}


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The outcomes of a trial so far.

    Parameters
    ----------
    n : tuple of int
        Evaluable participants at each dose level.
    tox : tuple of int
        Those with a DLT.
    eff : tuple of int, optional
        Those with a response; None where responses are not known.
    both : tuple of int, optional
        Those with both; None where only the margins are known.
    dose : int, optional
        Dose level of the last cohort, from 1; None before the first.
    last : tuple of int, optional
        The last cohort alone: n, tox, eff, both; None where something is not known.

    Raises
    ------
    OutcomeError
        If the counts contradict each other.

    Examples
    --------
    >>> Outcomes.from_notation("1NNN 2NTN", n_doses=4).tox
    (0, 1, 0, 0)
    """

    n: tuple[int, ...]
    tox: tuple[int, ...]
    eff: tuple[int, ...] | None = None
    both: tuple[int, ...] | None = None
    dose: int | None = None
    last: tuple[int, int, int | None, int | None] | None = None

    def __post_init__(self) -> None:
        find_sound_kinds(self, error=OutcomeError)
        if not self.n:
            raise OutcomeError("Outcomes need at least one dose level; give a count for each.")
        for name in FEATURES[1:]:
            counts = getattr(self, name)
            if counts is not None and len(counts) != len(self.n):
                raise OutcomeError(
                    f"{name} has {len(counts)} dose levels and n has {len(self.n)}: "
                    f"give one count a level in both."
                )
        for level in range(1, len(self.n) + 1):
            self._check_level(level)
        if self.dose is None and self.total:
            raise OutcomeError(
                f"{self.total} participants were treated but the dose of the last cohort is not "
                f"given; name its level (dose=)."
            )
        if self.dose is not None and not (
            1 <= self.dose <= self.n_doses and self.n[self.dose - 1] > 0
        ):
            raise OutcomeError(
                f"The last cohort cannot have had dose level {self.dose}: levels 1 to "
                f"{self.n_doses} exist, and nobody is counted there; correct dose= or n."
            )

    def _check_level(self, level: int) -> None:
        n, tox = self.n[level - 1], self.tox[level - 1]
        if n > MOST:
            raise OutcomeError(
                f"Dose level {level} counts {n} participants and a state holds at most {MOST}; "
                f"correct the counts."
            )
        eff = 0 if self.eff is None else self.eff[level - 1]
        least, most = max(0, tox + eff - n), min(tox, eff)
        both = least if self.both is None else self.both[level - 1]
        if min(n, tox, eff) < 0 or max(tox, eff) > n or not least <= both <= most:
            raise OutcomeError(
                f"Dose level {level} counts {n} participants, {tox} with a DLT, {eff} with a "
                f"response and {both} with both: no group of people can be so; correct the counts."
            )

    @classmethod
    def none(cls, n_doses: int) -> "Outcomes":
        """Return the outcomes of a trial that has treated nobody yet.

        Parameters
        ----------
        n_doses : int
            How many dose levels the trial has.

        Returns
        -------
        Outcomes
            No participants at any level.
        """
        zeros = (0,) * n_doses
        return cls(zeros, zeros, zeros, zeros)

    @classmethod
    def from_counts(
        cls,
        n: Sequence[int],
        tox: Sequence[int],
        *,
        dose: int | None,
        eff: Sequence[int] | None = None,
        both: Sequence[int] | None = None,
    ) -> "Outcomes":
        """Take outcomes from counts at each dose level.

        Parameters
        ----------
        n : sequence of int
            Evaluable participants at each dose level.
        tox : sequence of int
            Those with a DLT.
        dose : int or None
            Dose level of the last cohort, from 1; None if nobody was treated.
        eff : sequence of int, optional
            Those with a response.
        both : sequence of int, optional
            Those with both.

        Returns
        -------
        Outcomes
            The outcomes; the last cohort alone is not known.

        Raises
        ------
        OutcomeError
            If the counts contradict each other.

        Examples
        --------
        >>> Outcomes.from_counts([3, 6], [0, 1], dose=2).total
        9
        """
        return cls(
            _whole("n", n),
            _whole("tox", tox),
            None if eff is None else _whole("eff", eff),
            None if both is None else _whole("both", both),
            dose,
        )

    @classmethod
    def from_notation(cls, text: str, *, n_doses: int) -> "Outcomes":
        """Read outcomes such as "1NNN 2NTN".

        Parameters
        ----------
        text : str
            Cohort after cohort: the dose level, then a letter a participant, N neither, T a DLT,
            E a response, B both.
        n_doses : int
            How many dose levels the trial has.

        Returns
        -------
        Outcomes
            The outcomes, the last cohort among them.

        Raises
        ------
        OutcomeError
            If the text cannot be read, or names a level that the trial does not have.

        Examples
        --------
        >>> Outcomes.from_notation("1NNN 2NEB", n_doses=3).eff
        (0, 2, 0)
        """
        outcomes, place = cls.none(n_doses), 0
        while place < len(text.rstrip()):
            cohort = _COHORT.match(text, place)
            if cohort is None:
                raise OutcomeError(_complaint(text, place))
            level, letters = int(cohort["level"]), cohort["letters"]
            if not 1 <= level <= n_doses:
                raise OutcomeError(
                    f"Dose level {level} in column {cohort.start('level') + 1} does not exist: "
                    f"this trial has levels 1 to {n_doses}."
                )
            outcomes = outcomes.after(
                level,
                n=len(letters),
                tox=letters.count("T") + letters.count("B"),
                eff=letters.count("E") + letters.count("B"),
                both=letters.count("B"),
            )
            place = cohort.end()
        return outcomes

    @property
    def n_doses(self) -> int:
        """How many dose levels the trial has."""
        return len(self.n)

    @property
    def total(self) -> int:
        """How many participants were evaluated."""
        return sum(self.n)

    def after(
        self, dose: int, *, n: int, tox: int, eff: int | None = None, both: int | None = None
    ) -> "Outcomes":
        """Return the outcomes with one cohort more.

        Parameters
        ----------
        dose : int
            Its dose level, from 1.
        n, tox : int
            Participants of the cohort, and those with a DLT.
        eff, both : int, optional
            Those with a response, and with both; None where not known.

        Returns
        -------
        Outcomes
            Outcomes whose last cohort is this one.
        """

        def added(counts: tuple[int, ...] | None, more: int | None) -> tuple[int, ...] | None:
            if counts is None or more is None:
                return None
            return (*counts[: dose - 1], counts[dose - 1] + more, *counts[dose:])

        return Outcomes(
            added(self.n, n) or (),
            added(self.tox, tox) or (),
            added(self.eff, eff),
            added(self.both, both),
            dose,
            (n, tox, eff, both),
        )

    def states(self, features: tuple[str, ...]) -> States:
        """Return these outcomes as one state.

        Parameters
        ----------
        features : tuple of str
            What the design counts.

        Returns
        -------
        States
            A single state.

        Raises
        ------
        OutcomeError
            If a feature is not known.
        """
        columns = []
        for feature in features:
            counts = getattr(self, feature)
            if counts is None:
                raise OutcomeError(
                    f"This design counts {_NAMES[feature]}, which these outcomes do not give; "
                    f"write them as in '1NNE 2NTB', or give {feature}=."
                )
            columns.append(counts)
        alone = [
            None if self.last is None else self.last[FEATURES.index(feature)]
            for feature in features
        ]
        known = [count for count in alone if count is not None]
        last = np.array([known], dtype=np.int16) if len(known) == len(features) else None
        return States(
            features,
            np.array(columns, dtype=np.int16).T[np.newaxis],
            np.array([-1 if self.dose is None else self.dose - 1]),
            last,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the outcomes as JSON can hold them."""
        return {
            "n": list(self.n),
            "tox": list(self.tox),
            "eff": None if self.eff is None else list(self.eff),
            "both": None if self.both is None else list(self.both),
            "dose": self.dose,
        }


def find_counted(number: float, event: str = "DLT") -> str:
    """Find how events are counted in words.

    Parameters
    ----------
    number : float
        How many there are [1].
    event : str
        What they are, one of them.

    Returns
    -------
    str
        Number and event, in the plural unless there is one.

    Examples
    --------
    >>> find_counted(0), find_counted(1), find_counted(2, "response")
    ('0 DLTs', '1 DLT', '2 responses')
    """
    return f"{number:g} {event}{'' if number == 1 else 's'}"


def _whole(name: str, counts: Sequence[int]) -> tuple[int, ...]:
    """Return counts as whole numbers."""
    for level, count in enumerate(counts, start=1):
        if count != int(count):
            raise OutcomeError(
                f"{name} is {count} at dose level {level}; participants are whole numbers."
            )
    return tuple(int(count) for count in counts)


def _complaint(text: str, place: int) -> str:
    """Say what is wrong with a text that cannot be read from a place on."""
    oddity = _ODDITY.match(text, place)
    column = min(oddity.end() if oddity else place, len(text) - 1)
    rest = text[place:].strip()
    if rest.isdigit():
        return (
            f"Dose level {rest} in column {place + 1} has no participant after it; write one "
            f"letter a participant, as in '1NNN 2NTN'."
        )
    if rest[:1] in "NTEB":
        return (
            f"Column {place + 1} has the letter {rest[0]} without a dose level before it; write "
            f"the level first, as in '1NNN'."
        )
    return (
        f"Column {column + 1} has {text[column]!r}, which is neither a dose level nor one of the "
        f"letters N (neither), T (DLT), E (response), B (both); write outcomes as '1NNN 2NTN'."
    )
