"""Response by category, lupus by its score; relapse and progression seen at assessments only."""

from typing import Any

import numpy as np
import pytest

from protocyte.protocol.endpoint import ResponseEndpoint
from protocyte.simulation.population.outcome.relapse import (
    find_death,
    find_relapse,
    find_targets,
)
from protocyte.simulation.population.outcome.response import (
    LEUKAEMIA,
    MASS,
    Question,
    find_question,
    find_sledai,
    judge_leukaemia,
    judge_lupus,
    judge_mass,
)
from protocyte.standards.sledai import WEIGHTS

FULL = np.array(1e12)


@pytest.mark.parametrize(
    ("total", "start", "neutrophils", "category"),
    [
        (4.9e10, 6e11, 1000, "CR"), (5e10, 6e11, 1000, "PR"), (4.9e10, 6e11, 999, "CRh"),
        (4.9e10, 6e11, 499, "CRi"), (2.5e11, 5e11, 1000, "PR"), (2.6e11, 6e11, 1000, "NR"),
        (2.5e11, 4.9e11, 1000, "NR"), (2.5e11, 6e11, 999, "NR"), (1e8, 4e10, 1000, "CR"),
        (1.1e8, 4e10, 1000, "NR"), (np.nan, 6e11, 1000, "NR"),
    ],
)  # fmt: skip
def test_leukaemia_by_eln(total: float, start: float, neutrophils: float, category: str) -> None:
    one = [np.array([value]) for value in (total, start, neutrophils)]
    assert LEUKAEMIA[int(judge_leukaemia(one[0], one[1], FULL, one[2])[0])] == category


def test_only_eln_asks_for_neutrophils_at_partial_remission() -> None:
    one = np.array([2e11]), np.array([6e11]), FULL, np.array([400.0])
    assert LEUKAEMIA[int(judge_leukaemia(*one, counts=False)[0])] == "PR"
    assert LEUKAEMIA[int(judge_leukaemia(*one, counts=True)[0])] == "NR"


def test_lymphoma_by_what_is_left() -> None:
    left = np.array([1.0, 0.51, 0.5, 0.1, 0.01, np.nan])
    ranks = judge_mass(left * 1e10, np.full(6, 1e10), np.array(0.01))
    assert [MASS[rank] for rank in ranks] == ["SD", "SD", "PR", "VGPR", "CR", "SD"]


@pytest.mark.parametrize(
    ("counted", "ladder", "least"),
    [
        (("CR", "CRi", "PR"), LEUKAEMIA, "PR"), (("CR", "CRi"), LEUKAEMIA, "CRi"),
        (("CR",), LEUKAEMIA, "CR"), ((), LEUKAEMIA, "PR"), (("CR", "VGPR"), MASS, "VGPR"),
    ],
)  # fmt: skip
def test_what_a_protocol_counts(
    counted: tuple[str, ...], ladder: tuple[str, ...], least: str
) -> None:
    assert ladder[Question((28.0,), counted).least(ladder)] == least


def test_days_asked_are_the_assessments_inside_the_window(seed_trial: Any) -> None:
    plan, _ = seed_trial("ex02")
    assert find_question(plan).days == (28.0, 60.0)
    primary = dict(plan.endpoints.primary)
    orr = primary["orr"]
    assert isinstance(orr, ResponseEndpoint)
    short = orr.model_copy(update={"until": "20 days"})
    short = ResponseEndpoint.model_validate(short.model_dump(by_alias=True))
    endpoints = plan.endpoints.model_copy(update={"primary": primary | {"orr": short}})
    asked = find_question(plan.model_copy(update={"endpoints": endpoints}))
    assert asked.days == (20.0,)


def test_lupus_is_asked_at_the_visit_of_dose_finding(seed_trial: Any) -> None:
    plan, _ = seed_trial("udcar-sle")
    asked = find_question(plan)
    assert asked.counted == ("SRI-4",)
    assert asked.days == pytest.approx((91.3125,))


def test_sledai_before_infusion_is_drawn_from_the_items(seed_trial: Any) -> None:
    _, rehearsal = seed_trial("udcar-sle")
    rng = np.random.default_rng(4)
    score, clinical = find_sledai(rehearsal.lupus, rng.random(40_000))
    items = rehearsal.lupus.items
    present = rng.random((200_000, len(items))) < np.array(list(items.values()))
    sums = present @ np.array([WEIGHTS[item] for item in items])
    admitted = sums[sums >= rehearsal.lupus.least_sledai]
    assert score.min() == rehearsal.lupus.least_sledai
    assert score.mean() == pytest.approx(admitted.mean(), abs=0.1)
    assert 0 < clinical < 1


def test_lupus_instruments() -> None:
    activity, score = np.array([0.05, 0.3, 0.6, 0.7, np.nan]), np.full(5, 12.0)
    assert judge_lupus("SRI-4", activity, score, 0.75).tolist() == [True] * 3 + [False] * 2
    assert judge_lupus("LLDAS", activity, score, 0.75).tolist() == [True, True] + [False] * 3
    for name in ("DORIS", "drug-free DORIS"):
        assert judge_lupus(name, activity, score, 0.75).tolist() == [True] + [False] * 4


# ── relapse ──────────────────────────────────────────────────────────────────
DAYS = np.array([0.0, 5.0, 28.0, 60.0, 100.0])


def seen(*cells: float, negative: float = 0.0) -> tuple[float, int]:
    day, kind = find_relapse(
        DAYS,
        np.array([cells]),
        np.array([[0.0, 0.0, 0.0, 0.0, negative]]),
        level=np.array(1e10),
        progression=np.array(1.2e11),
        since=28.0,
    )
    return round(float(day[0]), 3), int(kind[0])


def test_relapse_lies_between_days_on_a_straight_line_of_the_logarithm() -> None:
    assert seen(1e11, 1e11, 1e8, 1e9, 1e11) == (80.0, 1)


def test_what_grows_before_the_first_assessment_is_not_seen() -> None:
    assert seen(1e11, 2e11, 1e9, 1e9, 1e9)[1] == 0
    assert seen(1e9, 2e10, 1e8, 1e8, 1e8)[1] == 0


def test_progression_without_remission_is_seen_at_the_first_assessment() -> None:
    assert seen(1e11, 2e11, 3e11, 4e11, 5e11) == (28.0, 1)
    assert seen(1e11, 1e11, 1e11, 1.1e11, 1.1e11)[1] == 0


def test_cells_without_the_antigen_make_an_antigen_negative_relapse() -> None:
    assert seen(1e11, 1e10, 1e3, 1e2, 1e1, negative=1e11)[1] == 2


def test_whoever_died_out_has_no_cells_and_founders_are_counted() -> None:
    n = 100_000
    rng = np.random.default_rng(5)
    positive, negative = find_targets(
        DAYS[:1],
        np.ones((n, 1)),
        extinct=np.full(n, 0.3),
        founders=np.full(n, 0.7),
        growth=np.array(0.1),
        luck=(rng.standard_normal(n), rng.standard_normal(n)),
    )
    assert np.mean(positive == 0) == pytest.approx(0.3, abs=0.01)
    for count, share in enumerate((0.4966, 0.3476, 0.1217)):  # Poisson(0.7)
        assert np.mean(negative == count) == pytest.approx(share, abs=0.01)


def test_death_follows_relapse_after_its_median() -> None:
    normals = np.random.default_rng(6).standard_normal(100_000)
    day = find_death(np.full(normals.size, 10.0), 50.0, normals)
    assert np.mean(day <= 60) == pytest.approx(0.5, abs=0.01)
    assert np.isnan(find_death(np.array([10.0]), None, np.zeros(1))).all()
