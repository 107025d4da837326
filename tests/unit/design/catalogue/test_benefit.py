"""Designs that weigh benefit, and BOIN for two factors, from the words of a protocol."""

import pytest

from protocyte.design import BOINET, TEPI, UBOIN, BOINETLimits, CombinationBOIN, Design
from protocyte.design.plan import find_dose_design
from protocyte.errors import DesignError
from protocyte.protocol.checks.example import amend_example
from protocyte.protocol.parse import parse_protocol

CROSSED = """
schedule:
  activities:
    lymphodepletion: {days: -5..-3, rest: -2..-1, regimens: {reduced: {}, full: {}}}
dosing:
  levels:
    - {dose: 1e6 cells/kg, regimen: reduced}
    - {dose: 1e6 cells/kg, regimen: full}
    - {dose: 3e6 cells/kg, regimen: reduced}
    - {dose: 3e6 cells/kg, regimen: full}
  start: 3
  participants: 32
"""


def _design(method: str, patch: str = "dosing: {start: 2, cohort: {size: 4}}") -> Design | None:
    read = parse_protocol(amend_example(patch))
    assert read.plan is not None
    text = amend_example(patch).replace("BOIN: {target: 0.3}", method)
    if method not in text:
        text = amend_example(patch).replace("    BOIN:\n      target: 0.3\n", f"    {method}\n")
    parsed = parse_protocol(text)
    assert parsed.is_sound, [str(finding) for finding in parsed.findings]
    assert parsed.plan is not None
    return find_dose_design(parsed.plan)


def test_u_boin() -> None:
    found = _design(
        "U-BOIN: {toxicity_limit: 0.35, efficacy_floor: 0.25, utilities: {neither: 30, both: 50}, "
        "margin: 0.04, stage_one: 8, stage_two: 16, toxicity_certainty: 0.9, "
        "futility_certainty: 0.8, prior: {both: 0.1, neither: 0.4}, next_dose: equal, "
        "candidates: all}"
    )
    assert found == UBOIN(
        3, 0.35, 0.25, (100, 30, 50, 0), 0.04, 8, 16, 7, 4, 2, 0.9, 0.8,
        (0.25, 0.4, 0.1, 0.25), "equal", "all",
    )  # fmt: skip


def test_boin_et() -> None:
    found = _design(
        "BOIN-ET: {toxicity_target: 0.25, efficacy_target: 0.5, too_safe: 0.05, too_toxic: 0.4, "
        "too_weak: 0.2, toxicity_certainty: 0.9, futility_certainty: 0.95, limits: {lambda_1: 0.1, "
        "lambda_2: 0.3, eta_1: 0.4}, tied: lowest, conduct: boinet, select_by: scores, "
        "scores: {neither: 30, both: 50}, stop_at: 12, reading: own truth}"
    )
    assert found == BOINET(
        3, 0.25, 0.5, 0.05, 0.4, 0.2, 7, 4, 2, 12, 0.9, 0.95, BOINETLimits(0.1, 0.3, 0.4),
        "own truth", "lowest", "boinet", "scores", (100, 30, 50, 0),
    )  # fmt: skip
    assert _design("BOIN-ET: {}", "{}") == BOINET(3, cohorts=10)


def test_tepi() -> None:
    found = _design(
        "TEPI: {toxicity_target: 0.25, efficacy_floor: 0.3, toxicity_cuts: [0.2, 0.4], "
        "efficacy_cuts: [0.3], moves: [EE, SS, DD], toxicity_certainty: 0.9, futility_chance: 0.2, "
        "harmless: [0.1, 0.5], useful: [0.2, 0.7], estimate: posterior mean, stop_at: 12}"
    )
    assert found == TEPI(
        3, 0.25, 0.3, (0.2, 0.4), (0.3,), ("EE", "SS", "DD"), 7, 4, 2, 12, 0.9, 0.2,
        (0.1, 0.5), (0.2, 0.7), "posterior mean",
    )  # fmt: skip


def test_combination() -> None:
    found = _design(
        "BOIN combination: {target: 0.25, too_low: 0.1, too_high: 0.4, eliminate_above: 0.9, "
        "stop_at: 9, tied: dose, rounded: false, closes: row and column}",
        CROSSED,
    )
    names = tuple(
        f"Level {number}{below}: {dose} cells/kg after {regimen}"
        for number, dose, regimen, below in (
            (1, "1e6", "reduced", " (level −2)"),
            (2, "1e6", "full", " (level −1)"),
            (3, "3e6", "reduced", ""),
            (4, "3e6", "full", ""),
        )
    )
    assert found == CombinationBOIN(
        2, 2, 0.25, 10, 3, (2, 1), 0.1, 0.4, 0.9, 9, "dose",
        rounded=False, closes="row and column", names=names,
    )  # fmt: skip


def test_a_combination_without_regimens_is_refused() -> None:
    with pytest.raises(DesignError, match="a level for every dose with every regimen"):
        _design("BOIN combination: {target: 0.25}", "{}")
