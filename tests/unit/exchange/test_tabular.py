"""Whole imports: rows, dates, participants, repetitions, defects, the account."""

from collections.abc import Callable

import polars as pl
import pytest

from protocyte.errors import MappingError
from protocyte.exchange import Imported, TableMapping, import_mapping, import_tables

Bring = Callable[..., Imported]
Make = Callable[..., TableMapping]

AE = """
- domain: AE
  says: CRS
  when: crs = 1
  variables:
    AESPID: {row: number}
    AETERM: Cytokine release syndrome
    AEDECOD: Cytokine release syndrome
    AETOXGR: {column: grade}
    AESTDTC: {day: start}
    AEENDTC: {day: end}
"""
LB = """
- domain: LB
  variables: {LBDTC: {day: day}}
  tests:
    crp: {code: CRP, name: C-reactive protein, unit: mg/L}
"""
REAL = """\
protocyte: 1
study: DEMO
participant: id
dates:
  form: DD.MM.YYYY
  counted_from: infusion
  day_zero: true
  anchor: {file: people.csv, column: infused}
"""
SETS_ASIDE = REAL.replace("participant: id\n", "participant: id\ndefects: set aside\n")


def table(**columns: list[str | None]) -> pl.DataFrame:
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def crs(n: int, **columns: list[str | None]) -> dict[str, list[str | None]]:
    start: dict[str, list[str | None]] = {
        "id": ["1"] * n, "crs": ["1"] * n, "grade": ["2"] * n, "start": ["3"] * n,
        "end": [None] * n,
    }  # fmt: skip
    return start | columns


# ── rows and conditions ──────────────────────────────────────────────────────
def test_condition_that_a_missing_value_leaves_open_sets_the_row_aside(brought: Bring) -> None:
    done = brought(AE, crs(4, crs=["1", "0", None, "1"]))
    assert done.record["AE"]["AESPID"].to_list() == ["1", "4"]
    assert str(done.report.files[1].entries[0]) == (
        "AE (CRS): 2 of 4 recorded; set aside: 1 crs = 1 does not hold, 1 crs = 1 cannot be told"
    )


def test_grade_that_is_none_of_the_scale_is_a_defect(brought: Bring) -> None:
    with pytest.raises(MappingError) as caught:
        brought(AE, crs(2, grade=["0", "severe"]))
    assert caught.value.defects[0] == (
        't.csv row 1, column grade, "0": cannot stand in AETOXGR (1, 2, 3, 4, 5); '
        "translate it with `values`"
    )
    assert len(caught.value.defects) == 2


def test_sequence_numbers_follow_time_within_a_participant(brought: Bring) -> None:
    done = brought(AE, crs(4, id=["1", "2", "1", "1"], start=["9", "1", None, "4"]))
    found = done.record["AE"].select("USUBJID", "AESEQ", "AESTDTC", "STUDYID", "DOMAIN")
    assert found.rows() == [
        ("1", 1, "2000-01-05", "DEMO", "AE"),
        ("1", 2, "2000-01-10", "DEMO", "AE"),
        ("1", 3, None, "DEMO", "AE"),
        ("2", 1, "2000-01-02", "DEMO", "AE"),
    ]
    assert "1 without a date" in str(done.report.files[1].entries[0])


def test_silence_about_an_occurrence_is_not_a_no(brought: Bring) -> None:
    rows = """
    - domain: CM
      variables:
        CMTRT: Tocilizumab
        CMOCCUR: {column: toci, values: {1: "Y", 0: "N"}}
    """
    done = brought(rows, {"id": ["1", "2", "3"], "toci": ["1", None, "0"]})
    assert done.record["CM"].select("USUBJID", "CMOCCUR").rows() == [("1", "Y"), ("3", "N")]
    (aside,) = done.report.files[1].entries[0].aside
    assert (aside.reason, aside.count, aside.rows) == (
        "without word of whether it occurred", 1, (2,)
    )  # fmt: skip


def test_required_variable_without_a_value_is_a_defect(brought: Bring) -> None:
    rows = AE.replace("AETERM: Cytokine release syndrome", "AETERM: {column: term}")
    with pytest.raises(MappingError, match="gives no AETERM"):
        brought(rows, crs(1, term=[None]))


def test_value_that_cannot_be_read_is_not_missing_as_well(mapped: Make) -> None:
    rows = """
    - domain: DS
      variables: {DSCAT: PROTOCOL MILESTONE, DSDECOD: ENROLLED, DSSTDTC: {column: enrolled}}
    """
    people = table(id=["1", "2"], infused=["01.03.2026", "02.03.2026"])
    milestones = table(id=["1", "2"], enrolled=["soon", None])
    with pytest.raises(MappingError) as caught:
        import_tables(mapped(rows, head=REAL), {"people.csv": people, "t.csv": milestones})
    assert caught.value.defects == (
        (
            't.csv row 1, column enrolled, "soon": is not a date written as DD.MM.YYYY; correct '
            "it, or its form"
        ),
        (
            "t.csv row 2, column enrolled: gives no DSSTDTC (date), which every row must have; "
            "fill it, or set the row aside with `when`"
        ),
    )


# ── days and dates ───────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("day", "date"),
    [
        ("0", "2000-01-01"),
        ("14", "2000-01-15"),
        ("-5", "1999-12-27"),
        ("7.25", "2000-01-08T06:00"),
        ("0.24", "2000-01-01T05:46"),
        ("-0.5", "1999-12-31T12:00"),
        ("6.9999", "2000-01-08"),
        (None, None),
    ],
)
def test_day_becomes_a_date(brought: Bring, day: str | None, date: str | None) -> None:
    done = brought(LB, {"id": ["1"], "day": [day], "crp": ["1"]})
    assert done.record["LB"]["LBDTC"].to_list() == [date]
    assert done.record.about.dates == "arbitrary"


@pytest.mark.parametrize("day", ["soon", "1e6", "2000-01-01"])
def test_text_that_is_no_day_is_a_defect(brought: Bring, day: str) -> None:
    with pytest.raises(MappingError, match=f'column day, "{day}": is not a day'):
        brought(LB, {"id": ["1"], "day": [day], "crp": ["1"]})


def test_calendar_without_day_zero(brought: Bring) -> None:
    head = REAL[: REAL.index("dates")] + (
        "dates: {counted_from: infusion, day_zero: false, arbitrary: 2000-01-01}\n"
    )
    table = {"id": ["1"] * 3, "day": ["-1", "1", "29"], "crp": ["1"] * 3}
    done = brought(LB, table, head=head)
    assert done.record["LB"]["LBDTC"].to_list() == ["1999-12-31", "2000-01-01", "2000-01-29"]
    with pytest.raises(MappingError, match="is not a day of a calendar that has no day 0"):
        brought(LB, {"id": ["1"], "day": ["0"], "crp": ["1"]}, head=head)


def test_days_after_a_real_date_are_real_dates(mapped: Make) -> None:
    people = table(id=["1", "2"], infused=["28.02.2026", "29.02.2028"])
    labs = table(id=["1", "2"], day=["1", "1"], crp=["5", "6"])
    done = import_tables(mapped(LB, head=REAL), {"people.csv": people, "t.csv": labs})
    assert done.record["LB"]["LBDTC"].to_list() == ["2026-03-01", "2028-03-01"]
    assert done.record.about.dates == "actual"


def test_anchors_that_are_missing_odd_or_several(mapped: Make) -> None:
    people = table(id=["1", "2", "3", "3"], infused=[None, "2026-03-01", "1.3.2026", "2.3.2026"])
    labs = table(id=["1", "2", "3"], day=["1"] * 3, crp=["5"] * 3)
    tables = {"people.csv": people, "t.csv": labs}
    with pytest.raises(MappingError) as caught:
        import_tables(mapped(LB, head=REAL), tables)
    told = "; add the date, or set the row aside with `when`"
    assert list(caught.value.defects) == [
        (
            'people.csv row 2, column infused, "2026-03-01": is not a full date written as '
            "DD.MM.YYYY; correct it, or `dates.form`"
        ),
        (
            'people.csv row 3, column infused, "1.3.2026": is one of several dates of the '
            "infusion; keep one for each participant"
        ),
        (
            'people.csv row 4, column infused, "2.3.2026": is one of several dates of the '
            "infusion; keep one for each participant"
        ),
        *(
            f't.csv row {row}, column day, "1": has a day, and its participant has no date of the '
            f"infusion{told}"
            for row in (1, 2, 3)
        ),
    ]
    done = import_tables(mapped(LB, head=SETS_ASIDE), tables)
    assert done.record["LB"].height == 0
    assert done.report.defective == 3


def test_date_of_another_form_and_dates_the_wrong_way_round(mapped: Make) -> None:
    rows = """
    - domain: AE
      variables:
        AESPID: {row: number}
        AETERM: {column: term}
        AEDECOD: {column: term}
        AESTDTC: {column: start, form: YYYYMMDD}
        AEENDTC: {column: end}
    """
    people = table(id=["1"], infused=["01.03.2026"])
    events = table(id=["1", "1"], term=["fever", "rash"], start=["20260305", "20260305"],
                   end=["06.03.2026", "04.03.2026"])  # fmt: skip
    with pytest.raises(MappingError) as caught:
        import_tables(mapped(rows, head=REAL), {"people.csv": people, "t.csv": events})
    assert caught.value.defects == (
        't.csv row 2: AEENDTC "2026-03-04" is before AESTDTC "2026-03-05"; correct one of them',
    )


def test_half_known_dates_are_compared_as_far_as_they_tell(mapped: Make) -> None:
    rows = """
    - domain: MH
      variables: {MHDECOD: {column: term}, MHSTDTC: {column: start}, MHENDTC: {column: end}}
    """
    people = table(id=["1"], infused=["01.03.2026"])
    history = table(id=["1", "1"], term=["a", "b"], start=["UN.05.2024", "03.05.2024"],
                    end=["UN.UN.2023", "UN.05.2024"])  # fmt: skip
    with pytest.raises(MappingError) as caught:
        import_tables(mapped(rows, head=REAL), {"people.csv": people, "t.csv": history})
    assert caught.value.defects == (
        't.csv row 1: MHENDTC "2023" is before MHSTDTC "2024-05"; correct one of them',
    )


def test_infusion_whose_day_is_not_known_is_a_defect(mapped: Make) -> None:
    rows = """
    - domain: EX
      variables: {EXTRT: cells, EXCAT: CELL INFUSION, EXSTDTC: {column: given}}
    """
    people = table(id=["1", "2"], infused=["01.03.2026", "02.03.2026"])
    given = table(id=["1", "2"], given=["UN.03.2026", "02.03.2026"])
    tables = {"people.csv": people, "t.csv": given}
    with pytest.raises(MappingError) as caught:
        import_tables(mapped(rows, head=REAL), tables)
    assert caught.value.defects == (
        (
            't.csv row 1: EXSTDTC "2026-03" of an infusion of cells is not a full date; '
            "find out the day"
        ),
    )
    done = import_tables(mapped(rows, head=SETS_ASIDE), tables)
    assert done.record["EX"]["USUBJID"].to_list() == ["2"]


# ── participants ─────────────────────────────────────────────────────────────
def test_stranger_is_a_defect(mapped: Make) -> None:
    labs = table(id=["1", "9", None], day=["1"] * 3, crp=["5"] * 3)
    tables = {"people.csv": table(id=["1"]), "t.csv": labs}
    with pytest.raises(MappingError) as caught:
        import_tables(mapped(LB), tables)
    assert caught.value.defects == (
        "t.csv row 3, column id: names no participant; fill it, or remove the row",
        (
            't.csv row 2: participant "9" is in no row of DM; add the participant to the file that '
            "gives DM"
        ),
    )


def test_participant_of_several_rows_is_joined(brought: Bring) -> None:
    rows = "- domain: DM\n  variables: {SEX: {column: sex}, COUNTRY: {column: country}}"
    done = brought(rows, {"id": ["1", "1", "2"], "sex": ["F", None, "M"],
                          "country": [None, "FR", "DE"]})  # fmt: skip
    found = done.record["DM"].select("USUBJID", "SEX", "COUNTRY").rows()
    assert found == [("1", "F", "FR"), ("2", "M", "DE")]


def test_participant_that_contradicts_itself_is_a_defect(brought: Bring) -> None:
    rows = "- domain: DM\n  variables: {SEX: {column: sex}}"
    with pytest.raises(MappingError) as caught:
        brought(rows, {"id": ["1", "1"], "sex": ["F", "M"]})
    assert caught.value.defects[1:] == (
        (
            't.csv row 1: participant "1" has several values of SEX (here "F"); correct them, or '
            "map one source only"
        ),
        (
            't.csv row 2: participant "1" has several values of SEX (here "M"); correct them, or '
            "map one source only"
        ),
    )


# ── repetitions ──────────────────────────────────────────────────────────────
def test_row_that_says_the_same_again_is_counted_and_not_recorded(brought: Bring) -> None:
    done = brought(LB, {"id": ["1", "1"], "day": ["1", "1.0"], "crp": ["5", "5"]})
    assert done.record["LB"].height == 1
    assert str(done.report.files[1].entries[0]) == (
        "LB: 1 of 2 recorded; set aside: 1 saying the same as another row"
    )


def test_rows_that_contradict_each_other_are_defects(brought: Bring) -> None:
    columns = {"id": ["1", "1", "1"], "day": ["1", "1", "2"], "crp": ["5", "6", "7"]}
    with pytest.raises(MappingError) as caught:
        brought(LB, columns)
    same = (
        "another row has the same USUBJID, LBTESTCD, LBDTC, VISIT (1, CRP, 2000-01-02, none) "
        "and other values; keep one, or map what tells them apart"
    )
    assert caught.value.defects == (f"t.csv row 1: {same}", f"t.csv row 2: {same}")


def test_rows_with_defects_are_set_aside_if_the_mapping_says_so(mapped: Make) -> None:
    people = table(id=["1"], infused=["01.03.2026"])
    labs = table(id=["1"] * 5, day=["1", "1", "2", "x", "3"], crp=["5", "6", "7", "8", "bad"])
    done = import_tables(mapped(LB, head=SETS_ASIDE), {"people.csv": people, "t.csv": labs})
    assert done.record["LB"]["LBSTRESN"].to_list() == [7.0]
    assert str(done.report.files[1].entries[0]) == "LB: 1 of 5 recorded; set aside: 4 defective"
    assert len(done.report.defects) == 4
    assert "2 rows recorded, 4 set aside, 4 of them for defects" in done.record.about.notes[-1]


# ── tables, columns, choices ─────────────────────────────────────────────────
def test_columns_and_tables_that_are_not_there_are_told_together(mapped: Make) -> None:
    tables = {"people.csv": table(id=["1"]), "T.csv": table(id=["1"])}
    with pytest.raises(MappingError) as caught:
        import_tables(mapped(LB), tables)
    assert caught.value.defects == ('t.csv: the table is not there; did you mean "T.csv"?',)
    tables["t.csv"] = table(id=["1"], days=["1"], ldh=["2"])
    with pytest.raises(MappingError) as caught:
        import_tables(mapped(LB), tables)
    assert caught.value.defects == (
        't.csv has no column day; did you mean "days"?',
        "t.csv has no column crp; known here are id, days, ldh",
    )


def test_what_is_not_mapped_is_named(mapped: Make) -> None:
    labs = table(id=["1"], day=["1"], crp=["2"], ldh=["3"], note=["x"])
    tables = {"people.csv": table(id=["1"]), "t.csv": labs, "other.csv": labs}
    done = import_tables(mapped(LB, table="ignore: [note]\n"), tables)
    assert done.report.lines() == (
        "people.csv: 1 row",
        "  DM: 1 of 1 recorded",
        "t.csv: 1 row",
        "  LB: 1 of 1 recorded",
        "  1 column not mapped: ldh",
        "  1 column left out on purpose: note",
        "other.csv: not mapped",
    )


CHOOSES = """
- domain: AE
  variables: {AESPID: CRS, AETERM: CRS, AEDECOD: CRS}
  choose:
    scale:
      Lee 2014: {AETOXGR: {column: lee}, AESCALE: Lee 2014}
      ASTCT 2019: {AETOXGR: {column: astct}, AESCALE: ASTCT 2019}
"""


def test_choice_is_taken_and_told(mapped: Make) -> None:
    head = "protocyte: 1\nstudy: DEMO\nparticipant: id\nchoices:\n"
    head += "  scale: {says: Scale of CRS, options: [Lee 2014, ASTCT 2019]}\n"
    mapping = mapped(CHOOSES, head=head)
    events = table(id=["1"], lee=["1"], astct=["3"])
    tables = {"people.csv": table(id=["1"]), "t.csv": events}
    first = import_tables(mapping, tables)
    second = import_tables(mapping, tables, choices={"scale": "ASTCT 2019"})
    assert first.record["AE"].select("AETOXGR", "AESCALE").row(0) == ("1", "Lee 2014")
    assert second.record["AE"].select("AETOXGR", "AESCALE").row(0) == ("3", "ASTCT 2019")
    assert "Scale of CRS: ASTCT 2019." in second.record.about.notes
    assert not second.report.files[1].unmapped
    with pytest.raises(MappingError, match=r'"CTCAE" is not an option of "scale"; use one of'):
        import_tables(mapping, tables, choices={"scale": "CTCAE"})
    with pytest.raises(MappingError, match='has no choice "scales"; it has scale'):
        import_tables(mapping, tables, choices={"scales": "CTCAE"})


# ── cleaning ─────────────────────────────────────────────────────────────────
def test_blanks_marks_and_blank_rows(mapped: Make) -> None:
    labs = table(id=["1", " 1 ", None, " "], day=["1", "2", None, ""], crp=["n.d.", " 4", "", None])
    done = import_tables(
        mapped(LB, table="missing: [n.d.]\n"), {"people.csv": table(id=["1"]), "t.csv": labs}
    )
    assert done.record["LB"]["LBSTRESN"].to_list() == [4.0]
    assert done.report.lines()[2] == "t.csv: 4 rows, 2 of them blank"
    assert done.report.lines()[3] == "  LB: 1 of 2 recorded; set aside: 1 without a result"


def test_test_that_is_not_listed(brought: Bring) -> None:
    rows = """
    - domain: LB
      variables: {LBDTC: {day: day}}
      test_in: test
      result_in: value
      tests: {crp: {code: CRP, name: C-reactive protein, unit: mg/L}}
    """
    columns: dict[str, list[str | None]] = {
        "id": ["1"] * 4, "day": ["1"] * 4, "test": ["crp", "ldh", None, "ldh"],
        "value": ["1", "2", "3", "x"],
    }  # fmt: skip
    with pytest.raises(MappingError) as caught:
        brought(rows, columns)
    assert len(caught.value.defects) == 3
    done = brought(rows.rstrip() + "\n      others: set aside\n", columns)
    assert str(done.report.files[1].entries[0]) == (
        "LB: 1 of 4 recorded; set aside: 1 without a test, 2 of another test (ldh)"
    )


def test_very_many_defects_are_counted(brought: Bring) -> None:
    n = 1000
    with pytest.raises(MappingError) as caught:
        brought(LB, {"id": ["1"] * n, "day": [str(i) for i in range(n)], "crp": ["bad"] * n})
    assert len(caught.value.defects) == 21
    assert caught.value.defects[-1].startswith(
        "t.csv, column crp: is not a number in 980 more rows"
    )
    assert str(caught.value).startswith(
        "The tables do not fit the mapping: 1,000 defects, the first is: t.csv row 1, column crp"
    )


def test_what_a_reader_must_know_stands_in_the_record(mapped: Make) -> None:
    mapping = mapped(LB.replace("{day: day}", "{day: 3, assumed: nobody wrote it down}"))
    tables = {"people.csv": table(id=["1"]), "t.csv": table(id=["1"], crp=["1"])}
    about = import_tables(mapping, tables, version="1.2", command="protocyte import").record.about
    assert (about.version, about.command, about.provenance) == ("1.2", "protocyte import", "real")
    assert about.notes == (
        (
            "The source holds no dates: 2000-01-01 stands for everybody's infusion, and only "
            "differences between dates mean something."
        ),
        "LBDTC is assumed: nobody wrote it down.",
        (
            "Imported from people.csv, t.csv: 2 rows recorded, 0 set aside "
            f"(mapping {mapping.digest[:12]})."
        ),
    )


def test_table_without_rows_is_fine(brought: Bring) -> None:
    done = brought(LB, {"id": [], "day": [], "crp": []})
    assert done.record["LB"].height == 0
    assert done.report.recorded == 0


def test_variables_with_their_own_units(brought: Bring) -> None:
    rows = """
    - domain: EX
      variables:
        EXTRT: cells
        EXCAT: CELL INFUSION
        EXDOSE: {column: dose, unit: cells, source_unit: 10^6 cells}
        EXLEVEL: {column: level}
        EXSTDTC: {day: 0}
    """
    columns = {"id": ["1", "2"], "dose": ["52.5", None], "level": ["2.0", "1"]}
    found = brought(rows, columns).record["EX"]
    assert found["EXDOSE"].to_list() == [52.5e6, None]
    assert found["EXDOSU"].to_list() == ["cells", None]
    assert found["EXLEVEL"].to_list() == [2, 1]
    with pytest.raises(MappingError, match='column level, "high": is not a whole number'):
        brought(rows, columns | {"level": ["high", "1"]})


def test_tables_may_use_other_types_than_text() -> None:
    mapping = import_mapping(
        "protocyte: 1\nstudy: D\nparticipant: id\ntables:\n  p:\n    rows: [{domain: DM}]\n"
    ).plan
    assert mapping is not None
    people = pl.DataFrame({"id": [1, 2]})
    assert import_tables(mapping, {"p": people}).record.participants == ("1", "2")
