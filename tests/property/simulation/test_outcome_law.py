"""Laws of outcomes: worse causes never make milder effects, and a patient keeps his or her luck."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocyte.kinetics.allogeneic.terms import find_terms
from protocyte.protocol.product import Product
from protocyte.simulation.population.follow import simulate_patients
from protocyte.simulation.population.outcome.crs import find_crs_model, judge_crs
from protocyte.simulation.population.outcome.gvhd import find_gvhd_risk, judge_gvhd
from protocyte.simulation.population.outcome.icans import judge_icans
from protocyte.simulation.population.outcome.relapse import find_relapse
from protocyte.simulation.population.outcome.response import LEUKAEMIA, Question, judge_leukaemia
from protocyte.simulation.population.setting import Arm
from protocyte.standards.icaht_2023 import DAYS, grade_early_icaht, grade_late_icaht

normals = st.floats(-6, 6)
cells = st.floats(1e-3, 1e5)
share = st.floats(0.05, 0.999)


@given(normals, cells, cells, st.floats(1, 100), st.sampled_from(["Lee 2014", "ASTCT 2019"]))
def test_more_cells_or_inflammation_never_lower_a_grade_of_crs(
    luck: float, peak: float, il6: float, factor: float, scale: str
) -> None:
    model, own = find_crs_model(scale), np.array([luck])
    grade = judge_crs(model, np.array([peak]), np.array([il6]), own)
    assert judge_crs(model, np.array([peak * factor]), np.array([il6]), own) >= grade
    assert judge_crs(model, np.array([peak]), np.array([il6 * factor]), own) >= grade
    shares = [float(model.share(peak, il6, one)) for one in range(1, 5)]
    assert shares == sorted(shares, reverse=True)


@given(normals, st.integers(0, 3))
def test_icans_is_never_milder_after_worse_crs(luck: float, crs: int) -> None:
    mild, severe = judge_icans(np.array([crs, crs + 1], np.int8), np.full(2, luck))
    assert severe >= mild


@given(share, share, st.floats(1e6, 1e10), normals)
def test_more_residual_receptor_means_more_gvhd(
    one: float, two: float, dose: float, luck: float
) -> None:
    def grade(efficiency: float) -> tuple[float, int]:
        product = Product(
            name="x",
            donor="healthy donor",
            cars=("CD7",),
            edits=("TRAC",),
            efficiency={"TRAC": efficiency},
        )
        risk = find_gvhd_risk(
            find_terms(product), np.array([dose]), np.array([3e6]), np.array(1.5e-8)
        )
        return risk.item(), int(judge_gvhd(risk, np.array([luck]))[0])

    better, worse = grade(max(one, two)), grade(min(one, two))
    assert better[0] <= worse[0]
    assert better[1] <= worse[1]


@given(st.floats(1, 1e12), st.floats(1, 1e12), st.floats(0, 1), st.floats(10, 5000), st.booleans())
def test_fewer_blasts_and_more_neutrophils_are_never_a_worse_response(
    total: float, start: float, part: float, neutrophils: float, counts: bool
) -> None:
    def rank(blasts: float, count: float) -> int:
        one = [np.array([value]) for value in (blasts, start, 1e12, count)]
        return int(judge_leukaemia(*one, counts=counts)[0])

    assert rank(total * part, neutrophils) >= rank(total, neutrophils)
    assert rank(total, 2 * neutrophils) >= rank(total, neutrophils)


@given(st.lists(st.sampled_from(LEUKAEMIA[1:]), unique=True), st.sampled_from(LEUKAEMIA[1:]))
def test_counting_one_category_more_never_loses_a_responder(
    counted: Sequence[str], more: str
) -> None:
    named = tuple(counted) or LEUKAEMIA[-1:]
    with_more = Question((28.0,), (*named, more)).least(LEUKAEMIA)
    assert with_more <= Question((28.0,), named).least(LEUKAEMIA)


counts = st.lists(st.sampled_from([50.0, 300.0, 800.0, np.nan]), min_size=DAYS, max_size=DAYS)


@given(counts, st.integers(0, DAYS - 1))
def test_one_lower_count_never_lowers_icaht(row: list[float], day: int) -> None:
    before = np.array(row)
    if np.isnan(before[day]):
        before[day] = 800.0
    lower = before.copy()
    lower[day] = min(50.0, before[day])
    for how in ("longest run", "cumulative"):
        assert grade_early_icaht(lower, counted=how) >= grade_early_icaht(before, counted=how)


@given(st.lists(st.floats(0, 5000), min_size=1, max_size=70), st.floats(0, 1))
def test_all_counts_lower_never_lower_late_icaht(values: list[float], part: float) -> None:
    row = np.full(70, np.nan)
    row[: len(values)] = values
    assert grade_late_icaht(row * part) >= grade_late_icaht(row)


@given(st.lists(st.floats(1, 1e12), min_size=4, max_size=4), st.floats(1, 10), st.floats(1e8, 1e11))
def test_relapse_lies_after_the_first_assessment_and_never_earlier_with_fewer_cells(
    row: list[float], factor: float, level: float
) -> None:
    days, since = np.array([0.0, 28.0, 60.0, 100.0]), 28.0
    positive = np.array([row])
    worse = np.array(max(1.2 * row[0], level))
    told: dict[str, Any] = {"progression": worse, "since": since}
    day, kind = find_relapse(days, positive, 0 * positive, level=np.array(level), **told)
    assert (kind[0] == 0) == np.isnan(day[0])
    assert np.isnan(day[0]) or since <= day[0] <= days[-1]
    if row[1] < level:  # in remission at once: only then is one relapse like another
        later, _ = find_relapse(
            days, positive, 0 * positive, level=np.array(level * factor), **told
        )
        assert np.isnan(later[0]) or later[0] >= day[0] - 1e-9


@pytest.mark.parametrize("name", ["wu-cart-007", "kj-c2320"])
def test_a_patient_keeps_luck_when_the_product_changes(seed_trial: Any, name: str) -> None:
    plan, rehearsal = seed_trial(name)
    arm = Arm(name, plan, rehearsal, level=1)
    whole = replace(arm, plan=plan.model_copy(update={"product": _whole(plan.product)}))
    edited, intact = (
        simulate_patients(one, 600, rng=np.random.default_rng(7)).outcomes for one in (arm, whole)
    )
    # Every patient has at least the GvHD that he or she has with the receptor deleted.
    assert (intact.gvhd >= edited.gvhd).all()
    assert intact.gvhd.sum() > edited.gvhd.sum()
    both = (intact.gvhd > 0) & (edited.gvhd > 0)
    np.testing.assert_array_equal(intact.gvhd_day[both], edited.gvhd_day[both])


def _whole(product: Product) -> Product:
    """The same product with its receptor kept."""
    kept = tuple(gene for gene in product.edits or () if gene not in ("TRAC", "TCR"))
    return product.model_copy(update={"edits": kept})
