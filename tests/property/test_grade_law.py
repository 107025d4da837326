"""Laws of gradings: learning an unknown input never leaves the bounds that were told."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from protocyte.standards.astct_2019 import grade_crs, grade_icans
from protocyte.standards.bilag_2004 import SYSTEMS, classify_bilag_change, classify_bilag_system
from protocyte.standards.sledai import WEIGHTS, grade_sledai

YES_NO = st.booleans()
CRS: dict[str, st.SearchStrategy[Any]] = {
    "temperature": st.sampled_from([36.5, 37.9, 38.0, 39.4]),
    "fever_in_episode": YES_NO,
    "treated": YES_NO,
    "hypotension": YES_NO,
    "vasopressors": st.lists(
        st.sampled_from(["noradrenaline", "adrenaline", "vasopressin"]), unique=True
    ),
    "oxygen": st.sampled_from(["none", "nasal cannula", "blow-by", "face mask", "CPAP"]),
    "flow": st.sampled_from([1.0, 6.0, 6.1, 30.0]),
}
ICANS: dict[str, st.SearchStrategy[Any]] = {
    "age": st.sampled_from([5.0, 11.9, 12.0, 60.0]),
    "ice": st.integers(0, 10),
    "capd": st.integers(0, 32),
    "consciousness": st.sampled_from(["awake", "awakens to voice", "awakens to touch"]),
    "seizure": st.sampled_from(["none", "resolves rapidly", "prolonged or repeated"]),
    "deep_focal_weakness": YES_NO,
    "oedema": st.sampled_from(["none", "focal", "diffuse or raised pressure"]),
}


@given(st.fixed_dictionaries(CRS), st.sets(st.sampled_from(sorted(CRS))))
def test_crs_stays_within_its_bounds(known: dict[str, Any], hidden: set[str]) -> None:
    full = grade_crs(**known)
    part = grade_crs(**(known | dict.fromkeys(hidden)))
    assert full.grade is not None
    assert part.at_least <= full.grade <= part.at_most
    assert (part.grade is None) == (part.at_least < part.at_most) == bool(part.reason)


@given(st.fixed_dictionaries(ICANS), st.sets(st.sampled_from(sorted(ICANS))))
def test_icans_stays_within_its_bounds(known: dict[str, Any], hidden: set[str]) -> None:
    full = grade_icans(**known)
    part = grade_icans(**(known | dict.fromkeys(hidden)))
    assert full.grade is not None
    assert part.at_least <= full.grade <= part.at_most
    assert bool(part.reason) == (part.at_least < part.at_most)


@given(
    st.fixed_dictionaries(dict.fromkeys(WEIGHTS, YES_NO)), st.sets(st.sampled_from(sorted(WEIGHTS)))
)
def test_sledai_stays_within_its_bounds(known: dict[str, bool], hidden: set[str]) -> None:
    full, part = grade_sledai(known), grade_sledai(dict(known) | dict.fromkeys(hidden))
    assert full.total.points is not None
    assert full.clinical.points is not None
    assert part.total.at_least <= full.total.points <= part.total.at_most
    assert full.clinical.points <= full.total.points
    assert full.total.points == sum(WEIGHTS[item] for item in full.present)


ITEMS = st.lists(st.integers(0, 4), min_size=1, max_size=5)


@given(ITEMS, ITEMS, ITEMS, st.data())
def test_a_worse_item_never_gives_a_better_letter(
    a: list[int], b: list[int], c: list[int], data: st.DataObject
) -> None:
    before = classify_bilag_system(a_items=a, b_items=b, c_items=c, ever_involved=True)
    some = data.draw(st.sampled_from([a, b, c]))
    place = data.draw(st.integers(0, len(some) - 1))
    some[place] = data.draw(st.integers(some[place], 4))
    after = classify_bilag_system(a_items=a, b_items=b, c_items=c, ever_involved=True)
    assert before is not None
    assert after is not None
    assert after <= before


LETTERS = st.fixed_dictionaries(dict.fromkeys(SYSTEMS, st.sampled_from("ABCDE")))


@given(LETTERS, LETTERS, st.sets(st.sampled_from(SYSTEMS)))
def test_new_letters_stay_within_what_was_open(
    baseline: dict[str, str], now: dict[str, str], hidden: set[str]
) -> None:
    full = classify_bilag_change(baseline, now)
    part = classify_bilag_change(baseline, dict(now) | dict.fromkeys(hidden))
    assert set(part.new_a) <= set(full.new_a) <= set(part.new_a) | set(part.open_a)
    assert set(part.new_b) <= set(full.new_b) <= set(part.new_b) | set(part.open_b)
