"""A table that is not as its domain promises is refused, and every defect is named."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from protocyte.errors import RecordError
from protocyte.record import DOMAINS, About, Record

AE: dict[str, Any] = {
    "STUDYID": "S",
    "DOMAIN": "AE",
    "USUBJID": "P1",
    "AESEQ": 1,
    "AESPID": "1",
    "AETERM": "Nausea",
    "AEDECOD": "Nausea",
}
EX: dict[str, Any] = {
    "STUDYID": "S",
    "DOMAIN": "EX",
    "USUBJID": "P1",
    "EXSEQ": 1,
    "EXTRT": "cells",
    "EXCAT": "CELL INFUSION",
    "EXSTDTC": "2026-03-01",
}
LB: dict[str, Any] = {
    "STUDYID": "S",
    "DOMAIN": "LB",
    "USUBJID": "P1",
    "LBSEQ": 1,
    "LBTESTCD": "ALT",
    "LBTEST": "ALT",
}
SUBJECT = {"STUDYID": "S", "DOMAIN": "DM", "USUBJID": "P1"}
Rows = list[dict[str, Any]]


def people(*names: str) -> pl.DataFrame:
    return pl.DataFrame([SUBJECT | {"USUBJID": name} for name in names or ("P1",)])


def defects(domain: str, rows: Rows, *, dm: pl.DataFrame | None = None) -> list[str]:
    """The defects of a record with these rows in one domain; text for all, as in a CSV file."""
    frame = pl.DataFrame(rows, infer_schema_length=None)
    tables = {"DM": people() if dm is None else dm, domain: frame}
    try:
        Record(About("S"), tables)
    except RecordError as error:
        return list(error.defects)
    return []


def changed(row: dict[str, Any], **values: Any) -> dict[str, Any]:
    return row | values


def without(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}


@pytest.mark.parametrize(("domain", "row"), [("AE", AE), ("EX", EX), ("LB", LB)])
def test_the_rows_that_are_spoilt_below_are_sound(domain: str, row: dict[str, Any]) -> None:
    assert defects(domain, [row]) == []


@pytest.mark.parametrize(
    ("domain", "row", "said"),
    [
        ("AE", without(AE, "AEDECOD"), "AE: column AEDECOD (Standard term) is missing"),
        (
            "AE",
            AE | {"AETOXGRD": "3"},
            "AE: AETOXGRD is not a column of this table; did you mean AETOXGR?",
        ),
        ("AE", AE | {"FOO": "3"}, "AE: FOO is not a column of this table"),
        ("AE", AE | {"AESEQ": "one"}, 'AE row 1 (P1): AESEQ "one" is not a whole number'),
        ("AE", AE | {"AESEQ": 1.5}, 'AE row 1 (P1): AESEQ "1.5" is not a whole number'),
        ("AE", AE | {"AESEQ": None}, "AE row 1 (P1): AESEQ is required and missing"),
        ("AE", AE | {"AETERM": ""}, "AE row 1 (P1): AETERM is required and missing"),
        ("AE", AE | {"AETERM": "  "}, "AE row 1 (P1): AETERM is required and missing"),
        ("AE", AE | {"AETERM": ["a"]}, "AE row 1 (P1): AETERM \"['a']\" is not text"),
        (
            "AE",
            AE | {"AETOXGR": "6"},
            'AE row 1 (P1): AETOXGR "6" is not one of 1, 2, 3, 4, 5',
        ),
        ("AE", AE | {"DOMAIN": "LB"}, 'AE row 1 (P1): DOMAIN "LB" is not one of AE'),
        (
            "AE",
            AE | {"AESTDTC": "01.03.2026"},
            'AE row 1 (P1): AESTDTC "01.03.2026" is not an ISO 8601 date',
        ),
        (
            "AE",
            AE | {"AESTDTC": "2026-3-1"},
            'AE row 1 (P1): AESTDTC "2026-3-1" is not an ISO 8601 date',
        ),
        (
            "AE",
            AE | {"AESTDTC": "2026-03-01T25:00"},
            'AE row 1 (P1): AESTDTC "2026-03-01T25:00" is not an ISO 8601 date',
        ),
        (
            "AE",
            AE | {"AESTDTC": "2026-02-30"},
            'AE row 1 (P1): AESTDTC "2026-02-30" is not a day of the calendar',
        ),
        (
            "AE",
            AE | {"AESTDTC": "2026-02-30T10:00"},
            'AE row 1 (P1): AESTDTC "2026-02-30T10:00" is not a day of the calendar',
        ),
        (
            "AE",
            AE | {"AESTDTC": "2026-03-02", "AEENDTC": "2026-03-01"},
            'AE row 1 (P1): AEENDTC "2026-03-01" is before AESTDTC "2026-03-02"',
        ),
        (
            "AE",
            AE | {"AESTDTC": "2026-03-02", "AEENDTC": "2026-02"},
            'AE row 1 (P1): AEENDTC "2026-02" is before AESTDTC "2026-03-02"',
        ),
        (
            "AE",
            AE | {"AESTDTC": "2026-03-02T12:00", "AEENDTC": "2026-03-02T09:00"},
            'AE row 1 (P1): AEENDTC "2026-03-02T09:00" is before AESTDTC "2026-03-02T12:00"',
        ),
        ("AE", AE | {"USUBJID": "P9"}, 'AE row 1: USUBJID "P9" is not in DM'),
        ("LB", LB | {"LBSTRESN": "high"}, 'LB row 1 (P1): LBSTRESN "high" is not a number'),
        (
            "LB",
            LB | {"LBSTNRHI": 40.0},
            'LB row 1 (P1): LBSTNRHI "40.0" has no unit in LBSTRESU',
        ),
        (
            "LB",
            LB | {"LBSTRESN": float("nan")},
            'LB row 1 (P1): LBSTRESN "nan" is not a finite number',
        ),
        (
            "LB",
            LB | {"LBSTRESN": float("inf")},
            'LB row 1 (P1): LBSTRESN "inf" is not a finite number',
        ),
        (
            "EX",
            EX | {"EXDOSE": 1e8},
            'EX row 1 (P1): EXDOSE "100000000.0" has no unit in EXDOSU',
        ),
        (
            "EX",
            EX | {"EXSTDTC": "2026-03"},
            'EX row 1 (P1): EXSTDTC "2026-03" of an infusion of cells is not a full date',
        ),
    ],
)
def test_a_defect_is_named_with_table_row_column_and_value(
    domain: str, row: dict[str, Any], said: str
) -> None:
    assert defects(domain, [row]) == [said]


@pytest.mark.parametrize(
    "values",
    [
        {"AESTDTC": "2026"},
        {"AESTDTC": "2026-03"},
        {"AESTDTC": "2026-03-01T09"},
        {"AESTDTC": "2026-03-01T09:30:15"},
        {"AESTDTC": "2026-03-05", "AEENDTC": "2026-03"},
        {"AESTDTC": "2026-03-05T12:00", "AEENDTC": "2026-03-05"},
        {"AESTDTC": "2026-03-05T09:00", "AEENDTC": "2026-03-05T12:00"},
        {"AESTDTC": "", "AEENDTC": ""},
        {"AETOXGR": None},
        {"AESEQ": "7"},
        {"AESEQ": 7.0},
    ],
)
def test_what_sdtm_allows_is_allowed(values: dict[str, Any]) -> None:
    assert defects("AE", [AE | values]) == []


def test_a_bridging_therapy_may_have_a_partial_date() -> None:
    assert defects("EX", [EX | {"EXCAT": "BRIDGING", "EXSTDTC": "2026-02"}]) == []


def test_rows_that_the_keys_cannot_tell_apart() -> None:
    rows = [AE, AE | {"AESEQ": 2}, AE | {"AESEQ": 3, "AESPID": "2"}]
    assert defects("AE", rows) == ["AE row 2: repeats row 1 (USUBJID=P1, AESPID=1)"]


def test_a_sequence_number_that_is_given_twice() -> None:
    rows = [AE, AE | {"AESPID": "2"}]
    assert defects("AE", rows) == ["AE row 2: repeats row 1 (USUBJID=P1, AESEQ=1)"]


def test_two_specimens_of_one_visit_are_told_apart() -> None:
    sample = {
        "STUDYID": "S",
        "DOMAIN": "PC",
        "USUBJID": "P1",
        "PCSEQ": 1,
        "PCTESTCD": "CARTG",
        "PCTEST": "CAR transgene",
        "PCDTC": "2026-03-29",
        "PCSPEC": "BLOOD",
    }
    marrow = sample | {"PCSEQ": 2, "PCSPEC": "BONE MARROW"}
    assert defects("PC", [sample, marrow]) == []
    assert len(defects("PC", [sample, marrow | {"PCSPEC": "BLOOD"}])) == 1


def test_rows_keep_the_numbers_of_the_file() -> None:
    # Sorted by participant the bad row would be the first.
    rows = [AE | {"USUBJID": "P2"}, AE | {"AESTDTC": "2026-03-02", "AEENDTC": "2026-03-01"}]
    (said,) = defects("AE", rows, dm=people("P1", "P2"))
    assert said.startswith("AE row 2 (P1)")


def test_defects_of_several_kinds_are_listed_together() -> None:
    rows = [
        AE | {"AETOXGR": "9"},
        AE | {"AESEQ": "two", "AESPID": "2"},
        AE | {"USUBJID": "P7", "AESPID": "3", "AESTDTC": "2026-05-02", "AEENDTC": "2026-05-01"},
    ]
    assert [said.partition(":")[0] for said in defects("AE", rows)] == [
        "AE row 2 (P1)",
        "AE row 1 (P1)",
        "AE row 3",
        "AE row 3 (P7)",
    ]


def test_many_defects_are_named_then_counted() -> None:
    rows = [AE | {"AESPID": str(n), "AESEQ": n, "AETOXGR": "9"} for n in range(1, 51)]
    found = defects("AE", rows)
    assert len(found) == 21
    assert found[-1] == "AE: AETOXGR is not one of 1, 2, 3, 4, 5 in 30 more rows"


def test_many_repeated_rows_are_named_then_counted() -> None:
    found = defects("DM", [SUBJECT] * 100)
    assert len(found) == 21
    assert found[-1] == "DM: 79 more rows repeat USUBJID of an earlier row"


def test_the_message_shows_the_first_and_counts_the_rest() -> None:
    rows = [AE | {"AESPID": str(n), "AESEQ": n, "AETOXGR": "9"} for n in range(1, 8)]
    with pytest.raises(RecordError, match=r"The record has 7 defects: AE row 1 .*; and 2 more\.$"):
        Record(About("S"), {"DM": people(), "AE": pl.DataFrame(rows)})
    with pytest.raises(RecordError, match=r"^The record has 1 defect: "):
        Record(About("S"), {"DM": people(), "AE": pl.DataFrame(rows[:1])})


def test_a_domain_that_is_not_known() -> None:
    with pytest.raises(RecordError, match="ZZ: is not a domain that is known here"):
        Record(About("S"), {"ZZ": people()})


def test_a_table_of_other_columns_only_lacks_every_column_that_is_required() -> None:
    found = defects("MH", [{"FOO": "a"}, {"FOO": "b"}])
    assert found[0] == "MH: FOO is not a column of this table"
    missing = [column.name for column in DOMAINS["MH"].columns if column.required]
    assert [said.split()[2] for said in found[1:]] == missing


@pytest.mark.parametrize("rows", [pl.DataFrame(), pl.DataFrame({"USUBJID": []})])
def test_a_table_without_rows_is_sound(rows: pl.DataFrame) -> None:
    record = Record(About("S"), {"AE": rows})
    assert record["AE"].schema == DOMAINS["AE"].schema
    assert record["AE"].height == 0


def test_dates_of_other_programs_are_read() -> None:
    frame = pl.DataFrame([EX | {"EXSTDTC": date(2026, 3, 1)}])
    record = Record(About("S"), {"DM": people(), "EX": frame})
    assert record["EX"]["EXSTDTC"].to_list() == ["2026-03-01"]


def test_numbers_in_text_are_read() -> None:
    rows = [LB | {"LBSTRESN": " 41.5 ", "LBSTRESU": "U/L"}]
    record = Record(About("S"), {"DM": people(), "LB": pl.DataFrame(rows)})
    assert record["LB"]["LBSTRESN"].to_list() == [41.5]
