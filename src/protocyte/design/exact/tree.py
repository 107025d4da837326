"""What may come next: the decisions after each possible outcome of the next cohorts.

References: Yap C, et al. Dose transition pathways: the missing link between complex dose-finding
designs and simple decision-making. Clin Cancer Res 2017;23:7440-7447.
doi:10.1158/1078-0432.CCR-17-0582
"""

from dataclasses import dataclass
from typing import Any, final

from protocyte.design.decision import Decision
from protocyte.design.design import Design
from protocyte.design.exact.binomial import find_cohort_counts
from protocyte.design.exact.kernel import Kernel
from protocyte.design.outcome import Outcomes
from protocyte.design.scenario import Scenario
from protocyte.errors import DesignError


@final
@dataclass(frozen=True, slots=True)
class Branch:
    """One possible outcome of the next cohort.

    Parameters
    ----------
    label : str
        The outcome in words.
    probability : float or None
        How probable it is if the scenario is true [1]; None without a scenario.
    node : DecisionNode
        Where it leads.

    Examples
    --------
    >>> from protocyte.design import BOIN
    >>> node = decide_tree(BOIN(target=0.3, n_doses=2), Outcomes.none(2))
    >>> node.branches[1].label
    '1 DLT in 3'
    """

    label: str
    probability: float | None
    node: "DecisionNode"


@final
@dataclass(frozen=True, slots=True)
class DecisionNode:
    """Outcomes, the decision that follows, and what may come after it.

    Parameters
    ----------
    outcomes : Outcomes
        What happened up to here.
    decision : Decision
        What comes next.
    branches : tuple of Branch
        The possible outcomes of the next cohort; none at the end.

    Examples
    --------
    >>> from protocyte.design import BOIN
    >>> decide_tree(BOIN(target=0.3, n_doses=2), Outcomes.none(2)).decision.action
    'start'
    """

    outcomes: Outcomes
    decision: Decision
    branches: tuple[Branch, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the tree as JSON can hold it."""
        return {
            "outcomes": self.outcomes.as_dict(),
            "decision": self.decision.as_dict(),
            "branches": [
                {
                    "label": branch.label,
                    "probability": branch.probability,
                    **branch.node.as_dict(),
                }
                for branch in self.branches
            ],
        }


def decide_tree(
    design: Design, outcomes: Outcomes, *, cohorts: int = 1, scenario: Scenario | None = None
) -> DecisionNode:
    """Decide every possible continuation of a trial, a few cohorts ahead.

    Parameters
    ----------
    design : Design
        The design.
    outcomes : Outcomes
        What happened so far.
    cohorts : int
        How many cohorts ahead, 1 to 4.
    scenario : Scenario, optional
        A truth, to say how probable each outcome is.

    Returns
    -------
    DecisionNode
        The present decision, with the possible outcomes below it. Continuations with equal counts
        and the same last cohort are decided once.

    Raises
    ------
    DesignError
        If it should look too far ahead, or the scenario does not fit.
    OutcomeError
        If the design cannot have these outcomes.

    References
    ----------
    .. [1] Yap C, Billingham LJ, Cheung YK, Craddock C, O'Quigley J. Dose transition pathways: the
       missing link between complex dose-finding designs and simple decision-making. *Clin Cancer
       Res* 2017;23:7440-7447. doi:10.1158/1078-0432.CCR-17-0582

    Examples
    --------
    >>> from protocyte.design import BOIN
    >>> tree = decide_tree(
    ...     BOIN(target=0.3, n_doses=3), Outcomes.from_notation("1NNN", n_doses=3)
    ... )
    >>> [(branch.label, branch.node.decision.action) for branch in tree.branches]
    [('0 DLTs in 3', 'escalate'), ('1 DLT in 3', 'stay'), ('2 DLTs in 3', 'de-escalate'),
     ('3 DLTs in 3', 'de-escalate')]
    """
    if not 1 <= cohorts <= 4:
        raise DesignError(f"{cohorts} cohorts ahead make no readable tree; look 1 to 4 ahead.")
    kernel = None
    if scenario is not None:
        kernel = Kernel(
            design.features, (scenario,), n_doses=design.n_doses, planned=design.planned
        )
    return _node(design, outcomes, cohorts, kernel, {})


def _node(
    design: Design,
    outcomes: Outcomes,
    ahead: int,
    kernel: Kernel | None,
    known: dict[tuple[Outcomes, int], DecisionNode],
) -> DecisionNode:
    if (outcomes, ahead) in known:
        return known[outcomes, ahead]
    decision = design.decide(outcomes)
    branches: list[Branch] = []
    drawn = decision.shares or (((decision.dose, 1.0),) if decision.dose else ())
    for dose, share in drawn if ahead else ():
        counts = find_cohort_counts(design.features, decision.size)
        chances: list[float | None] = [None] * len(counts)
        if kernel is not None:
            chances = list(share * kernel.probabilities(decision.size)[0, dose - 1])
        for row, chance in zip(counts.tolist(), chances, strict=True):
            seen = dict(zip(design.features, row, strict=True))
            after = outcomes.after(
                dose,
                n=seen["n"],
                tox=seen.get("tox", 0),
                eff=seen.get("eff"),
                both=seen.get("both"),
            )
            node = _node(design, after, ahead - 1, kernel, known)
            label = f"{_label(seen)} at dose {dose}" if decision.shares else _label(seen)
            branches.append(Branch(label, None if chance is None else float(chance), node))
    node = DecisionNode(outcomes, decision, tuple(branches))
    known[outcomes, ahead] = node
    return node


def _label(seen: dict[str, int]) -> str:
    """Say what a cohort showed."""
    words = []
    if "tox" in seen:
        words.append(f"{seen['tox']} DLT{'' if seen['tox'] == 1 else 's'}")
    if "eff" in seen:
        words.append(f"{seen['eff']} response{'' if seen['eff'] == 1 else 's'}")
    if "both" in seen:
        words.append(f"{seen['both']} both")
    return f"{', '.join(words)} in {seen['n']}"
