"""From the words of a protocol to the design that runs, and what the whole programme does."""

from typing import Any

import numpy as np
import pytest

from protocyte.design import BOIN, BOIN12, Cap, FixedSample, SimonTwoStage, ThreePlusThree
from protocyte.design.plan import find_dose_design, find_sample_design
from protocyte.design.programme import find_programme
from protocyte.errors import DesignError
from protocyte.protocol.checks.example import REHEARSAL, amend_example
from protocyte.protocol.parse import parse_protocol
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal, Scenario, parse_rehearsal


def example(patch: str = "{}") -> Protocol:
    parsed = parse_protocol(amend_example(patch))
    assert parsed.plan is not None
    assert parsed.is_sound, [str(finding) for finding in parsed.findings]
    return parsed.plan


def told(plan: Protocol, *truths: tuple[list[float], list[float]]) -> Rehearsal:
    rehearsal = parse_rehearsal(REHEARSAL, protocol=plan).plan
    assert rehearsal is not None
    scenarios = tuple(
        Scenario(name=str(n), toxicity=tuple(tox), response=tuple(eff))
        for n, (tox, eff) in enumerate(truths)
    )
    return rehearsal.model_copy(update={"scenarios": scenarios})


def method(words: str, more: str = "") -> str:
    old = "" if words.startswith("BOIN:") else "BOIN: null, "
    return f"dosing: {{method: {{{old}{words}}}{more}}}"


EVERY_SETTING = (
    "BOIN: {target: 0.25, too_low: 0.1, too_high: 0.4, eliminate_above: 0.9, extra_safe: true, "
    "bound_mtd: true, stop_at: 9}"
)


@pytest.mark.parametrize(
    ("patch", "design"),
    [
        ("{}", BOIN(target=0.3, n_doses=3, cohorts=10, cohort_size=3)),
        # A rest of the participants makes no cohort.
        ("dosing: {participants: 20}", BOIN(target=0.3, n_doses=3, cohorts=6, cohort_size=3)),
        (
            "dosing: {participants: 2, cohort: {size: 4}, start: 2}",
            BOIN(target=0.3, n_doses=3, cohorts=1, cohort_size=4, start_dose=2),
        ),
        (
            method(EVERY_SETTING, ", participants: null"),
            BOIN(
                target=0.25,
                n_doses=3,
                cohorts=10,
                cohort_size=3,
                too_low=0.1,
                too_high=0.4,
                certainty=0.9,
                extra_safe=0.05,
                bound_mtd=True,
                early_stop=9,
            ),
        ),
        (
            method("BOIN12: {toxicity_limit: 0.3, efficacy_floor: 0.2, explore: true}"),
            BOIN12(
                n_doses=3,
                toxicity_limit=0.3,
                efficacy_floor=0.2,
                cohorts=10,
                cohort_size=3,
                explore_from=9,
            ),
        ),
        (
            method("BOIN12: {utilities: {neither: 30, both: 50}, explore: false, stop_at: 9}"),
            BOIN12(
                n_doses=3,
                toxicity_limit=0.35,
                efficacy_floor=0.25,
                utilities_of=(100, 30, 50, 0),
                cohorts=10,
                cohort_size=3,
                early_stop=9,
                explore_from=None,
            ),
        ),
        (
            method("3+3: {form: six at the MTD}", ", participants: null"),
            ThreePlusThree(n_doses=3, form="C"),
        ),
        (
            method("3+3: {form: de-escalation}", ", participants: 18"),
            ThreePlusThree(n_doses=3, form="B"),
        ),
        (
            method("3+3: {form: no de-escalation}", ", participants: 12"),
            Cap(ThreePlusThree(n_doses=3, form="A"), participants=12),
        ),
    ],
)
def test_a_dose_method(patch: str, design: Any) -> None:
    assert find_dose_design(example(patch)) == design


def test_three_plus_three_has_cohorts_of_three() -> None:
    plan = example(method("3+3: {form: de-escalation}", ", cohort: {size: 4}"))
    with pytest.raises(DesignError, match=r"cohorts of 4; set `dosing.cohort.size` to 3"):
        find_dose_design(plan)


def test_one_dose_is_not_looked_for() -> None:
    plan = example(
        "{dosing: {method: null, finds: null, levels: [1e6 cells/kg]}, "
        "statistics: {sample: {fixed sample: {participants: 9, endpoint: orr}}}}"
    )
    assert find_dose_design(plan) is None
    assert find_sample_design(plan) == FixedSample(9, features=("n", "eff"))
    assert find_sample_design(example()) is None


SIMON = (
    "statistics: {sample: {Simon: {kind: optimal, endpoint: orr, p0: 0.2, p1: 0.4, "
    "alpha: 0.05, power: 0.8}}}"
)


def test_simon_optimal_as_published() -> None:
    """Simon 1989, table 1: p0 0.2, p1 0.4, alpha 0.05, beta 0.2 gives 3/13 and 12/43."""
    design = find_sample_design(example(SIMON))
    assert isinstance(design, SimonTwoStage)
    assert (design.r1, design.n1, design.r, design.n) == (3, 13, 12, 43)


def test_a_programme_is_the_dose_that_is_found_and_what_follows_at_it() -> None:
    plan = example(SIMON)
    truths = ([0.05, 0.2, 0.4], [0.2, 0.4, 0.5]), ([0.9, 0.9, 0.9], [0.4, 0.4, 0.4])
    programme = find_programme(plan, told(plan, *truths))
    design = find_sample_design(plan)
    assert programme.dose is not None
    assert isinstance(design, SimonTwoStage)
    for number, (outlook, (_, response)) in enumerate(zip(programme.sample, truths, strict=True)):
        chosen = programme.dose.selection[number]
        wins = [design.rejection(p) for p in response]
        assert outlook.reached == pytest.approx(chosen.sum())
        assert outlook.at_level == pytest.approx(wins)
        assert outlook.positive == pytest.approx(float(chosen @ np.array(wins)))
        sizes = [design.expected(p) for p in response]
        assert outlook.expected == pytest.approx(float(chosen @ np.array(sizes)) / chosen.sum())
    # Where no dose can be given, the trial ends without a result.
    positive = programme.sample[1].positive
    assert positive is not None
    assert positive < 0.01


def test_a_programme_of_one_dose() -> None:
    plan = example(
        "{dosing: {method: null, finds: null, levels: [1e6 cells/kg], participants: null}, "
        "statistics: {sample: {fixed sample: {participants: 9, endpoint: orr}}}}"
    )
    (outlook,) = find_programme(plan, told(plan, ([0.1], [0.3]))).sample
    assert outlook.reached == 1.0
    assert outlook.positive is None
    assert outlook.mean_responses == pytest.approx(2.7)
    assert outlook.distribution[0] == pytest.approx(0.7**9)
    assert sum(outlook.distribution) == pytest.approx(1.0, abs=1e-12)
