"""Results: numbers, limits, words, scores, units."""

from collections.abc import Callable
from typing import Any

import pytest

from protocyte.errors import MappingError
from protocyte.exchange import Imported

Bring = Callable[..., Imported]

WIDE = """
- domain: PC
  variables: {PCDTC: {day: day}}
  tests:
    car: {code: CAR, name: CAR-T cells, unit: cells/uL, lowest: 0.5}
"""
HEAD = """\
protocyte: 1
study: DEMO
participant: id
missing: ["---"]
not_done: [ND]
below_limit: [BLQ]
dates: {counted_from: infusion, day_zero: true, arbitrary: 2000-01-01}
"""


def days(n: int) -> dict[str, list[str | None]]:
    return {"id": ["1"] * n, "day": [str(day) for day in range(n)]}


def row(done: Imported, domain: str, number: int = 0) -> dict[str, Any]:
    return {
        name.removeprefix(domain): value
        for name, value in done.record[domain].row(number, named=True).items()
        if value is not None
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("120.50", {"ORRES": "120.50", "STRESC": "120.5", "STRESN": 120.5, "LLOQ": 0.5}),
        ("0", {"ORRES": "0", "STRESC": "0", "STRESN": 0.0, "LLOQ": 0.5}),
        ("<2", {"ORRES": "<2", "STRESC": "<2", "LLOQ": 2.0}),
        ("> 5e3", {"ORRES": "> 5e3", "STRESC": ">5000", "LLOQ": 0.5}),
        ("BLQ", {"ORRES": "BLQ", "STRESC": "<0.5", "LLOQ": 0.5}),
        ("ND", {"STAT": "NOT DONE", "LLOQ": 0.5}),
    ],
)
def test_number(brought: Bring, text: str, expected: dict[str, Any]) -> None:
    found = row(brought(WIDE, days(1) | {"car": [text]}, head=HEAD), "PC")
    results = {k: found[k] for k in ("ORRES", "STRESC", "STRESN", "LLOQ", "STAT") if k in found}
    assert results == expected
    assert found["STRESU"] == "cells/uL"
    assert found["TESTCD"] == "CAR"


def test_unit_is_converted_and_the_source_kept(brought: Bring) -> None:
    rows = WIDE.replace("unit: cells/uL, lowest: 0.5", "unit: cells/uL, source_unit: 10*9/L")
    found = brought(rows, days(2) | {"car": ["0.0123", "<0.001"]}).record["PC"]
    assert found["PCSTRESN"].to_list() == [12.3, None]
    assert found["PCSTRESC"].to_list() == ["12.3", "<1"]
    assert found["PCLLOQ"].to_list() == [None, 1.0]
    assert found["PCORRES"].to_list() == ["0.0123", "<0.001"]
    assert found["PCORRESU"].to_list() == ["10*9/L"] * 2


LONG = """
- domain: LB
  variables: {LBDTC: {day: day}, LBSTNRHI: {column: high}}
  test_in: test
  result_in: value
  unit_in: unit
  units: {G/L: 10*9/L}
  tests:
    crp: {code: CRP, name: C-reactive protein, unit: mg/L}
    anc: {code: ANC, name: Neutrophils, unit: 10*9/L}
    glucose: {code: GLUC, name: Glucose, unit: mmol/L, source_unit: mg/dL, factor: 0.05551}
"""


def long(**columns: list[str | None]) -> dict[str, list[str | None]]:
    n = len(columns["value"])
    return days(n) | {"high": [None] * n} | columns


def test_unit_of_each_row(brought: Bring) -> None:
    table = long(
        test=["crp", "crp", "anc", "anc", "glucose", "glucose"],
        value=["1.2", "12", "3.1", "3100", "100", "5.5"],
        unit=["mg/dL", "mg/L", "G/L", "cells/uL", "mg/dL", "mmol/L"],
        high=["0.5", "5", "7", "7000", None, None],
    )
    found = brought(LONG, table).record["LB"].sort("LBDTC")
    assert found["LBSTRESN"].to_list() == [12.0, 12.0, 3.1, 3.1, 5.551, 5.5]
    # Limits are in the unit of the source's result.
    assert found["LBSTNRHI"].to_list() == [5.0, 5.0, 7.0, 7.0, None, None]
    assert found["LBORRESU"].to_list() == ["mg/dL", "mg/L", "G/L", "cells/uL", "mg/dL", "mmol/L"]


def test_result_without_a_unit_is_a_defect(brought: Bring) -> None:
    with pytest.raises(MappingError) as caught:
        brought(LONG, long(test=["crp", "crp"], value=["1", "2"], unit=[None, "furlong"]))
    first, second = caught.value.defects
    assert first == (
        "t.csv row 1, column unit: is empty, and the result of CRP has no unit without it; "
        "fill it, or set the row aside with `when`"
    )
    assert second.startswith('t.csv row 2, column unit, "furlong": is not a unit of CRP: ')


def test_mass_is_not_amount(brought: Bring) -> None:
    table = long(test=["crp"], value=["1"], unit=["mmol/L"])
    with pytest.raises(MappingError, match="measure different things"):
        brought(LONG, table)


def test_sign_of_another_column(brought: Bring) -> None:
    rows = LONG.replace("  units:", "  sign_in: op\n  signs: {4171754: <=, 0: =}\n  units:")
    table = long(
        test=["crp"] * 3, value=["1", "2", "3"], unit=["mg/L"] * 3, op=["4171754", "0", None]
    )
    found = brought(rows, table).record["LB"]
    assert found["LBSTRESC"].to_list() == ["<=1", "2", "3"]
    assert found["LBSTRESN"].to_list() == [None, 2.0, 3.0]


def test_text_that_is_no_result_is_a_defect(brought: Bring) -> None:
    with pytest.raises(MappingError) as caught:
        brought(WIDE, days(3) | {"car": ["12", "haemolysed", "1,5"]})
    assert caught.value.defects == (
        (
            't.csv row 2, column car, "haemolysed": is not a number; correct it, or list it under '
            "`missing`, `not_done` or `below_limit`, or write `holds: text`"
        ),
        (
            't.csv row 3, column car, "1,5": is not a number; correct it, or list it under '
            "`missing`, `not_done` or `below_limit`, or write `holds: text`"
        ),
    )


WORDS = """
- domain: RS
  variables: {RSDTC: {day: day}}
  tests:
    best: {code: OVRLRESP, name: Overall response, holds: text, values: {cr: CR, none: }}
    ecog: {code: ECOG, name: ECOG performance status, holds: score, values: {fit: 0, 1: 1}}
"""


def test_words_and_scores(brought: Bring) -> None:
    done = brought(WORDS, days(2) | {"best": ["cr", "none"], "ecog": ["fit", "1"]})
    found = done.record["RS"].sort("RSDTC", "RSTESTCD", descending=[False, True])
    assert found["RSTESTCD"].to_list() == ["OVRLRESP", "ECOG", "ECOG"]
    assert found["RSSTRESC"].to_list() == ["CR", "0", "1"]
    assert found["RSSTRESN"].to_list() == [None, 0.0, 1.0]
    assert found["RSORRES"].to_list() == ["cr", "fit", "1"]
    assert found["RSSTRESU"].null_count() == 3
    (entry,) = done.report.files[1].entries
    assert str(entry) == "RS: 3 of 4 recorded; set aside: 1 without a result"


def test_word_that_is_not_listed_is_a_defect_unless_it_is_said_what_becomes_of_it(
    brought: Bring,
) -> None:
    table = days(1) | {"best": ["pr"], "ecog": [None]}
    with pytest.raises(MappingError, match='column best, "pr": is not listed'):
        brought(WORDS, table)
    kept = brought(WORDS.replace("none: }", "none: }, others: keep"), table)
    assert kept.record["RS"]["RSSTRESC"].to_list() == ["pr"]
    aside = brought(WORDS.replace("none: }", "none: }, others: set aside"), table)
    assert aside.record["RS"].height == 0
    assert aside.report.set_aside == 2
