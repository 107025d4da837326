"""Laws of safety: closed doses stay away, and toxicity never makes a design bolder."""

from tests.contract.design.designs import Case
from tests.contract.design.law import is_for_doses, law
from tests.contract.design.reach import find_decision, find_reached

from protocyte.design import Outcomes

FAR = 400
"""States in which steps up and down are looked at: those that break coherence are rare."""


def _sees_dlts(case: Case) -> bool:
    return "tox" in case.design.features


def _goes_by_dlts(case: Case) -> bool:
    return _sees_dlts(case) and is_for_doses(case)


def _aims(case: Case) -> bool:
    return _goes_by_dlts(case) and case.design.target is not None


@law("closed not given")
def gives_no_closed_dose(case: Case) -> None:
    """No dose that is declared too toxic, or not admissible, is given; nor does chance draw it."""
    for outcomes in find_reached(case):
        decision = find_decision(case.design, outcomes)
        assert decision.dose not in decision.closed
        assert not {dose for dose, _ in decision.shares} & set(decision.closed)


@law("closed not selected")
def selects_no_closed_dose(case: Case) -> None:
    """No dose that is declared too toxic, or not admissible, is selected."""
    for outcomes in find_reached(case):
        closed = find_decision(case.design, outcomes).closed
        assert case.design.select(outcomes).dose not in closed


@law("closed upwards", asks=is_for_doses)
def closes_all_above(case: Case) -> None:
    """A dose that is closed closes all above it, so none above a dose too toxic is ever given."""
    for outcomes in find_reached(case):
        closed = find_decision(case.design, outcomes).closed
        assert not closed or closed == tuple(range(closed[0], case.design.n_doses + 1))


def _worse(outcomes: Outcomes) -> Outcomes | None:
    """One DLT more at the last dose, in somebody who had neither event if there is one."""
    assert outcomes.dose is not None
    place = outcomes.dose - 1
    n, tox = outcomes.n[place], outcomes.tox[place]
    if tox == n:
        return None
    eff = 0 if outcomes.eff is None else outcomes.eff[place]
    both = None if outcomes.both is None else outcomes.both[place]
    more = 0 if both is None or n - tox - eff + both else 1
    return Outcomes.from_counts(
        outcomes.n,
        [count + (j == place) for j, count in enumerate(outcomes.tox)],
        dose=outcomes.dose,
        eff=outcomes.eff,
        both=outcomes.both
        and [count + more * (j == place) for j, count in enumerate(outcomes.both)],
    )


@law("not bolder", asks=_goes_by_dlts)
def is_not_bolder_after_more_dlts(case: Case) -> None:
    """One DLT more at the last dose never leads to a higher dose."""
    for outcomes in find_reached(case):
        worse = _worse(outcomes)
        if worse is None:
            continue
        before, after = find_decision(case.design, outcomes), case.design.decide(worse)
        if before.dose is not None and after.dose is not None:
            assert after.dose <= before.dose


@law("not reopened", asks=_sees_dlts)
def reopens_nothing_after_more_dlts(case: Case) -> None:
    """One DLT more at the last dose opens no closed dose, and undoes no stop for toxicity."""
    for outcomes in find_reached(case):
        worse = _worse(outcomes)
        if worse is None:
            continue
        before, after = find_decision(case.design, outcomes), case.design.decide(worse)
        assert set(before.closed) <= set(after.closed)
        if before.why in {"toxic", "toxic_early", "harmful"}:
            assert after.dose is None


@law("coherent", asks=_aims)
def is_coherent(case: Case) -> None:
    """No escalation while the last cohort's DLT rate is at or above the target (Cheung 2005)."""
    target = case.design.target
    assert target is not None
    for outcomes in find_reached(case, FAR):
        assert outcomes.last is not None
        n, tox, _, _ = outcomes.last
        if tox >= target * n - 1e-12:
            assert find_decision(case.design, outcomes).action != "escalate"


@law("coherent up", asks=_aims)
def escalates_only_below_target(case: Case) -> None:
    """No escalation while the DLT rate among all at the dose is above the target (Liu 2015)."""
    target = case.design.target
    assert target is not None
    for outcomes in find_reached(case, FAR):
        assert outcomes.dose is not None
        n, tox = outcomes.n[outcomes.dose - 1], outcomes.tox[outcomes.dose - 1]
        if tox > target * n + 1e-12:
            assert find_decision(case.design, outcomes).action != "escalate"


@law("coherent down", asks=_aims)
def goes_down_only_above_target(case: Case) -> None:
    """No de-escalation while the DLT rate among all at the dose is below the target (Liu 2015)."""
    target = case.design.target
    assert target is not None
    for outcomes in find_reached(case, FAR):
        assert outcomes.dose is not None
        n, tox = outcomes.n[outcomes.dose - 1], outcomes.tox[outcomes.dose - 1]
        if tox < target * n - 1e-12:
            assert find_decision(case.design, outcomes).action != "de-escalate"
