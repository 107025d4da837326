"""The course of lupus in a virtual participant: SLEDAI items, BILAG, PGA and prednisolone.

The verdict of SRI-4 at the visit on which the dose decision rests is settled by the scenario; the
course is then drawn so that the instrument, applied to its components, comes to that verdict.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from protocyte.errors import ProtocolError
from protocyte.protocol.rehearsal import Lupus
from protocyte.simulation.distribution import sample_spread
from protocyte.simulation.participant import VirtualParticipant
from protocyte.standards.bilag_2004 import SYSTEMS
from protocyte.standards.sledai import SEROLOGY, WEIGHTS

#: BILAG system in which an item is seen; serology and fever have none.
_SYSTEM_OF: Final = {
    "arthritis": "musculoskeletal",
    "myositis": "musculoskeletal",
    "rash": "mucocutaneous",
    "alopecia": "mucocutaneous",
    "mucosal ulcers": "mucocutaneous",
    "vasculitis": "mucocutaneous",
    "urinary casts": "renal",
    "haematuria": "renal",
    "proteinuria": "renal",
    "pyuria": "renal",
    "pleurisy": "cardiorespiratory",
    "pericarditis": "cardiorespiratory",
    "thrombocytopenia": "haematological",
    "leucopenia": "haematological",
}
_RESPONSE_FALL: Final = 4
_DAYS_A_YEAR: Final = 365.25
_TABLET: Final = 2.5
_NEARLY_ALL: Final = 0.999
#: Day before which no item goes.
_FIRST: Final = 10.0
_MOST_TRIES: Final = 100_000


@dataclass(frozen=True, slots=True)
class LupusState:
    """Lupus of a virtual participant on one day.

    Parameters
    ----------
    items : frozenset of str
        SLEDAI items present.
    bilag : dict of str to str
        Letter by system.
    pga : float
        Physician's global assessment [1], 0 to 3.
    prednisolone : float
        Dose [mg/d].
    """

    items: frozenset[str]
    bilag: dict[str, str]
    pga: float
    prednisolone: float


@dataclass(frozen=True, slots=True)
class LupusCourse:
    """What becomes of lupus after the infusion.

    Parameters
    ----------
    before : LupusState
        At baseline.
    resolves : dict of str to float
        Day on which each baseline item has gone [d]; absent if it stays.
    responds, remits : bool
        Whether SRI-4 is reached, and full remission.
    lost : float
        Day on which a response is lost [d]; infinite if it lasts.
    """

    before: LupusState
    resolves: dict[str, float]
    responds: bool
    remits: bool
    lost: float

    def at(self, day: float) -> LupusState:
        """Return the state on a day after the infusion.

        Parameters
        ----------
        day : float
            Days after the infusion [d]; before it the baseline holds.

        Returns
        -------
        LupusState
            The state.
        """
        if day <= 0 or day >= self.lost:
            return self.before
        items = frozenset(i for i in self.before.items if day < self.resolves.get(i, np.inf))
        gone = 1 - _points(items) / max(_points(self.before.items), 1)
        return LupusState(items, _letters(items, self.before), self._pga(gone), self._dose(day))

    def _pga(self, gone: float) -> float:
        pga = self.before.pga * (1 - 0.9 * gone) if self.responds else self.before.pga
        return round(min(pga, 0.4) if self.remits and gone > 0.5 else pga, 2)

    def _dose(self, day: float) -> float:
        """Taper over half a year in those who respond, to nothing in remission."""
        if not self.responds:
            return self.before.prednisolone
        goal = 0.0 if self.remits else 5.0
        left = max(0.0, 1 - day / (_DAYS_A_YEAR / 4))
        dose = goal + (self.before.prednisolone - goal) * left
        return round(dose / _TABLET) * _TABLET


def sample_lupus_course(
    person: VirtualParticipant, truth: Lupus, *, response: float, judged: tuple[float, float]
) -> LupusCourse:
    """Sample the course of a virtual participant's lupus.

    Parameters
    ----------
    person : VirtualParticipant
        The participant.
    truth : Lupus
        Baseline and how responses unfold.
    response : float
        Probability of SRI-4 at this dose [1].
    judged : tuple of float, shape (2,)
        First and last day on which the visit may be held at which SRI-4 is judged [d].

    Returns
    -------
    LupusCourse
        The course.

    Raises
    ------
    ProtocolError
        If next to nobody is active enough to be admitted.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.protocol.rehearsal import Spread, parse_rehearsal
    >>> from protocyte.simulation.participant import sample_participant
    >>> truths = parse_rehearsal(REHEARSAL, protocol=parse_protocol(EXAMPLE).plan).plan
    >>> person = sample_participant(1, truths, rng=np.random.default_rng(1))
    >>> truth = Lupus(items={"arthritis": 1.0, "rash": 1.0, "low complement": 1.0},
    ...     pga=Spread(mean=2, sd=0.2, low=1, high=3),
    ...     prednisolone=Spread(mean=10, sd=2, low=5, high=20),
    ...     remission=1.0, serology_lags=0.0, lost_a_year=0.0)
    >>> course = sample_lupus_course(person, truth, response=1.0, judged=(89, 92))
    >>> sorted(course.before.items), sorted(course.at(100).items)
    (['arthritis', 'low complement', 'rash'], [])
    """
    (rng,) = person.rng.spawn(1)
    before = _baseline(truth, rng)
    responds = person.responds(response)
    remits = responds and bool(rng.random() < truth.remission)
    lost = np.inf
    if responds and truth.lost_a_year > 0:
        yearly = -np.log1p(-min(truth.lost_a_year, _NEARLY_ALL))
        lost = judged[1] + 1 + float(rng.exponential(_DAYS_A_YEAR / yearly))
    resolves = _resolving(before, truth, rng, responds=responds, remits=remits, judged=judged[0])
    return LupusCourse(before, resolves, responds, remits, float(lost))


def _baseline(truth: Lupus, rng: np.random.Generator) -> LupusState:
    """Draw items until the participant is active enough to be admitted."""
    names = list(truth.items)
    shares = np.array([truth.items[name] for name in names])
    for _ in range(_MOST_TRIES):
        present = frozenset(
            n for n, has in zip(names, rng.random(len(names)) < shares, strict=True) if has
        )
        if _points(present) >= truth.least_sledai:
            break
    else:
        raise ProtocolError(
            f"Not one in {_MOST_TRIES:,} virtual patients has a SELENA-SLEDAI of "
            f"{truth.least_sledai} or more; raise the shares of `lupus.items`."
        )
    active = {_SYSTEM_OF[item] for item in present if item in _SYSTEM_OF}
    heavy = {_SYSTEM_OF[i] for i in present if i in _SYSTEM_OF and WEIGHTS[i] >= 4}
    letters = {
        system: ("A" if rng.random() < 0.5 else "B")
        if system in heavy
        else "B"
        if system in active
        else "E"
        for system in SYSTEMS
    }
    pga = round(sample_spread(truth.pga, rng=rng), 2)
    dose = round(sample_spread(truth.prednisolone, rng=rng) / _TABLET) * _TABLET
    return LupusState(present, letters, pga, dose)


def _resolving(
    before: LupusState,
    truth: Lupus,
    rng: np.random.Generator,
    *,
    responds: bool,
    remits: bool,
    judged: float,
) -> dict[str, float]:
    """Say which items go, and when, so that the fall at the judged visit fits the verdict."""
    order = [str(item) for item in rng.permutation(sorted(before.items))]
    days = {item: float(rng.uniform(min(_FIRST, judged), judged)) for item in order}
    if not responds:
        # A fall of at most three points: SRI-4 asks for four.
        going: dict[str, float] = {}
        for item in order:
            if sum(WEIGHTS[i] for i in going) + WEIGHTS[item] < _RESPONSE_FALL:
                going[item] = days[item]
        return going
    stays = {item for item in order if item in SEROLOGY and rng.random() < truth.serology_lags}
    if not remits:
        # One clinical item stays, as long as the fall is still large enough.
        for item in order:
            rest = sum(WEIGHTS[i] for i in order if i not in stays and i != item)
            if item not in SEROLOGY and rest >= _RESPONSE_FALL:
                stays.add(item)
                break
    going = {item: days[item] for item in order if item not in stays}
    for item in list(stays):
        if sum(WEIGHTS[i] for i in going) < _RESPONSE_FALL:
            stays.discard(item)
            going[item] = days[item]
    return going


def _letters(items: frozenset[str], before: LupusState) -> dict[str, str]:
    """Step a system down once its items have gone: from A or B to D."""
    active = {_SYSTEM_OF[item] for item in items if item in _SYSTEM_OF}
    return {
        system: letter if letter == "E" or system in active else "D"
        for system, letter in before.bilag.items()
    }


def _points(items: frozenset[str]) -> int:
    return sum(WEIGHTS[item] for item in items)
