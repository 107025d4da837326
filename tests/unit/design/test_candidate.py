"""Designs are found by the names that protocols use, with settings that correspond."""

from typing import Any, get_args

import pytest

from protocyte.design import BOIN, BOIN12, Scenario, ThreePlusThree
from protocyte.design.candidate import (
    Candidate,
    Wanted,
    find_candidates,
    find_method_names,
)
from protocyte.design.comparison import find_yardstick
from protocyte.errors import DesignError
from protocyte.protocol.checks.example import amend_example
from protocyte.protocol.method import DoseMethod
from protocyte.protocol.parse import parse_protocol
from protocyte.protocol.plan import Protocol


def example(patch: str = "{}") -> Protocol:
    plan = parse_protocol(amend_example(patch)).plan
    assert plan is not None
    return plan


def found(plan: Protocol, *wanted: Wanted, **options: Any) -> dict[str, Candidate]:
    return {one.label: one for one in find_candidates(plan, wanted, **options)}


def test_every_name_of_the_language_is_known() -> None:
    tags = {get_args(member)[1].tag for member in get_args(get_args(DoseMethod)[0])}
    assert set(find_method_names()) == tags
    assert {"3+3", "BOIN", "BOIN12"} <= tags


def test_every_name_gives_a_design_or_a_reason(seed_trial: Any) -> None:
    plan, _ = seed_trial("udcar-sle")
    every = find_candidates(plan, [Wanted(name) for name in find_method_names()])
    assert every[0].label == "BOIN12"
    for one in every:
        assert (one.design is None) == bool(one.missing), one.label
        if one.design is not None:
            assert one.design.n_doses == 3
            assert one.design.planned <= 24


def test_the_protocols_own_method_comes_first_and_once() -> None:
    candidates = find_candidates(example(), [Wanted("3+3"), Wanted("BOIN"), Wanted("3+3")])
    assert [one.label for one in candidates] == ["BOIN", "3+3"]
    assert [one.is_own for one in candidates] == [True, False]


def test_participants_and_cohorts_are_those_of_the_protocol() -> None:
    plan = example("dosing: {participants: 12}")
    candidates = found(plan, Wanted("BOIN", {"target": 0.25}), Wanted("3+3"))
    assert {one.design.planned for one in candidates.values() if one.design} == {12}
    # Without a number, others may treat as many as the protocol's own design.
    open_ = found(example("dosing: {participants: null}"), Wanted("BOIN12"))
    assert open_["BOIN"].design is not None
    assert open_["BOIN12"].design is not None
    assert open_["BOIN12"].design.planned == open_["BOIN"].design.planned


def test_a_limit_stands_for_a_target_and_that_is_said(seed_trial: Any) -> None:
    plan, _ = seed_trial("udcar-sle")
    boin = found(plan, Wanted("BOIN"))["BOIN"]
    assert isinstance(boin.design, BOIN)
    assert boin.design.target == 0.35
    assert boin.settings == ("target 0.35: an assumption, the protocol's toxicity_limit",)


def test_what_means_something_else_elsewhere_is_not_taken_over() -> None:
    """A certainty of BOIN12 closes a dose above it; one of EffTox accepts a dose above it."""
    own = "{BOIN: null, BOIN12: {toxicity_certainty: 0.9, stop_at: 9, utilities: {neither: 30}}}"
    plan = example(f"dosing: {{method: {own}}}")
    notes = {
        note.split(" ")[0]
        for name in find_method_names()
        for one in find_candidates(plan, [Wanted(name)])
        if not one.is_own
        for note in one.settings
    }
    assert "toxicity_certainty" not in notes
    assert {"target", "stop_at"} <= notes
    boin = found(plan, Wanted("BOIN"))["BOIN"]
    assert boin.settings == (
        "target 0.35: an assumption, the protocol's toxicity_limit",
        "stop_at 9: the protocol's own",
    )


def test_what_is_given_goes_before_what_is_taken_over() -> None:
    label = "BOIN {target: 0.2}"
    candidate = found(example(), Wanted("BOIN", {"target": 0.2}))[label]
    assert isinstance(candidate.design, BOIN)
    assert candidate.design.target == 0.2
    assert candidate.settings[0] == "target 0.2: as asked for"
    everywhere = found(example(), Wanted("BOIN12"), target=0.4)["BOIN12"]
    assert isinstance(everywhere.design, BOIN12)
    assert everywhere.design.toxicity_limit == 0.4


def test_what_is_missing_is_told(seed_trial: Any) -> None:
    plan, _ = seed_trial("wu-cart-007")
    missing = found(plan, Wanted("BOIN"))["BOIN"]
    assert missing.design is None
    assert missing.missing == (
        "BOIN needs target, which the protocol does not give; write BOIN{target: …}."
    )
    assert found(plan, Wanted("BOIN"), target=0.3)["BOIN"].design is not None


def test_settings_name_a_design_only_where_two_would_share_it(seed_trial: Any) -> None:
    plan, _ = seed_trial("udcar-sle")
    one = Wanted("BOIN", {"target": 0.2})
    two = Wanted("BOIN", {"target": 0.3})
    assert list(found(plan, one)) == ["BOIN12", "BOIN"]
    assert list(found(plan, one, two)) == ["BOIN12", "BOIN {target: 0.2}", "BOIN {target: 0.3}"]
    assert list(found(example(), one)) == ["BOIN", "BOIN {target: 0.2}"]


def test_what_is_missing_inside_of_a_setting_is_written_inside() -> None:
    late = Wanted("TITE-BOIN", {"suspend": {"pending_share": 0.5}})
    candidate = found(example(), late)["TITE-BOIN"]
    assert candidate.design is None
    assert "write TITE-BOIN{suspend: {completed: …, follow_up: …}}" in candidate.missing


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"target": 0}, "target: input should be greater than or equal to 0.05"),
        ({"target": float("nan")}, "target"),
        ({"tarjet": 0.3}, "tarjet: extra inputs are not permitted"),
        ({"target": 0.3, "too_low": 0.4, "too_high": 0.2}, "must lie below and above the target"),
    ],
)
def test_settings_that_do_not_fit_leave_a_design_out(settings: dict[str, Any], said: str) -> None:
    (candidate,) = (
        one for one in find_candidates(example(), [Wanted("BOIN", settings)]) if not one.is_own
    )
    assert candidate.design is None
    assert said in candidate.missing


def test_a_name_that_nobody_knows() -> None:
    with pytest.raises(DesignError, match='There is no design "BOINN"; did you mean "BOIN"'):
        find_candidates(example(), [Wanted("BOINN")])


def test_a_cohort_that_does_not_suit_leaves_a_design_out() -> None:
    candidate = found(example("dosing: {cohort: {size: 2}}"), Wanted("3+3"))["3+3"]
    assert candidate.design is None
    assert "cohorts of 2" in candidate.missing


# ── the yardstick ────────────────────────────────────────────────────────────
TRUTHS = (
    Scenario((0.1, 0.3, 0.5), eff=(0.5, 0.5, 0.5), name="a"),
    Scenario((0.6, 0.7, 0.8), eff=(0.5, 0.6, 0.7), name="b"),
)


def test_the_first_design_that_aims_is_the_yardstick() -> None:
    aimless = Candidate("3+3", ThreePlusThree(n_doses=3))
    boin = Candidate("BOIN", BOIN(target=0.3, n_doses=3))
    obd = Candidate("BOIN12", BOIN12(n_doses=3))
    rule = find_yardstick([aimless, boin, obd], TRUTHS)
    assert (rule.label, rule.target, rule.best) == ("BOIN", 0.3, (2, 1))
    assert rule.utilities is not None  # those of BOIN12, the only one that has a scale
    assert find_yardstick([obd, boin], TRUTHS).best == (1, 0)
    assert find_yardstick([aimless], TRUTHS).best == (None, None)


def test_a_target_replaces_the_aim_of_designs() -> None:
    boin = Candidate("BOIN", BOIN(target=0.3, n_doses=3))
    rule = find_yardstick([boin], TRUTHS, target=0.1)
    assert (rule.label, rule.target, rule.best) == ("", 0.1, (1, 1))
