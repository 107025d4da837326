"""BOIN: limits, moves and words."""

import json
import math

import pytest

from protocyte.design import BOIN, Outcomes
from protocyte.errors import DesignError


def _decide(design: BOIN, text: str) -> tuple[str, int | None, str]:
    decision = design.decide(Outcomes.from_notation(text, n_doses=design.n_doses))
    return decision.action, decision.dose, decision.why


@pytest.mark.parametrize(
    ("text", "action", "dose", "why"),
    [
        ("", "start", 1, "start"),
        ("1NNN", "escalate", 2, "escalate"),
        ("1NNT", "stay", 1, "stay"),
        ("1NTT", "stay", 1, "lowest"),
        ("1TTT", "stop", None, "toxic"),
        ("1NNN 2NTT", "de-escalate", 1, "de_escalate"),
        ("1NNN 2TTT", "de-escalate", 1, "closed_here"),
        ("1NNN 2TTT 1NNN", "stay", 1, "closed"),
        ("1NNN 2NNN 3NNN", "stay", 3, "top"),
    ],
)
def test_moves(text: str, action: str, dose: int | None, why: str) -> None:
    assert _decide(BOIN(target=0.3, n_doses=3), text) == (action, dose, why)


def test_limits_are_the_papers_at_thirty_percent() -> None:
    design = BOIN(target=0.3, n_doses=5)
    assert design.lambda_e == pytest.approx(0.236491, abs=5e-7)
    assert design.lambda_d == pytest.approx(0.358519, abs=5e-7)


def test_limits_make_both_errors_equally_probable() -> None:
    """At a limit the two hypotheses beside it are equally likely (Liu and Yuan 2015)."""
    design = BOIN(target=0.25, n_doses=3, too_low=0.1, too_high=0.4)
    for rate, other in ((design.lambda_e, 0.1), (design.lambda_d, 0.4)):
        log_ratio = rate * math.log(0.25 / other) + (1 - rate) * math.log(0.75 / (1 - other))
        assert log_ratio == pytest.approx(0, abs=1e-14)


def test_the_last_cohort_ends_the_trial_without_another_decision() -> None:
    design = BOIN(target=0.3, n_doses=3, cohorts=2)
    assert _decide(design, "1NNN 2NNN") == ("stop", None, "planned")
    # Toxicity at the lowest dose is the reason that counts: no dose is selected.
    assert _decide(design, "1NNT 1TTT") == ("stop", None, "toxic")


def test_a_partial_last_cohort_fills_the_plan() -> None:
    design = BOIN(target=0.3, n_doses=3, cohorts=3)
    decision = design.decide(Outcomes.from_notation("1NN 2NNN 2NNN", n_doses=3))
    assert decision.size == 1


@pytest.mark.parametrize(
    ("when", "text", "why"),
    [
        ("staying", "1NNN 2NNN 2NTT", "enough"),
        ("staying", "1NNN 2NNN 2NNN", "escalate"),
        ("always", "1NNN 2NNN 2NNN", "enough"),
    ],
)
def test_early_stop(when: str, text: str, why: str) -> None:
    design = BOIN(target=0.3, n_doses=3, early_stop=6, early_stop_when=when)  # type: ignore[arg-type]
    assert _decide(design, text)[2] == why


def test_extra_safe_stops_sooner() -> None:
    assert _decide(BOIN(target=0.3, n_doses=3), "1NTT")[2] == "lowest"
    assert _decide(BOIN(target=0.3, n_doses=3, extra_safe=0.05), "1NTT")[2] == "toxic_early"
    selection = BOIN(target=0.3, n_doses=3, extra_safe=0.05).select(
        Outcomes.from_notation("1NTT", n_doses=3)
    )
    assert selection.dose is None


def test_arithmetic_shows_the_numbers() -> None:
    decision = BOIN(target=0.3, n_doses=5).decide(Outcomes.from_notation("1NNN 1NNT", n_doses=5))
    first, second, third = decision.arithmetic
    assert first == "1 DLT in 6 at dose 1 = 0.167 ≤ 0.236 (λe)"
    assert second == (
        "P(DLT probability > 0.3) = 0.3294 ≤ 0.95 with 6 participants (at least 3 to close): "
        "dose 1 is open"
    )
    assert third == "6 of 30 participants treated"
    assert decision.reason == "Dose 1 was tolerated: escalate to dose 2."


def test_a_decision_is_json() -> None:
    decision = BOIN(target=0.3, n_doses=3).decide(Outcomes.from_notation("1NNN 2TTT", n_doses=3))
    told = json.loads(json.dumps(decision.as_dict()))
    assert told["dose"] == 1
    assert told["closed"] == [2, 3]
    assert told["references"][0].startswith("Liu S, Yuan Y.")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"target": 0.0}, "The target DLT probability is 0.0; BOIN takes 0.05 to 0.6."),
        ({"target": float("nan")}, "The target DLT probability is nan"),
        ({"too_low": 0.29}, "too_low = 0.29 and too_high = 0.42 must lie below and above"),
        ({"too_high": 0.2}, "too_low = 0.18 and too_high = 0.2 must lie below and above"),
        ({"certainty": 1.0}, "certainty is 1.0"),
        # Three participants without DLT: P(p > .05) = .95^4 = .81.
        ({"target": 0.05, "certainty": 0.8}, "0 DLTs in 3 would close a dose with certainty = 0.8"),
        ({"target": 0.05, "extra_safe": 0.2}, "0 DLTs in 3 would close a dose with certainty"),
        ({"extra_safe": 0.0}, "extra_safe is 0.0"),
        ({"n_doses": 0}, "n_doses is 0; give at least 1."),
        ({"cohorts": 0}, "0 cohorts of 3 make no trial"),
        ({"cohort_size": -1}, "10 cohorts of -1 make no trial"),
        ({"start_dose": 6}, "The trial starts at dose level 6 of 5"),
        ({"early_stop": 0}, "early_stop is 0"),
    ],
)
def test_bad_settings_are_refused(settings: dict[str, float], message: str) -> None:
    with pytest.raises(DesignError) as refused:
        BOIN(**({"target": 0.3, "n_doses": 5} | settings))  # type: ignore[arg-type]
    assert str(refused.value).startswith(message)


def test_every_target_compiles() -> None:
    """Limits never cross and elimination never lets a toxic dose escalate."""
    for percent in range(5, 61):
        table = BOIN(target=percent / 100, n_doses=3).decision_table
        assert table.longest == 60
