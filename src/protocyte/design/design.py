"""The interface of every design that decides from counts.

A design is a frozen value that answers three questions for many states at once: where to start,
what comes next, which dose to select. There is one rule: the answers for a single trial, with
their words, go through the same code. Classes are interfaces or leaves; rules that change a design
hold it and answer the same questions.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

import numpy as np

from protocyte.design.decision import (
    SENTENCES,
    WITHOUT_DOSE,
    Action,
    Decision,
    Reason,
    Selection,
)
from protocyte.design.outcome import Outcomes
from protocyte.design.scenario import Scenario, find_nearest_true
from protocyte.design.state import Booleans, Floats, Integers, Start, States, Steps
from protocyte.errors import OutcomeError


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One line of a decision table.

    Parameters
    ----------
    n : int
        Evaluable participants at the current dose.
    tox : int or None
        Those with a DLT; None if the design does not look at them.
    eff : int or None
        Those with a response; None if the design does not look at them.
    decision : str
        What follows, in the field's letters: E escalate, S stay, D de-escalate, DU de-escalate and
        close the dose.
    eliminate : bool
        Whether the dose is closed, with all above.
    rank : float, optional
        Rank of its desirability among the admissible rows [1], the highest the best.

    Examples
    --------
    >>> DecisionRow(3, 0, None, "E", eliminate=False).decision
    'E'
    """

    n: int
    tox: int | None
    eff: int | None
    decision: str
    eliminate: bool
    rank: float | None = None


class Design(ABC):
    """What every design answers.

    Examples
    --------
    >>> from protocyte.design import BOIN
    >>> isinstance(BOIN(target=0.3, n_doses=5), Design)
    True
    """

    __slots__ = ()

    @property
    @abstractmethod
    def n_doses(self) -> int:
        """How many doses it studies."""

    @property
    @abstractmethod
    def features(self) -> tuple[str, ...]:
        """What it counts: "n", then of "tox", "eff", "both" what it looks at."""

    @property
    @abstractmethod
    def planned(self) -> int:
        """The most participants that it treats."""

    @property
    def capacity(self) -> int:
        """The most participants that it treats at one dose; all that are planned, usually."""
        return self.planned

    @property
    def target(self) -> float | None:
        """The DLT probability that it aims at [1]; None if it aims at none."""
        return None

    @property
    def looks_at_last(self) -> bool:
        """Whether its decision looks at the last cohort (`States.last`), not at counts alone."""
        return False

    @property
    def seconds_a_state(self) -> float:
        """Time that a decision on one state takes, roughly [s]; 0 if it is not worth a thought."""
        return 0.0

    @property
    @abstractmethod
    def references(self) -> tuple[str, ...]:
        """The papers it comes from."""

    @abstractmethod
    def start(self) -> Start:
        """Return the first cohort."""

    @abstractmethod
    def decide_states(self, states: States) -> Steps:
        """Return what comes next in each state; every state has had a cohort.

        Parameters
        ----------
        states : States
            Many trials.

        Returns
        -------
        Steps
            Next dose, size of the next cohort and reason for each.
        """

    def chance_states(self, states: States) -> Floats | None:  # noqa: ARG002
        """Return how probable each dose is for the next cohort, if chance has a say.

        A design that randomises says so here, and follows `States.lot` when it decides.

        Parameters
        ----------
        states : States
            Many trials.

        Returns
        -------
        ndarray of float, shape (n_states, n_doses), or None
            Probability of each dose [1]; 1 for any one dose where nothing is drawn. None if the
            design never randomises.
        """
        return None

    @abstractmethod
    def select_states(self, states: States) -> Integers:
        """Return the dose that each state selects if the trial ends there.

        Parameters
        ----------
        states : States
            Many trials; selection is by counts alone, so the last dose and cohort are not given.

        Returns
        -------
        ndarray of int, shape (n_states,)
            Index of the selected dose [1]; -1 for none.
        """

    def closed_states(self, states: States) -> Booleans:
        """Return which doses each state has closed; none, unless the design says otherwise.

        Parameters
        ----------
        states : States
            Many trials.

        Returns
        -------
        ndarray of bool, shape (n_states, n_doses)
            True where a dose may not be given [1].
        """
        return np.zeros((len(states), self.n_doses), dtype=bool)

    def explain(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the next decision compares, one line each.

        Parameters
        ----------
        outcomes : Outcomes
            A trial with at least one cohort.

        Returns
        -------
        tuple of str
            Lines with the numbers in them.
        """
        level = outcomes.dose or 1
        return (
            f"{_counted(outcomes, level)} at dose {level}",
            f"{outcomes.total} of {self.planned} participants treated",
        )

    def explain_selection(self, outcomes: Outcomes) -> tuple[str, ...]:
        """Return the numbers that the selection compares, one line each.

        Parameters
        ----------
        outcomes : Outcomes
            A trial with at least one cohort.

        Returns
        -------
        tuple of str
            Lines with the numbers in them.
        """
        return tuple(
            f"dose {level}: {_counted(outcomes, level)}"
            for level, n in enumerate(outcomes.n, start=1)
            if n
        )

    def table(self, up_to: int | None = None) -> tuple[DecisionRow, ...]:  # noqa: ARG002
        """Return the decisions by the counts at the current dose; none, if more decides.

        Parameters
        ----------
        up_to : int, optional
            The most participants at the dose; as many as can be there by default.

        Returns
        -------
        tuple of DecisionRow
            Row after row, by participants, then events.
        """
        return ()

    def best_dose(self, scenario: Scenario) -> int | None:
        """Return the dose that a trial should find if a scenario were true.

        Parameters
        ----------
        scenario : Scenario
            The truth.

        Returns
        -------
        int or None
            Index of the dose; -1 if it should find none; None if the design does not say. The
            dose nearest the target, unless the design says otherwise.
        """
        return None if self.target is None else find_nearest_true(scenario, self.target)

    def utilities(self, scenario: Scenario) -> Floats | None:  # noqa: ARG002
        """Return what each dose is worth if a scenario were true.

        Parameters
        ----------
        scenario : Scenario
            The truth.

        Returns
        -------
        ndarray of float, shape (n_doses,), or None
            Utilities on the design's own scale [1]; None if it has none.
        """
        return None

    @final
    def decide(self, outcomes: Outcomes) -> Decision:
        """Return what comes next, with its reason and its arithmetic.

        Parameters
        ----------
        outcomes : Outcomes
            What happened so far.

        Returns
        -------
        Decision
            The next dose and cohort, or to stop.

        Raises
        ------
        OutcomeError
            If the design cannot have these outcomes.
        """
        self.check_outcomes(outcomes)
        if outcomes.dose is None:
            start = self.start()
            reason = SENTENCES[Reason.START]
            return Decision(
                "start", start.dose + 1, start.size, "start", reason, references=self.references
            )
        states = outcomes.states(self.features)
        steps = self.decide_states(states)
        following, why = int(steps.dose[0]) + 1, Reason(int(steps.reason[0]))
        closed = self.closed_states(states)[0]
        shares = self._shares(states) if following else ()
        sentence = SENTENCES[why].format(dose=outcomes.dose, next=following)
        if shares:
            sentence = f"Draw the dose of the next cohort at random: {_lots(shares)}."
        return Decision(
            _action(outcomes.dose, following),
            following or None,
            int(steps.size[0]),
            why.name.lower(),
            sentence,
            self.explain(outcomes),
            tuple(level for level, shut in enumerate(closed, start=1) if shut),
            self.references,
            shares,
        )

    def _shares(self, states: States) -> tuple[tuple[int, float], ...]:
        """Return the doses between which chance decides, with their probabilities."""
        chances = self.chance_states(states)
        if chances is None:
            return ()
        rows, lots = np.nonzero(chances)
        shares: dict[int, float] = {}
        for dose, share in zip(
            self.decide_states(states.drawn(rows, lots)).dose, chances[rows, lots], strict=True
        ):
            shares[int(dose) + 1] = shares.get(int(dose) + 1, 0.0) + float(share)
        return tuple(sorted(shares.items())) if len(shares) > 1 else ()

    @final
    def select(self, outcomes: Outcomes) -> Selection:
        """Return which dose would be selected if the trial ended now.

        Parameters
        ----------
        outcomes : Outcomes
            What happened so far.

        Returns
        -------
        Selection
            The selected dose level, or none.

        Raises
        ------
        OutcomeError
            If the design cannot have these outcomes.
        """
        self.check_outcomes(outcomes)
        if outcomes.dose is None:
            return Selection(None, "Nobody has been treated yet.", references=self.references)
        states = outcomes.states(self.features)
        why = Reason(int(self.decide_states(states).reason[0]))
        lines = self.explain_selection(outcomes)
        if why in WITHOUT_DOSE:
            return Selection(None, f"{SENTENCES[why]} No dose is selected.", lines, self.references)
        level = int(self.select_states(states)[0]) + 1
        sentence = f"Dose {level} is selected." if level else "No dose qualifies."
        return Selection(level or None, sentence, lines, self.references)

    @final
    def check_outcomes(self, outcomes: Outcomes) -> None:
        """Refuse outcomes of another number of doses.

        Parameters
        ----------
        outcomes : Outcomes
            What happened so far.

        Raises
        ------
        OutcomeError
            If the dose levels do not match.
        """
        if outcomes.n_doses != self.n_doses:
            raise OutcomeError(
                f"The outcomes have {outcomes.n_doses} dose levels and the design "
                f"{self.n_doses}; give n_doses={self.n_doses}."
            )


def _counted(outcomes: Outcomes, level: int) -> str:
    """Return what was counted at a dose, in words."""
    tox = outcomes.tox[level - 1]
    parts = [f"{tox} DLT{'' if tox == 1 else 's'}"]
    if outcomes.eff is not None:
        eff = outcomes.eff[level - 1]
        parts.append(f"{eff} response{'' if eff == 1 else 's'}")
    return f"{' and '.join(parts)} in {outcomes.n[level - 1]}"


def _lots(shares: tuple[tuple[int, float], ...]) -> str:
    """Return doses with their probabilities, in words."""
    return ", ".join(f"dose {level} with probability {share:.3f}" for level, share in shares)


def _action(current: int, following: int) -> Action:
    if following == 0:
        return "stop"
    if following == current:
        return "stay"
    return "escalate" if following > current else "de-escalate"
