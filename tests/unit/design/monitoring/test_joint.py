"""BOP2 for two endpoints at once."""

import pytest

from protocyte.design import (
    BOP2,
    JointBOP2,
    Outcomes,
    Scenario,
    find_characteristics,
    find_joint_bop2,
)
from protocyte.design.monitoring.joint import Fails
from protocyte.errors import DesignError

LOOKS = (8, 16, 24)


def test_each_margin_is_a_design_of_its_own() -> None:
    joint = JointBOP2(LOOKS, eff0=0.2, tox0=0.4, cutoff=0.8, shape=0.6)
    assert joint.futile_at == BOP2(LOOKS, 0.2, 0.8, 0.6).boundary.low
    assert joint.toxic_from == BOP2(LOOKS, 0.4, 0.8, 0.6, counted="tox").boundary.high
    # No toxicity at all leaves response alone, and responses in all leave toxicity alone.
    found = find_characteristics(joint, [Scenario((0.0,), (0.35,)), Scenario((0.3,), (1.0,))])
    alone = BOP2(LOOKS, 0.2, 0.8, 0.6).rejection(0.35)
    safe = BOP2(LOOKS, 0.4, 0.8, 0.6, counted="tox").rejection(0.3)
    assert found.selection[:, 0] == pytest.approx([alone, safe], abs=1e-13)


@pytest.mark.parametrize("fails", ["either", "both"])
@pytest.mark.parametrize("linked", [False, True])
def test_calibration_is_the_best_of_its_grid(*, fails: Fails, linked: bool) -> None:
    eff, tox = (0.2, 0.45), ((0.45, 0.2) if fails == "either" else (0.8, 0.55))
    both = (0.15, 0.12) if linked else None
    if linked and fails == "both":
        both = (0.1, 0.2)
    cutoffs, shapes = (0.6, 0.75, 0.9), (0.0, 1.0)
    found = find_joint_bop2(
        eff,
        tox,
        LOOKS,
        alpha=0.2,
        both=both,
        fails=fails,
        cutoffs=cutoffs,
        shapes=shapes,
    )
    truths = [Scenario((tox[i],), (eff[i],), None if both is None else (both[i],)) for i in (0, 1)]
    tried = []
    for cutoff in cutoffs:
        for shape in shapes:
            design = JointBOP2(LOOKS, eff[0], tox[0], cutoff, shape, fails)
            walked = find_characteristics(design, truths)
            error, power = walked.selection[:, 0]
            if error <= 0.2:
                tried.append((round(power, 11), -walked.total[0]))
    walked = find_characteristics(found, truths)
    assert walked.selection[0, 0] <= 0.2
    assert walked.selection[1, 0] == pytest.approx(max(tried)[0], abs=1e-10)
    assert walked.total[0] == pytest.approx(-max(tried)[1], abs=1e-9)


def test_moves_and_words() -> None:
    design = JointBOP2(LOOKS, 0.2, 0.4, 0.8, 0.6, eff1=0.4, tox1=0.2)
    low, high = design.futile_at[0], design.toxic_from[0]

    def why(eff: int, tox: int) -> str:
        return design.decide(Outcomes.from_counts([8], [tox], eff=[eff], dose=1)).why

    assert why(low, 0) == "futile"
    assert why(8, high) == "harmful"
    assert why(low, high) == "harmful"
    assert why(low + 1, high - 1) == "next_stage"
    assert design.decide(Outcomes.from_counts([8], [1], eff=[4], dose=1)).arithmetic == (
        f"4 responses in 8: too few at ≤ {low}",
        f"1 toxicity in 8: too many at ≥ {high}",
    )
    truths = [Scenario((0.2,), (0.4,)), Scenario((0.4,), (0.4,)), Scenario((0.3,), (0.3,))]
    assert find_characteristics(design, truths).best == (1, 0, None)
    rows = {(row.n, row.tox, row.eff): row.decision for row in design.table()}
    assert rows[8, 0, low] == "stop"
    assert rows[24, 0, 24] == "active"


def test_two_responses_need_one() -> None:
    """Co-primary endpoints: failures of the second are counted as toxicities."""
    design = JointBOP2(LOOKS, 0.2, 0.8, 0.8, 0.6, fails="both", eff1=0.4, tox1=0.6)
    low, high = design.futile_at[-1], design.toxic_from[-1]

    def selected(eff: int, failures: int) -> int | None:
        return design.select(Outcomes.from_counts([24], [failures], eff=[eff], dose=1)).dose

    assert selected(low + 1, high) == 1
    assert selected(low, high - 1) == 1
    assert selected(low, high) is None
    truths = [Scenario((0.6,), (0.1,)), Scenario((0.8,), (0.2,))]
    assert find_characteristics(design, truths).best == (1, 0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: JointBOP2((8, 8), 0.2, 0.4, 0.8, 0.6), "are not increasing"),
        (lambda: JointBOP2(LOOKS, 0.2, 0.4, 0.8, 0.6, eff1=0.1), "p0 = 0.2 is not below"),
        (lambda: JointBOP2(LOOKS, 0.2, 0.4, 0.8, 0.6, "none"), "fails is 'none'"),  # type: ignore[arg-type]
        (lambda: find_joint_bop2((0.2, 0.4), (0.4, 0.2), LOOKS, alpha=0.0), "alpha is 0.0"),
        (
            lambda: find_joint_bop2((0.2, 0.4), (0.4, 0.2), LOOKS, alpha=0.1, power=0.99),
            "The most power with 24 participants",
        ),
        (
            lambda: find_joint_bop2((0.2, 0.4), (0.4, 0.2), LOOKS, alpha=0.1, both=(0.3, 0.1)),
            "are not probabilities of one participant",
        ),
        (
            lambda: find_joint_bop2(
                (0.2, 0.4), (0.4, 0.2), LOOKS, alpha=1e-5, cutoffs=(0.5,), shapes=(0.0,)
            ),
            "No boundary on the grid keeps the type I error",
        ),
    ],
)
def test_bad_settings_are_refused(make: object, message: str) -> None:
    assert callable(make)
    with pytest.raises(DesignError, match=message):
        make()
