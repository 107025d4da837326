"""Members of a bank of virtual patients as participants of one virtual trial.

One law: whom the trial meets was drawn before the trial knew of a dose; the dose given decides what
becomes of that person.
"""

from dataclasses import replace
from typing import Final

import numpy as np

from protocyte.kinetics.parameter import Floats
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal
from protocyte.simulation.participant import Fate, VirtualParticipant
from protocyte.simulation.population.draw import Draw, sample_patients
from protocyte.simulation.population.follow import simulate_course
from protocyte.simulation.population.outcome.judge import judge_outcomes
from protocyte.simulation.population.outcome.response import find_question
from protocyte.simulation.population.outcome.table import HORIZON, Outcomes
from protocyte.simulation.population.setting import Arm

_BLOCK: Final = 256
_DAYS: Final = np.unique(
    np.concatenate([np.arange(0, 29, 0.5), np.arange(29, 91, 1.0), np.arange(97, HORIZON + 1, 7)])
)
_GVHD_LASTS: Final = 14
_ICANS_LASTS: Final = 4


class Members:
    """Hands out virtual patients of the cell-kinetics model, one a participant.

    Parameters
    ----------
    protocol : Protocol
        The plan.
    rehearsal : Rehearsal
        Its rehearsal.
    power : float
        Power of the dose that the peak follows [1].
    rng : numpy.random.Generator
        Where chance comes from.
    """

    def __init__(
        self, protocol: Protocol, rehearsal: Rehearsal, *, power: float, rng: np.random.Generator
    ) -> None:
        self._arm = Arm("virtual trial", protocol, rehearsal).with_typical({"dose_power": power})
        self._rng = rng
        self._blocks: list[Draw] = []
        self._treated: dict[tuple[int, int], tuple[Outcomes, Floats]] = {}

    def introduce(self, person: VirtualParticipant) -> VirtualParticipant:
        """Give a person the age, weight and sex of the member of the same number.

        Parameters
        ----------
        person : VirtualParticipant
            Somebody who arrives.

        Returns
        -------
        VirtualParticipant
            The same arrival, as the member.
        """
        drawn, place = self._member(person.number)
        return replace(
            person,
            age=float(drawn.age[place]),
            weight=float(drawn.weight[place]),
            sex="F" if drawn.female[place] else "M",
        )

    def treat(self, person: VirtualParticipant, level: int) -> VirtualParticipant:
        """Say what becomes of a person at a dose level.

        Parameters
        ----------
        person : VirtualParticipant
            Somebody introduced.
        level : int
            Dose level, from 1.

        Returns
        -------
        VirtualParticipant
            The person with a fate.
        """
        block, place = divmod(person.number - 1, _BLOCK)
        drawn, _ = self._member(person.number)
        if (block, level) not in self._treated:
            self._treated[block, level] = self._follow(drawn, level)
        outcomes, levels = self._treated[block, level]
        return replace(person, fate=_fate(outcomes, levels, place))

    def _member(self, number: int) -> tuple[Draw, int]:
        """Find the draw that a person is in, and the place in it; draw more if need be."""
        block, place = divmod(number - 1, _BLOCK)
        while len(self._blocks) <= block:
            self._blocks.append(
                sample_patients(
                    _BLOCK,
                    disease=self._arm.disease,
                    patients=self._arm.rehearsal.patients,
                    typical=self._arm.typical,
                    spread=self._arm.rehearsal.kinetics.spread,
                    rng=self._rng.spawn(1)[0],
                )
            )
        return self._blocks[block], place

    def _follow(self, drawn: Draw, level: int) -> tuple[Outcomes, Floats]:
        """Follow a block of patients at a level."""
        arm = replace(self._arm, level=level)
        setting = arm.set(drawn.weight)
        days = np.union1d(_DAYS, find_question(arm.plan).days)
        course = simulate_course(setting, drawn, days=days)
        shown = np.isin(days, _DAYS)
        scale = np.broadcast_to(drawn.values["copies_per_cell"], (drawn.size,))
        levels = np.nan_to_num(course.car_per_ul[:, shown]) * scale[:, np.newaxis]
        return judge_outcomes(drawn, course, arm, setting), levels


def _fate(outcomes: Outcomes, levels: Floats, place: int) -> Fate:
    """Read one patient's line."""

    def day(column: Floats) -> float:
        value = float(column[place])
        return float("inf") if np.isnan(value) else value

    def event(grade: int, first: float, lasting: float) -> tuple[int, int, int]:
        return (grade, round(first), max(round(lasting), 1)) if grade else (0, 1, 1)

    return Fate(
        toxic=bool(outcomes.toxic[place]),
        responds=bool(outcomes.responds[place]),
        events={
            "CRS": event(
                int(outcomes.crs[place]), outcomes.crs_day[place], outcomes.crs_lasting[place]
            ),
            "ICANS": event(int(outcomes.icans[place]), outcomes.icans_day[place], _ICANS_LASTS),
            "GvHD": event(int(outcomes.gvhd[place]), outcomes.gvhd_day[place], _GVHD_LASTS),
        },
        ends=day(outcomes.relapse_day),
        dies=day(outcomes.death_day),
        days=_DAYS,
        levels=levels[place],
    )
