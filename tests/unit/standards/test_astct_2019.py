"""CRS and ICANS, cell by cell of the tables and at their edges."""

import math
from typing import Any

import pytest

from protocyte.standards.astct_2019 import grade_crs, grade_icans, grade_ice
from protocyte.standards.grade import Grade


def crs(**findings: Any) -> Grade:
    """Grade a febrile person on room air with a normal pressure, but for the findings."""
    normal: dict[str, Any] = {
        "temperature": 38.5,
        "fever_in_episode": True,
        "treated": False,
        "hypotension": False,
        "vasopressors": [],
        "oxygen": "none",
    }
    return grade_crs(**(normal | findings))


def icans(**findings: Any) -> Grade:
    """Grade an alert adult without any sign, but for the findings."""
    normal: dict[str, Any] = {
        "age": 50.0,
        "ice": 10,
        "consciousness": "awake",
        "seizure": "none",
        "deep_focal_weakness": False,
        "oedema": "none",
    }
    return grade_icans(**(normal | findings))


@pytest.mark.parametrize(
    ("findings", "grade"),
    [
        ({}, 1),
        ({"temperature": 38.0}, 1),
        ({"hypotension": True}, 2),
        ({"vasopressors": ["noradrenaline"]}, 3),
        ({"vasopressors": ["noradrenaline", "vasopressin"]}, 3),
        ({"vasopressors": ["vasopressin"]}, 3),
        ({"vasopressors": ["noradrenaline", "adrenaline"]}, 4),
        ({"vasopressors": ["noradrenaline", "Norepinephrine"]}, 3),
        ({"oxygen": "blow-by"}, 2),
        ({"oxygen": "nasal cannula", "flow": 6.0}, 2),
        ({"oxygen": "nasal cannula", "flow": 6.01}, 3),
        ({"oxygen": "nasal cannula", "flow": 6.1}, 3),
        ({"oxygen": "high-flow nasal cannula"}, 3),
        ({"oxygen": "face mask"}, 3),
        ({"oxygen": "non-rebreather mask"}, 3),
        ({"oxygen": "Venturi mask"}, 3),
        ({"oxygen": "CPAP"}, 4),
        ({"oxygen": "BiPAP"}, 4),
        ({"oxygen": "intubation"}, 4),
        ({"vasopressors": ["noradrenaline"], "oxygen": "nasal cannula", "flow": 2.0}, 3),
        ({"death_due_to_crs": True}, 5),
    ],
)
def test_crs_with_fever(findings: dict[str, Any], grade: int) -> None:
    result = crs(**findings)
    assert (result.grade, result.scale, result.reason) == (grade, "ASTCT 2019", "")
    assert result.decided_by


@pytest.mark.parametrize(
    ("findings", "grade"),
    [
        ({"treated": True}, 0),
        ({"treated": True, "hypotension": True}, 2),
        ({"treated": True, "oxygen": "CPAP"}, 4),
        ({"treated": False, "hypotension": True}, 0),
        ({"fever_in_episode": False, "treated": True, "vasopressors": ["noradrenaline"]}, 0),
        ({"fever_in_episode": False, "treated": None, "oxygen": None}, 0),
    ],
)
def test_crs_without_fever_now(findings: dict[str, Any], grade: int) -> None:
    assert crs(temperature=37.9, **findings).grade == grade


def test_crs_never_febrile_says_so() -> None:
    never = crs(temperature=37.0, fever_in_episode=False, hypotension=True)
    assert never.decided_by == ("no fever in this episode",)


def test_crs_flow_not_recorded_is_not_graded() -> None:
    open_flow = crs(oxygen="nasal cannula")
    assert (open_flow.grade, open_flow.reason) == (None, "flow")
    assert (open_flow.at_least, open_flow.at_most) == (2, 3)
    assert open_flow.reaches(3) is None


def test_crs_an_unknown_that_cannot_matter_does_not() -> None:
    result = crs(oxygen="nasal cannula", vasopressors=["noradrenaline", "adrenaline"])
    assert (result.grade, result.decided_by) == (4, ("hypotension, grade 4",))


@pytest.mark.parametrize(
    ("findings", "reason", "bounds"),
    [
        ({"temperature": None}, "temperature", (0, 1)),
        ({"temperature": 101.3}, "unit of temperature", (0, 1)),
        ({"oxygen": None}, "oxygen", (1, 4)),
        ({"vasopressors": None}, "vasopressors", (1, 4)),
        ({"vasopressors": None, "hypotension": True}, "vasopressors", (2, 4)),
        ({"hypotension": None}, "hypotension", (1, 2)),
        ({"temperature": 37.0, "treated": None, "hypotension": True}, "treated", (0, 2)),
        (
            {"temperature": 37.0, "treated": True, "fever_in_episode": None, "oxygen": "CPAP"},
            "fever_in_episode",
            (0, 4),
        ),
    ],
)
def test_crs_unknown_inputs(findings: dict[str, Any], reason: str, bounds: tuple[int, int]) -> None:
    result = crs(**findings)
    assert result.grade is None
    assert result.reason == reason
    assert (result.at_least, result.at_most) == bounds


def test_crs_another_cause_does_not_count() -> None:
    assert crs(oxygen="CPAP", other_cause=["hypoxia"]).grade == 1
    assert crs(vasopressors=["noradrenaline"], other_cause=["hypotension"]).grade == 1
    assert crs(fever_in_episode=False, other_cause=["fever"]).grade == 0


def test_crs_words_that_are_not_known() -> None:
    with pytest.raises(ValueError, match='"mask" is not a finding of oxygen'):
        crs(oxygen="mask")
    with pytest.raises(ValueError, match='"cough" is not a finding here'):
        crs(other_cause=["cough"])
    with pytest.raises(TypeError, match='"adrenaline" is one word; list vasopressors'):
        crs(vasopressors="adrenaline")


def test_nan_is_unknown() -> None:
    assert crs(temperature=math.nan).grade is None
    assert crs(oxygen="nasal cannula", flow=math.nan).reason == "flow"
    assert icans(age=math.nan).reason == "age"


@pytest.mark.parametrize(
    ("findings", "grade"),
    [
        ({}, 0),
        ({"ice": 9}, 1),
        ({"ice": 7}, 1),
        ({"ice": 6}, 2),
        ({"ice": 3}, 2),
        ({"ice": 2}, 3),
        ({"ice": 0}, 3),
        ({"ice": 0, "consciousness": "unarousable"}, 4),
        ({"consciousness": "awakens spontaneously"}, 0),
        ({"ice": 8, "consciousness": "awakens spontaneously"}, 1),
        ({"consciousness": "awakens to voice"}, 2),
        ({"consciousness": "awakens to touch"}, 3),
        ({"seizure": "resolves rapidly"}, 3),
        ({"seizure": "non-convulsive and resolves with treatment"}, 3),
        ({"seizure": "prolonged or repeated"}, 4),
        ({"ice": 3, "seizure": "resolves rapidly"}, 3),
        ({"deep_focal_weakness": True}, 4),
        ({"oedema": "focal"}, 3),
        ({"oedema": "diffuse or raised pressure"}, 4),
        ({"death_due_to_icans": True}, 5),
        ({"consciousness": "unarousable", "other_cause": ["consciousness"]}, 0),
    ],
)
def test_icans_of_adults(findings: dict[str, Any], grade: int) -> None:
    result = icans(**findings)
    assert (result.grade, result.reason) == (grade, "")


@pytest.mark.parametrize(
    ("findings", "grade"),
    [
        ({"age": 11.9, "capd": 9}, 3),
        ({"age": 11.9, "capd": 8}, 0),
        ({"age": 11.9, "capd": 8, "encephalopathy": True}, 1),
        ({"age": 11.9, "capd": 8, "capd_zero": "never"}, 1),
        ({"age": 11.9, "capd": 8, "consciousness": "awakens to voice"}, 2),
        ({"age": 11.9, "capd": "unable to perform"}, 4),
        ({"age": 12.0, "capd": 9, "ice": 10}, 0),
        ({"age": 12.0, "capd": 9, "ice": 10, "ice_from_age": 13.0}, 3),
        ({"age": 30.0, "capd": 9, "ice": 10, "developmental_delay": True}, 3),
        ({"age": None, "capd": 9, "developmental_delay": True}, 3),
    ],
)
def test_icans_of_children(findings: dict[str, Any], grade: int) -> None:
    assert icans(**findings).grade == grade


def test_icans_without_ice() -> None:
    alone = icans(ice=None)
    assert (alone.grade, alone.reason, alone.at_least, alone.at_most) == (None, "ICE", 0, 3)
    bound = icans(ice=None, consciousness="awakens to voice")
    assert (bound.grade, bound.lower_bound, bound.reason) == (2, True, "ICE")
    enough = icans(ice=None, consciousness="unarousable")
    assert (enough.grade, enough.lower_bound, enough.reason) == (4, False, "")
    assert enough.decided_by == ("consciousness, grade 4",)


def test_icans_other_unknown_inputs() -> None:
    assert icans(age=None).reason == "age"
    assert icans(age=5.0).reason == "CAPD"
    assert icans(seizure=None).reason == "seizure"
    assert icans(seizure=None).grade is None
    weak = icans(deep_focal_weakness=None, ice=5)
    assert (weak.grade, weak.at_most, weak.lower_bound) == (2, 4, True)


@pytest.mark.parametrize("findings", [{"ice": 11}, {"age": 3.0, "capd": 33}, {"ice": -1}])
def test_icans_impossible_scores(findings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="is not possible"):
        icans(**findings)


def test_ice_is_not_scored_with_an_item_missing() -> None:
    full = grade_ice(orientation=4, naming=3, command=1, writing=1, attention=1)
    assert full.points == 10
    part = grade_ice(orientation=4, naming=2, command=None, writing=1, attention=1)
    assert (part.points, part.at_least, part.at_most, part.missing) == (None, 8, 9, ("command",))
    with pytest.raises(ValueError, match="4 points for naming are not possible"):
        grade_ice(orientation=4, naming=4, command=1, writing=1, attention=1)
