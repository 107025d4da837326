"""Words of a protocol to the single arm, or the stopping boundary, that they name."""

from typing import Any

import pytest

from protocyte.design import (
    BOP2,
    BOP2FE,
    TOP,
    BayesianArm,
    BetaMixture,
    FlemingTwoStage,
    PredictiveArm,
    Scenario,
    SingleStage,
    find_bop2,
    find_characteristics,
    find_joint_bop2,
)
from protocyte.design.plan import find_monitors, find_sample_design
from protocyte.design.programme import find_programme, find_scenarios
from protocyte.design.single_arm.staged import StagedArm
from protocyte.errors import DesignError
from protocyte.protocol.checks import check_protocol
from protocyte.protocol.checks.example import REHEARSAL, amend_example
from protocyte.protocol.parse import parse_protocol
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import parse_rehearsal

ASKED = "endpoint: orr, p0: 0.2, p1: 0.45"
LOOKS = "looks: [10, 20, 30]"
PRIOR = "[{weight: 0.5, a: 4, b: 12}, {weight: 0.5}]"
METHODS: dict[str, tuple[str, type]] = {
    "single stage": (f"{{{ASKED}, alpha: 0.05, power: 0.8}}", SingleStage),
    "Fleming": (f"{{{ASKED}, alpha: 0.05, power: 0.8, under: p1}}", FlemingTwoStage),
    "BOP2": (f"{{{ASKED}, {LOOKS}, alpha: 0.05, power: 0.8}}", BOP2),
    "BOP2-FE": (f"{{{ASKED}, {LOOKS}, alpha: 0.05, boundary: O'Brien-Fleming}}", BOP2FE),
    "TOP": (f"{{{ASKED}, {LOOKS}, alpha: 0.05, window: 3 months}}", TOP),
    "predictive probability": (
        f"{{{ASKED}, {LOOKS}, certainty: 0.95, futility: 0.05, efficacy: 0.99}}",
        PredictiveArm,
    ),
    "Bayesian single arm": (
        f"{{{ASKED}, {LOOKS}, certainty: 0.95, futility: 0.1, prior: {PRIOR}}}",
        BayesianArm,
    ),
}


def example(patch: str) -> Protocol:
    parsed = parse_protocol(amend_example(patch))
    assert check_protocol(parsed) == ()
    assert parsed.plan is not None
    return parsed.plan


def sample(name: str, settings: str, *, planned: int = 60) -> Protocol:
    return example(
        f"statistics: {{sample: {{{name}: {settings}}}}}\npopulation: {{planned: {planned}}}"
    )


@pytest.mark.parametrize("name", METHODS)
def test_every_method_can_be_named(name: str) -> None:
    settings, kind = METHODS[name]
    plan = sample(name, settings)
    design = find_sample_design(plan)
    assert isinstance(design, kind)
    assert isinstance(design, StagedArm)
    assert (design.p0, design.p1) == (0.2, 0.45)
    rehearsal = parse_rehearsal(REHEARSAL, protocol=plan).plan
    assert rehearsal is not None
    outlook = find_programme(plan, rehearsal).sample[0]
    assert outlook.at_level == pytest.approx([design.rejection(p) for p in (0.3, 0.5, 0.6)])


TOXICITY = "endpoint: orr, p0: 0.2, p1: 0.45, unacceptable: 0.4, acceptable: 0.2"


def test_response_and_toxicity_are_judged_together() -> None:
    plan = sample("BOP2 with toxicity", f"{{{TOXICITY}, {LOOKS}, alpha: 0.05, power: 0.6}}")
    design = find_sample_design(plan)
    assert design == find_joint_bop2((0.2, 0.45), (0.4, 0.2), (10, 20, 30), alpha=0.05)
    rehearsal = parse_rehearsal(REHEARSAL, protocol=plan).plan
    assert rehearsal is not None
    outlook = find_programme(plan, rehearsal).sample[0]
    truth = find_scenarios(rehearsal)[0]
    assert truth.tox
    assert truth.eff
    for level, (tox, eff) in enumerate(zip(truth.tox, truth.eff, strict=True)):
        alone = find_characteristics(design, [Scenario((tox,), (eff,))])
        assert outlook.at_level[level] == pytest.approx(alone.selection[0, 0])


def test_toxicities_the_wrong_way_round_are_found() -> None:
    wrong = TOXICITY.replace("0.4, acceptable: 0.2", "0.2, acceptable: 0.4")
    text = amend_example(
        f"statistics: {{sample: {{BOP2 with toxicity: {{{wrong}, {LOOKS}, alpha: 0.05}}}}}}"
    )
    assert "Write the lower one as `acceptable`" in str(parse_protocol(text).findings[0])


def test_toxicities_that_are_counted_must_be_defined() -> None:
    plan = sample("BOP2 with toxicity", f"{{{TOXICITY}, {LOOKS}, alpha: 0.05}}")
    assert plan.dosing is not None
    undefined = plan.model_copy(update={"dosing": plan.dosing.model_copy(update={"dlt": None})})
    with pytest.raises(DesignError, match=r"add `dosing\.dlt`"):
        find_sample_design(undefined)


def test_settings_reach_the_design() -> None:
    bayesian = find_sample_design(sample("Bayesian single arm", METHODS["Bayesian single arm"][0]))
    assert isinstance(bayesian, BayesianArm)
    assert bayesian.prior == BetaMixture(((0.5, 4, 12), (0.5, 1, 1)))
    assert (bayesian.certainty, bayesian.futility, bayesian.efficacy) == (0.95, 0.1, None)
    late = find_sample_design(sample("TOP", METHODS["TOP"][0]))
    complete = find_bop2(0.2, 0.45, (10, 20, 30), alpha=0.05)
    assert isinstance(late, TOP)
    assert late.window == pytest.approx(3 * 365.25 / 12)
    assert late.boundary == complete.boundary
    close = sample("BOP2", f"{{{ASKED}, {LOOKS}, alpha: 0.05, alpha_control: closest}}")
    found = find_sample_design(close)
    assert found == find_bop2(0.2, 0.45, (10, 20, 30), alpha=0.05, control="closest")


def test_a_control_takes_the_place_of_a_fixed_rate() -> None:
    plan = sample(
        "Bayesian single arm",
        f"{{{ASKED}, {LOOKS}, certainty: 0.9, control: [{{a: 10, b: 40}}], margin: 0.05}}",
    )
    design = find_sample_design(plan)
    assert isinstance(design, BayesianArm)
    assert design.reference == BetaMixture.beta(10, 40)
    assert design.margin == 0.05


def test_power_that_a_grid_misses_is_said() -> None:
    """The best single test reaches it, the looks do not."""
    plan = sample("BOP2", f"{{{ASKED}, looks: [10, 20], alpha: 0.1, power: 0.87}}", planned=50)
    with pytest.raises(DesignError, match="The most power with 20 participants"):
        find_sample_design(plan)


MONITORING: dict[str, tuple[str, dict[str, Any]]] = {
    "beta-binomial": ("{limit: 0.2, certainty: 0.9}", {"first": 3, "every": 3}),
    "Pocock": ("{acceptable: 0.1, crossing: 0.1}", {"first": 5}),
    "O'Brien-Fleming": ("{acceptable: 0.1}", {"first": 5}),
    "table": ("[{among: 6, stop_from: 2}, {among: 12, stop_from: 3}]", {}),
}


@pytest.mark.parametrize("rule", MONITORING)
def test_every_boundary_can_be_named(rule: str) -> None:
    settings, looks = MONITORING[rule]
    more = "".join(f", {name}: {value}" for name, value in looks.items())
    plan = example(
        f"safety: {{monitoring: {{gvhd: {{of: GvHD >= 3, until: 100 days, participants: 20{more}, "
        f"rule: {{{rule}: {settings}}}}}}}}}"
    )
    (monitor,) = find_monitors(plan).values()
    assert monitor.planned == 20
    outlook = monitor.outlook([0.1, 0.3])
    assert 0 < outlook.stopped[0] < outlook.stopped[1]
    if rule == "table":
        assert monitor.rule.rows() == ((6, 2), (12, 3))
    if rule in {"Pocock", "O'Brien-Fleming"}:
        assert outlook.stopped[0] <= (0.1 if rule == "Pocock" else 0.05)
        assert monitor.references


def test_a_protocol_without_boundaries_keeps_its_digest() -> None:
    """An empty chapter is not written, so plans of before are the plans of now."""
    assert "monitoring" not in example("{}").as_dict()["safety"]
