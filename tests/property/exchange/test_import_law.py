"""Laws of imports: nothing is lost, nothing is made up, and the order of rows says nothing."""

from random import Random

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from protocyte.exchange import Imported, TableMapping, import_mapping, import_tables

MAPPING = """\
protocyte: 1
study: LAW
participant: id
missing: [n.d.]
below_limit: [BLQ]
not_done: [ND]
defects: set aside
dates: {counted_from: infusion, day_zero: true, arbitrary: 2000-01-01}
tables:
  people.csv:
    rows:
      - domain: DM
        variables: {SEX: {column: sex, values: {1: F, 2: M}}}
  wide.csv:
    rows:
      - domain: PC
        when: kept = 1
        variables: {PCDTC: {day: day}}
        tests:
          car: {code: CAR, name: CAR-T cells, unit: cells/uL, lowest: 0.5}
          share: {code: CARPCT, name: CAR-T cells of T cells, unit: "%"}
  long.csv:
    rows:
      - domain: LB
        variables: {LBDTC: {day: day}}
        test_in: test
        result_in: value
        unit_in: unit
        others: set aside
        tests:
          crp: {code: CRP, name: C-reactive protein, unit: mg/L}
          il6: {code: IL6, name: Interleukin 6, unit: pg/mL}
"""

people = st.sampled_from(["1", "2", "3", "4", None])
result = st.sampled_from(
    ["1", "2.5", "<3", ">9", "BLQ", "ND", "n.d.", "", None, "odd", "-1", "1e3"]
)
day = st.sampled_from(["0", "1", "7.5", "-2", None, "soon"])
person_rows = st.tuples(people, st.sampled_from(["1", "2", "3", None]))
wide_rows = st.tuples(people, st.sampled_from(["1", "0", None]), day, result, result)
long_rows = st.tuples(
    people,
    day,
    st.sampled_from(["crp", "il6", "ldh", None]),
    result,
    st.sampled_from(["mg/L", "mg/dL", "pg/mL", "cells/uL", None]),
)
tables = st.tuples(
    st.lists(person_rows, max_size=6),
    st.lists(wide_rows, max_size=12),
    st.lists(long_rows, max_size=12),
)
COLUMNS = (
    ("id", "sex"),
    ("id", "kept", "day", "car", "share"),
    ("id", "day", "test", "value", "unit"),
)
FILES = ("people.csv", "wide.csv", "long.csv")


# Every example makes whole records, which takes a tenth of a second.
law = settings(max_examples=25, deadline=None)


def the_mapping() -> TableMapping:
    parsed = import_mapping(MAPPING)
    assert parsed.is_sound
    assert parsed.plan is not None
    return parsed.plan


def bring(rows: tuple[list[tuple[str | None, ...]], ...]) -> Imported:
    frames = {
        file: pl.DataFrame(list(part), schema=dict.fromkeys(columns, pl.String), orient="row")
        for file, columns, part in zip(FILES, COLUMNS, rows, strict=True)
    }
    return import_tables(the_mapping(), frames)


Given = tuple[list[tuple[str | None, ...]], ...]
TO_RECORD = {
    ("CRP", "mg/L"): 1.0,
    ("CRP", "mg/dL"): 10.0,
    ("CRP", "pg/mL"): 1e-6,
    ("IL6", "mg/L"): 1e6,
    ("IL6", "mg/dL"): 1e7,
    ("IL6", "pg/mL"): 1.0,
}


@law
@given(tables)
def test_what_comes_in_is_recorded_or_accounted_for(rows: Given) -> None:
    done = bring(rows)
    cells = {"people.csv": 1, "wide.csv": 2, "long.csv": 1}
    recorded: dict[str, int] = {}
    for file, given_rows in zip(done.report.files, rows, strict=True):
        assert file.rows == len(given_rows)
        (entry,) = file.entries
        assert entry.offered == (file.rows - file.blank) * cells[file.file]
        assert entry.offered == entry.recorded + sum(part.count for part in entry.aside)
        assert all(part.rows for part in entry.aside)
        recorded[entry.title] = entry.recorded
    assert recorded == {name: done.record[name].height for name in ("DM", "PC", "LB")}
    # What is set aside for a defect is told, row by row or counted.
    assert not done.report.defective or done.report.defects
    for name in ("PC", "LB"):
        assert set(done.record[name]["USUBJID"]) <= set(done.record.participants)


@law
@given(tables, st.randoms(use_true_random=False))
def test_order_of_rows_says_nothing(rows: Given, shuffle: Random) -> None:
    first = bring(rows)
    mixed = tuple(list(part) for part in rows)
    for part in mixed:
        shuffle.shuffle(part)
    second = bring(mixed)
    for name in ("DM", "PC", "LB"):
        assert first.record[name].equals(second.record[name])


@law
@given(tables)
def test_every_result_of_the_record_stands_in_the_source(rows: Given) -> None:
    for row in bring(rows).record["LB"].iter_rows(named=True):
        source = [
            (value, unit)
            for person, _, test, value, unit in rows[2]
            if person == row["USUBJID"] and str(test).upper() == row["LBTESTCD"]
        ]
        assert (row["LBORRES"] or "ND", row["LBORRESU"]) in source
        if row["LBSTRESN"] is None:
            assert row["LBSTAT"] == "NOT DONE" or row["LBSTRESC"][0] in "<>"
        else:
            factor = TO_RECORD[row["LBTESTCD"], row["LBORRESU"]]
            assert row["LBSTRESN"] == float(f"{float(row['LBORRES']) * factor:.13g}")
