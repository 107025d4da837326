"""Where a trial of a design can get to, and what is exactly true of it; found once a design."""

import itertools
from functools import cache

import numpy as np
from tests.contract.design.designs import Case
from tests.contract.design.examples import EXAMPLES

from protocyte.design import (
    Characteristics,
    Decision,
    Design,
    Outcomes,
    Scenario,
    find_characteristics,
)
from protocyte.design.exact.binomial import find_cohort_counts

TOX = (0.08, 0.2, 0.33, 0.5, 0.65)
EFF = (0.15, 0.35, 0.5, 0.6, 0.62)
MOST = 100


def find_truth(n_doses: int) -> Scenario:
    """The truth that laws are tried with."""
    return Scenario(TOX[:n_doses], EFF[:n_doses])


@cache
def find_exact(design: Design) -> Characteristics:
    """What the design does under that truth."""
    return find_characteristics(design, [find_truth(design.n_doses)])


def find_following(design: Design, outcomes: Outcomes, decision: Decision) -> list[Outcomes]:
    """Every outcome of the cohort that a decision asks for."""
    assert decision.dose is not None
    doses = [dose for dose, _ in decision.shares] or [decision.dose]
    cohorts = find_cohort_counts(design.features, decision.size).tolist()
    following = []
    for dose, row in itertools.product(doses, cohorts):
        shown = dict(zip(design.features, row, strict=True))
        # Where only margins are counted, who had both is not known.
        both = shown.get("both", 0) if "both" in shown or "eff" not in shown else None
        tox, eff = shown.get("tox", 0), shown.get("eff", 0)
        following.append(outcomes.after(dose, n=shown["n"], tox=tox, eff=eff, both=both))
    return following


def find_reached(case: Case, most: int = MOST) -> tuple[Outcomes, ...]:
    """Rare outcomes that are listed for a design, and many that a trial of it can reach."""
    listed = EXAMPLES.get(case.name, ()) if case.doses == 3 else ()
    rare = (Outcomes.from_notation(text, n_doses=case.design.n_doses) for text in listed)
    return tuple(dict.fromkeys((*rare, *_reached(case.design, most))))


@cache
def _reached(design: Design, most: int) -> tuple[Outcomes, ...]:
    """Outcomes that a trial of the design can reach, so many of them from all over the trial."""
    seen: dict[Outcomes, None] = {}
    ahead = [Outcomes.none(design.n_doses)]
    rng = np.random.default_rng(1)
    while ahead and len(seen) < most:
        # Every second step follows the newest path, so that ends of trials are reached as well.
        outcomes = ahead.pop(int(rng.integers(len(ahead))) if len(seen) % 2 else -1)
        decision = design.decide(outcomes)
        if decision.dose is None:
            continue
        for after in find_following(design, outcomes, decision):
            if after not in seen and len(seen) < most:
                seen[after] = None
                ahead.append(after)
    return tuple(seen)


@cache
def find_decision(design: Design, outcomes: Outcomes) -> Decision:
    """What the design decides there."""
    return design.decide(outcomes)
