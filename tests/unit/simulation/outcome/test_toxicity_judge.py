"""Dose-limiting toxicity by a protocol's clauses; neutrophils; outcomes of whole patients."""

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from protocyte.kinetics.allogeneic.course import Course
from protocyte.kinetics.convergence import Convergence
from protocyte.protocol.rehearsal import EventTruth
from protocyte.protocol.toxicity import DoseLimitingToxicity
from protocyte.simulation.population.draw import sample_patients
from protocyte.simulation.population.follow import DAYS, simulate_course, simulate_patients
from protocyte.simulation.population.outcome.cytopenia import find_neutrophils
from protocyte.simulation.population.outcome.judge import judge_outcomes
from protocyte.simulation.population.outcome.response import find_question
from protocyte.simulation.population.outcome.toxicity import Episode, find_share, judge_toxicity
from protocyte.simulation.population.setting import Arm
from protocyte.simulation.safety import Watch


def watch(*clauses: str, attribution: str = "related to the product") -> Watch:
    named: dict[str, Any] = {"is": list(clauses), "attribution": attribution}
    return Watch(DoseLimitingToxicity(window="28 days", **named), 0.0, 28.0, 0.0)


def episode(grade: int, first: float = 5.0, lasting: float = 4.0) -> Episode:
    return Episode(np.array([grade], np.int8), np.array([first]), np.array(lasting))


def is_toxic(kept: Watch, **episodes: Episode) -> bool:
    return bool(judge_toxicity(kept, episodes, others=(), luck=np.zeros(1))[0])


def test_a_clause_holds_from_its_grade_and_for_longer_than_its_time() -> None:
    kept = watch("CRS >= 4", "CRS >= 3 for > 3 days")
    assert is_toxic(kept, CRS=episode(4, lasting=1.0))
    assert is_toxic(kept, CRS=episode(3, lasting=4.0))
    assert not is_toxic(kept, CRS=episode(3, lasting=3.0))
    assert not is_toxic(kept, ICANS=episode(4))


def test_the_window_is_kept() -> None:
    kept = watch("GvHD >= 2")
    assert is_toxic(kept, GvHD=episode(2, first=28.0))
    assert not is_toxic(kept, GvHD=episode(2, first=29.0))


def test_a_group_holds_what_belongs_to_it() -> None:
    assert is_toxic(watch("non-haematological AE >= 3 for > 3 days"), CRS=episode(3))
    assert not is_toxic(watch("haematological AE >= 3"), CRS=episode(4))


def test_other_events_by_grade_duration_onset_and_relation() -> None:
    event = EventTruth(
        term="Infection",
        system="Infections and infestations",
        grades=(0.5, 0, 0.1, 0.3, 0.1),
        onset=(1, 56),
        lasting=(4, 7),
        related=0.5,
    )
    half = 0.5
    assert find_share(event, watch("infection >= 3")) == pytest.approx(0.4 * half * half)
    assert find_share(event, watch("AE >= 3 for > 5 days")) == pytest.approx(0.4 * half**3)
    assert find_share(event, watch("AE >= 3", attribution="any")) == pytest.approx(0.4 * half)
    both = watch("AE >= 4", "AE >= 3 for > 5 days")
    assert find_share(event, both) == pytest.approx((0.1 * half + 0.4 * half) * half * half)
    assert find_share(event, watch("haematological AE >= 3")) == 0


def test_others_come_as_often_as_their_union() -> None:
    events = tuple(
        EventTruth(
            term=name,
            system="Infections and infestations",
            grades=(0.8, 0, 0, 0.2, 0),
            onset=(1, 20),
            lasting=(4, 7),
        )
        for name in ("One", "Two")
    )
    normals = np.random.default_rng(1).standard_normal(100_000)
    toxic = judge_toxicity(watch("AE >= 3"), {}, others=events, luck=normals)
    assert toxic.mean() == pytest.approx(0.36, abs=0.01)


# ── whole patients ───────────────────────────────────────────────────────────
@pytest.fixture(scope="module")
def arm(seed_trial: Any) -> Any:
    def _arm(name: str, level: int = 1) -> Arm:
        plan, rehearsal = seed_trial(name)
        return Arm(name, plan, rehearsal, level=level)

    return _arm


def solved(one: Arm, n: int, seed: int = 1) -> tuple[Any, Course, Any]:
    drawn = sample_patients(
        n,
        disease=one.disease,
        patients=one.rehearsal.patients,
        typical=one.typical,
        rng=np.random.default_rng(seed),
    )
    setting = one.set(drawn.weight)
    days = np.union1d(DAYS, find_question(one.plan).days)
    return drawn, simulate_course(setting, drawn, days=days), setting


def test_neutrophils_fall_by_what_is_given(arm: Any) -> None:
    rehearsal = arm("wu-cart-007").rehearsal
    quiet = {"il6": np.array([4.1]), "peak_day": np.array([9.0]), "luck": np.zeros(1)}
    given = next(one for one in rehearsal.laboratory if one.test == "ANC")
    none = find_neutrophils(rehearsal, "none", **quiet)
    standard = find_neutrophils(rehearsal, "standard", **quiet)
    np.testing.assert_allclose(none, given.baseline * 1000)
    assert standard.min() == pytest.approx(given.baseline * 1000 * given.extreme)
    assert standard.argmin() == given.at
    inflamed = find_neutrophils(rehearsal, "standard", **(quiet | {"il6": np.array([210.0])}))
    assert (inflamed <= standard).all()
    assert inflamed[0, 19] < standard[0, 19]


def test_an_unsolved_patient_has_no_outcome_and_touches_nobody(arm: Any) -> None:
    one = arm("wu-cart-007", 4)
    drawn, course, setting = solved(one, 50)
    whole = judge_outcomes(drawn, course, one, setting)
    summary = course.summary.copy()
    summary["code"][7] = int(Convergence.TOO_MANY_STEPS)
    values = course.values.copy()
    values[7] = np.nan
    found = judge_outcomes(drawn, replace(course, summary=summary, values=values), one, setting)
    assert not found.solved[7]
    assert {int(found.crs[7]), int(found.icans[7]), int(found.gvhd[7]), int(found.icaht[7])} == {-1}
    flags = (found.responds, found.complete, found.toxic)
    assert not any(flag[7] for flag in flags)
    assert np.isnan(found.relapse_day[7])
    others = np.arange(50) != 7
    for field in fields(found):
        left, right = getattr(found, field.name), getattr(whole, field.name)
        np.testing.assert_array_equal(left[others], right[others], err_msg=field.name)


@pytest.mark.parametrize("name", ["wu-cart-007", "t-rrex", "kj-c2320", "udcar-sle", "ex02"])
def test_outcomes_of_the_five_protocols_hang_together(arm: Any, name: str) -> None:
    found = simulate_patients(arm(name), 400, rng=np.random.default_rng(2)).outcomes
    assert found.solved.all()
    assert (np.isnan(found.crs_day) == (found.crs == 0)).all()
    assert (np.isnan(found.gvhd_day) == (found.gvhd == 0)).all()
    assert (np.isnan(found.relapse_day) == (found.relapse_kind == 0)).all()
    assert not np.any(found.death_day < found.relapse_day)
    if name != "udcar-sle":  # SRI-4 is no step below DORIS in the plan of dose finding
        assert not np.any(found.complete & ~found.responds)
    assert 0 < found.responds.mean() < 1
    if arm(name).plan.product.is_autologous:
        assert not found.gvhd.any()


def test_a_protocol_without_dose_limiting_toxicity_has_none(arm: Any) -> None:
    found = simulate_patients(arm("t-rrex"), 200, rng=np.random.default_rng(3)).outcomes
    assert not found.toxic.any()
