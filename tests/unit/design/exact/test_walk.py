"""The walk: sizes, refusals, present states, several words."""

import itertools
import json
from dataclasses import dataclass, field
from typing import final

import numpy as np
import pytest
from scipy.special import bdtrc

from protocyte.design import (
    BOIN,
    BOIN12,
    Cap,
    Characteristics,
    Design,
    EffTox,
    EffToxPrior,
    FixedSample,
    Outcomes,
    Scenario,
    SingleStage,
    States,
    Steps,
    ThreePlusThree,
    TradeOff,
    find_characteristics,
)
from protocyte.design.exact.forecast import find_far_peak, find_peak
from protocyte.design.rules.rule import Rule
from protocyte.errors import DesignError, OutcomeError

A = Scenario((0.05, 0.15, 0.30, 0.45, 0.60), name="A")


def test_the_standard_trial_has_so_many_states() -> None:
    found = find_characteristics(BOIN(target=0.3, n_doses=5), [A])
    assert found.sizes == {"decision": 6581, "final": 6310 + 254}


def test_one_walk_serves_many_truths() -> None:
    rng = np.random.default_rng(7)
    truths = [Scenario(tuple(np.sort(rng.random(4)))) for _ in range(20)]
    design = BOIN(target=0.25, n_doses=4, cohorts=6)
    together = find_characteristics(design, truths)
    for s, truth in enumerate(truths):
        alone = find_characteristics(design, [truth])
        assert np.array_equal(together.selection[s], alone.selection[0])
        assert np.array_equal(together.total_distribution[s], alone.total_distribution[0])


def test_impossible_and_certain_events() -> None:
    found = find_characteristics(
        BOIN(target=0.3, n_doses=2, cohorts=3), [Scenario((0.0, 0.0)), Scenario((1.0, 1.0))]
    )
    assert found.selection[0].tolist() == [0.0, 1.0]
    assert found.none[1] == 1.0
    assert found.total[1] == 3.0


def test_states_of_two_words_equal_states_of_one() -> None:
    """Seven doses need two words; with the top ones never reached, five doses give the same."""
    design = BOIN(target=0.3, n_doses=7, cohorts=8)
    truth = Scenario((0.05, 0.15, 0.30, 0.45, 1.0, 1.0, 1.0))
    small = Scenario((0.05, 0.15, 0.30, 0.45, 1.0))
    found = find_characteristics(design, [truth])
    few = find_characteristics(BOIN(target=0.3, n_doses=5, cohorts=8), [small])
    assert found.selection[0, :5] == pytest.approx(few.selection[0], abs=1e-14)
    assert found.participants[0, :5] == pytest.approx(few.participants[0], abs=1e-13)


def test_expectations_from_here_are_conditional_expectations() -> None:
    """The start is the mean, over the first cohort, of what is expected after it."""
    design = BOIN(target=0.3, n_doses=3, cohorts=5)
    truth = Scenario((0.15, 0.3, 0.5))
    whole = find_characteristics(design, [truth])
    chances = [0.85**3, 3 * 0.15 * 0.85**2, 3 * 0.15**2 * 0.85, 0.15**3]
    parts: list[Characteristics] = [
        find_characteristics(
            design, [truth], outcomes=Outcomes.from_counts([3, 0, 0], [tox, 0, 0], dose=1)
        )
        for tox in range(4)
    ]
    for name in ("selection", "participants", "total", "total_distribution", "overdose_60"):
        mean = sum(
            chance * getattr(part, name) for chance, part in zip(chances, parts, strict=True)
        )
        assert np.allclose(getattr(whole, name), mean, atol=1e-14)


def test_a_trial_that_has_ended_is_over() -> None:
    found = find_characteristics(
        ThreePlusThree(2),
        [Scenario((0.1, 0.3))],
        outcomes=Outcomes.from_notation("1TTN", n_doses=2),
    )
    assert found.none[0] == 1
    assert found.total[0] == 3


def test_a_walk_that_memory_does_not_hold_is_refused() -> None:
    design = BOIN(target=0.3, n_doses=5, cohorts=10)
    with pytest.raises(DesignError) as refused:
        find_characteristics(design, [A], memory=1e-5)
    assert str(refused.value) == (
        "Cohort 6 of this trial leads to more than 488 different states, 1.1e-05 GB, and "
        "memory=1e-05 GB are allowed. Simulate the trial instead (simulate_design), or allow more."
    )


def test_a_walk_that_will_be_too_large_is_refused_before_it_is() -> None:
    design = BOIN12(5, cohorts=20)
    truth = Scenario((0.03, 0.17, 0.35, 0.5, 0.6), (0.12, 0.39, 0.43, 0.55, 0.6))
    with pytest.raises(DesignError, match=r"cohorts this trial has .* are expected later: about"):
        find_characteristics(design, [truth], memory=0.4)


FIVE = [1, 12, 95, 636, 3856, 22988, 116909, 572575, 2441232, 9859429, 34346426, 95514190]
FOUR = [1, 12, 95, 636, 3856, 20188, 92359, 380886, 1297776, 3222394]
THREE = [1, 12, 95, 636, 3156, 14548, 46260, 106201, 138619, 104855]


@pytest.mark.parametrize(
    ("layers", "seen"),
    [*((FIVE, k) for k in range(7, 12)), *((FOUR, k) for k in range(7, 10)), (THREE, 7)],
)
def test_forecasts_come_near(layers: list[int], seen: int) -> None:
    """Layers that walks of BOIN12 with five, four and three doses had."""
    ahead = layers[seen - 1 : seen + 4]
    peak = max(now + following for now, following in itertools.pairwise(ahead))
    assert 0.8 < find_peak(layers[:seen], len(layers) - seen) / peak < 4


@pytest.mark.parametrize(
    ("layers", "n_doses", "seen"),
    [*((FIVE, 5, k) for k in range(7, 13)), *((FOUR, 4, k) for k in range(7, 11)), (THREE, 3, 7)],
)
def test_forecasts_to_the_end_are_no_more_than_memory_allows_for(
    layers: list[int], n_doses: int, seen: int
) -> None:
    far = find_far_peak(
        layers[:seen],
        len(layers) - seen,
        n_doses=n_doses,
        features=("n", "tox", "eff"),
        most=14,
        size=3,
    )
    assert 0.2 < far / max(layers[seen - 1 :]) < 3


def test_a_walk_without_a_bound_at_a_dose_is_refused_at_once() -> None:
    design = BOIN12(3, cohorts=30, early_stop=None)
    truth = Scenario((0.03, 0.17, 0.35), (0.12, 0.39, 0.43))
    with pytest.raises(DesignError, match=r"^After [78] cohorts this trial has .* later: about"):
        find_characteristics(design, [truth])


@pytest.mark.parametrize("rooms", [(40, 40, 1 << 40), (60, 200, 1 << 40), (40, 150, 1)])
def test_blocks_do_not_matter(monkeypatch: pytest.MonkeyPatch, rooms: tuple[int, int, int]) -> None:
    """Blocks, parts of blocks and compiled code give the same states and probabilities."""
    cases = [
        (BOIN12(2, cohorts=4), [Scenario((0.1, 0.3), (0.3, 0.5))]),
        (BOIN(target=0.3, n_doses=3, cohorts=5), [Scenario((0.1, 0.3, 0.5)), Scenario((0.3,) * 3)]),
        (BOIN12(2, cohorts=4), [Scenario((0.1, 0.3), (0.3, 0.5), (0.0, 0.1))]),
        (BOIN12(2, cohorts=3, utilities_of=(100, 30, 50, 0)), [Scenario((0.1, 0.3), (0.3, 0.5))]),
        (BOIN(target=0.3, n_doses=9, cohorts=6), [Scenario(tuple(np.linspace(0.05, 0.6, 9)))]),
    ]
    whole = [find_characteristics(design, truths) for design, truths in cases]
    for name, value in zip(("BLOCK", "ROOM", "COMPILED"), rooms, strict=True):
        monkeypatch.setattr(f"protocyte.design.exact.walk.{name}", value)
    for (design, truths), found in zip(cases, whole, strict=True):
        pieces = find_characteristics(design, truths)
        assert np.allclose(found.selection, pieces.selection, rtol=0, atol=1e-14)
        assert np.allclose(found.participants, pieces.participants, rtol=0, atol=1e-12)
        assert found.sizes == pieces.sizes


@final
@dataclass(frozen=True, slots=True)
class Watched(Rule):
    """A design that notes the states on which it decides, and may say that it looks back."""

    parent: Design
    looks_at_last: bool = False
    asked: list[bytes] = field(default_factory=list, compare=False)

    def decide_states(self, states: States) -> Steps:
        last = states.last if self.looks_at_last else None
        for s in range(len(states)):
            memory = b"" if last is None else last[s].tobytes()
            self.asked.append(states.counts[s].tobytes() + bytes([states.dose[s]]) + memory)
        return self.parent.decide_states(states)


@pytest.mark.parametrize("looks", [False, True])
@pytest.mark.parametrize("parent", [BOIN(target=0.3, n_doses=3, cohorts=6), ThreePlusThree(3, "C")])
def test_a_design_is_asked_once_about_every_state(parent: Design, looks: bool) -> None:
    truth = Scenario((0.1, 0.3, 0.5))
    design = Watched(parent, looks)
    found = find_characteristics(design, [truth])
    assert len(design.asked) == len(set(design.asked))
    plain = find_characteristics(parent, [truth])
    assert np.allclose(found.selection, plain.selection, rtol=0, atol=1e-14)
    assert found.sizes == plain.sizes


def test_large_single_arms_do_not_overflow() -> None:
    found = find_characteristics(SingleStage(r=300, n=2000), [Scenario(eff=(0.15,))])
    # The same tail from another implementation of the binomial distribution.
    assert found.selection[0, 0] == pytest.approx(bdtrc(300, 2000, 0.15), rel=1e-10)
    assert found.responses is not None
    assert found.responses[0, 0] == pytest.approx(300, rel=1e-12)


def test_linked_events_reach_designs_that_count_margins() -> None:
    """A link changes no expectation of a margin, but the utility of a dose."""
    free = Scenario((0.2, 0.3), (0.4, 0.6), name="free")
    linked = Scenario((0.2, 0.3), (0.4, 0.6), (0.0, 0.0), name="linked")
    design = BOIN12(2, cohorts=4)
    found = find_characteristics(design, [free, linked])
    alone = find_characteristics(design, [free])
    assert found.selection[0] == pytest.approx(alone.selection[0], abs=1e-14)
    assert abs(found.selection[1] - found.selection[0]).max() > 1e-4
    fixed = find_characteristics(FixedSample(9), [Scenario((0.2,), (0.4,), (0.0,))])
    assert fixed.responses is not None
    assert fixed.responses[0, 0] == pytest.approx(3.6)


def test_characteristics_are_json_without_unknown_numbers() -> None:
    told = json.loads(
        json.dumps(find_characteristics(ThreePlusThree(2), [Scenario((0.1, 0.3))]).as_dict())
    )
    assert told["exact"] is True
    row = told["scenarios"][0]
    assert row["correct"] is None
    assert row["overdose_60"] is None
    assert sum(row["selection"]) + row["none"] == pytest.approx(1)
    assert sum(row["total_distribution"].values()) == pytest.approx(1)


def test_a_target_can_be_lent_to_a_design_without_one() -> None:
    found = find_characteristics(ThreePlusThree(5), [A], target=0.3)
    assert found.best == (3,)
    assert found.correct is not None
    assert found.correct[0] == found.selection[0, 2]


@pytest.mark.parametrize(
    ("scenarios", "message"),
    [
        ([], "There is no scenario"),
        ([Scenario((0.1,), name="x")], "Scenario 'x' describes 1 doses"),
    ],
)
def test_truths_must_fit(scenarios: list[Scenario], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        find_characteristics(BOIN(target=0.3, n_doses=5), scenarios)


def test_outcomes_must_fit() -> None:
    with pytest.raises(OutcomeError, match="The outcomes have 2 dose levels and the design 5"):
        find_characteristics(BOIN(target=0.3, n_doses=5), [A], outcomes=Outcomes.none(2))


def test_a_walk_of_slow_decisions_is_refused_early() -> None:
    """EffTox integrates for each state: its trial of 24 is simulated, and the reason is time."""
    prior = EffToxPrior((-3.0, 2.0), (2.0, 1.5), (-0.5, 1.5), (1.5, 1.5), (0.0, 0.2))
    design = EffTox(
        (1.0, 3.0, 9.0),
        prior,
        TradeOff(0.3, (0.6, 0.25), 0.6),
        toxicity_limit=0.35,
        efficacy_floor=0.25,
        cohorts=8,
    )
    assert Cap(design, participants=20).seconds_a_state == design.seconds_a_state > 0
    truth = Scenario((0.1, 0.2, 0.3), (0.3, 0.5, 0.6))
    with pytest.raises(DesignError, match=r"EffTox needs about 1\.5 ms for each"):
        find_characteristics(design, [truth])
