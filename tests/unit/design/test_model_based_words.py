"""CRM, BLRM and EffTox as a protocol names them: settings arrive, contradictions are findings."""

import math

import pytest

from protocyte.design import BLRM, CRM, BivariateNormal, EffTox, find_skeleton
from protocyte.design.plan import find_dose_design
from protocyte.errors import DesignError
from protocyte.protocol.checks import check_protocol
from protocyte.protocol.checks.example import amend_example
from protocyte.protocol.parse import Parsed, parse_protocol
from protocyte.protocol.plan import Protocol

PRIOR = "{intercept: {mean: -0.85, sd: 1}, log_slope: {mean: 0, sd: 0.8}, correlation: -0.2}"
ON_CELLS = f"method: {{BOIN: null, BLRM: {{reference: 3e6 cells, prior: {PRIOR}}}}}"
EFFTOX = """
dosing:
  efficacy: {endpoint: orr, at: Day 28}
  finds: optimal biological dose
  method:
    BOIN: null
    EffTox:
      toxicity_limit: 0.3
      efficacy_floor: 0.5
      contour: {least_response: 0.5, middle_response: 0.7, middle_toxicity: 0.25,
                most_toxicity: 0.65}
      prior:
        tox_intercept: {mean: -7.9593, sd: 3.5487}
        tox_slope: {mean: 1.5482, sd: 3.5018}
        eff_intercept: {mean: 0.7367, sd: 2.5423}
        eff_slope: {mean: 3.4181, sd: 2.4406}
        eff_curvature: {mean: 0, sd: 0.2}
        association: {mean: 0, sd: 1}
"""


def _parsed(method: str) -> Parsed[Protocol]:
    return parse_protocol(amend_example(f"dosing: {{method: {{BOIN: null, {method}}}}}"))


def _findings(text: str) -> list[tuple[str, str]]:
    found = check_protocol(parse_protocol(amend_example(text)))
    return [(finding.code, finding.message) for finding in found]


def test_crm_by_target_alone_is_the_customary_one() -> None:
    design = find_dose_design(_plan("CRM: {target: 0.3}"))
    assert isinstance(design, CRM)
    assert design == CRM(
        target=0.3, skeleton=find_skeleton(0.05, target=0.3, prior_mtd=2, n_doses=3), cohorts=10
    )
    assert design.prior_sd == math.sqrt(1.34)


def test_crm_settings_arrive() -> None:
    design = find_dose_design(
        _plan(
            "CRM: {target: 0.25, half_width: 0.04, prior_mtd: 1, curve: logistic, intercept: 4, "
            "prior_sd: 0.9, estimate: posterior mean, coherent: false, skipping: true}"
        )
    )
    assert design == CRM(
        target=0.25,
        skeleton=find_skeleton(
            0.04, target=0.25, prior_mtd=1, n_doses=3, curve="logistic", intercept=4
        ),
        model="logistic",
        intercept=4,
        prior_sd=0.9,
        estimate="posterior mean",
        coherent=False,
        no_skipping=False,
    )
    two = find_dose_design(
        _plan(
            "CRM: {target: 0.3, skeleton: [0.1, 0.2, 0.3], curve: two-parameter logistic, "
            f"prior: {PRIOR}}}"
        )
    )
    assert isinstance(two, CRM)
    assert two.prior == BivariateNormal((-0.85, 0.0), (1.0, 0.8), -0.2)


def _plan(method: str) -> Protocol:
    plan = _parsed(method).plan
    assert plan is not None, _parsed(method).findings
    assert not check_protocol(_parsed(method))
    return plan


def test_blrm_settings_arrive() -> None:
    design = find_dose_design(
        _plan(
            f"BLRM: {{reference: 3e6 cells/kg, prior: {PRIOR}, on_target: [0.16, 0.33], "
            "overdose_limit: 0.3, at_the_limit: safe, one_level_up: false, largest_increase: 2, "
            "negligible: 0.05, least_at_mtd: 6, least_on_target: 0.5, stop_when_declared: true}"
        )
    )
    assert design == BLRM(
        (1e6, 3e6, 1e7),
        3e6,
        BivariateNormal((-0.85, 0.0), (1.0, 0.8), -0.2),
        target_interval=(0.16, 0.33),
        overdose_limit=0.3,
        at_the_limit="safe",
        one_level_up=False,
        largest_increase=2,
        negligible=0.05,
        least_at_mtd=6,
        least_on_target=0.5,
        stop_when_declared=True,
    )


def test_efftox_settings_arrive() -> None:
    assert not _findings(EFFTOX)
    plan = parse_protocol(amend_example(EFFTOX)).plan
    assert plan is not None
    design = find_dose_design(plan)
    assert isinstance(design, EffTox)
    assert design.doses == (1e6, 3e6, 1e7)
    assert design.prior.eff_slope == (3.4181, 2.4406)
    assert design.trade_off.power == pytest.approx(0.977, abs=5e-4)
    assert (design.toxicity_certainty, design.efficacy_certainty) == (0.1, 0.1)
    assert (design.cohorts, design.cohort_size) == (10, 3)


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("CRM: {target: 0.3, skeleton: [0.3, 0.2, 0.1]}", "does not rise"),
        ("CRM: {target: 0.1, half_width: 0.1}", "leaves no room around the target"),
        ("CRM: {target: 0.3, curve: two-parameter logistic}", "needs a prior of both"),
        (f"CRM: {{target: 0.3, prior: {PRIOR}}}", "the curve has one"),
        ("CRM: {target: 1.3}", "less than 1"),
        ("CRM: {target: .nan}", ""),
        (f"BLRM: {{prior: {PRIOR}}}", "reference"),
        (f"BLRM: {{reference: 3e6 cells/kg, prior: {PRIOR}, on_target: [0.3, 0.2]}}", "empty"),
        (
            f"BLRM: {{reference: 3e6 cells/kg, prior: {PRIOR}, stop_when_declared: true}}",
            "nothing is asked of an MTD",
        ),
    ],
)
def test_senseless_settings_are_findings(method: str, words: str) -> None:
    parsed = _parsed(method)
    assert parsed.findings
    assert any(words in finding.message + finding.remedy for finding in parsed.findings)


@pytest.mark.parametrize(
    ("dosing", "words"),
    [
        (
            "{method: {BOIN: null, CRM: {target: 0.3, skeleton: [0.1, 0.2]}}}",
            "2 probabilities and there are 3",
        ),
        (
            "{method: {BOIN: null, CRM: {target: 0.3, prior_mtd: 4}}}",
            "Level 4 is guessed to be the MTD",
        ),
        (
            f"{{method: {{BOIN: null, BLRM: {{reference: 3e6 cells, prior: {PRIOR}}}}}}}",
            "no level has that unit",
        ),
        (f"{{levels: [{{name: low}}, {{name: high}}], {ON_CELLS}}}", "level 1, 2 has none"),
        (f"{{levels: [1e6 cells, 1e7 cells/kg], {ON_CELLS}}}", "some are per kilogram and some"),
    ],
)
def test_models_that_do_not_fit_the_levels_are_findings(dosing: str, words: str) -> None:
    found = [message for code, message in _findings(f"dosing: {dosing}") if code == "DOS022"]
    assert len(found) == 1
    assert words in found[0]
    plan = parse_protocol(amend_example(f"dosing: {dosing}")).plan
    assert plan is not None
    with pytest.raises(DesignError):
        find_dose_design(plan)
