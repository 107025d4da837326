"""What events do to the tables: they fill, they state anew, they correct."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from protocyte.errors import RecordError
from protocyte.record import About, Event, Record, fold_events
from protocyte.record.event import (
    AdverseEventSeen,
    Consented,
    Corrected,
    Died,
    Enrolled,
    HistoryTaken,
    LeftTrial,
    Measured,
    MedicationTaken,
    ProcedureDone,
    Treated,
    VisitHeld,
)

TOLD: dict[str, Any] = {
    "participant": "P1",
    "by": "site",
    "recorded": datetime(2026, 12, 1, 9, 30, tzinfo=UTC),
}
CONSENT = Consented(happened="2026-03-01", **TOLD)
NAUSEA = AdverseEventSeen(
    happened="2026-03-09", identifier="1", term="Nausea", grade=1, until="2026-03-11", **TOLD
)
ALT = Measured(
    happened="2026-03-09",
    domain="LB",
    test="ALT",
    name="Alanine aminotransferase",
    number=41.0,
    unit="U/L",
    visit="Day 7",
    **TOLD,
)


def folded(*events: Event) -> Record:
    return fold_events([CONSENT, *events], about=About("S"))


def corrected(domain: str, keys: dict[str, Any], values: dict[str, Any]) -> Corrected:
    return Corrected(
        happened="2026-12-01", domain=domain, keys=keys, values=values, reason="wrong", **TOLD
    )


def only(frame: pl.DataFrame, *columns: str) -> tuple[Any, ...]:
    assert frame.height == 1
    return frame.select(columns).row(0)


def test_news_of_an_event_fills_what_was_empty_and_states_anew() -> None:
    first = AdverseEventSeen(
        happened="2026-03-09", identifier="1", term="Nausea", grade=1, serious=False, **TOLD
    )
    news = AdverseEventSeen(
        happened="2026-03-09",
        identifier="1",
        term="Nausea",
        grade=3,
        until="2026-03-11",
        outcome="RECOVERED/RESOLVED",
        **TOLD,
    )
    found = only(folded(first, news)["AE"], "AESEQ", "AETOXGR", "AESER", "AEENDTC", "AEOUT")
    assert found == (1, "3", "N", "2026-03-11", "RECOVERED/RESOLVED")


def test_a_correction_replaces_a_value() -> None:
    record = folded(NAUSEA, corrected("AE", {"AESPID": "1"}, {"AETOXGR": "2"}))
    assert only(record["AE"], "AETOXGR", "AETERM") == ("2", "Nausea")


def test_a_correction_empties_a_value() -> None:
    record = folded(NAUSEA, corrected("AE", {"AESPID": "1"}, {"AEENDTC": None}))
    assert only(record["AE"], "AEENDTC") == (None,)


def test_a_correction_of_a_key_moves_the_row_and_makes_no_second_one() -> None:
    keys = {"LBTESTCD": "ALT", "LBDTC": "2026-03-09", "VISIT": "Day 7"}
    record = folded(ALT, ALT_AGAIN, corrected("LB", keys, {"LBDTC": "2026-03-08"}))
    rows = record["LB"].select("LBSEQ", "LBDTC", "LBSTRESN").rows()
    assert rows == [(1, "2026-03-08", 41.0), (2, "2026-03-16", 44.0)]


ALT_AGAIN = Measured(
    happened="2026-03-16",
    domain="LB",
    test="ALT",
    name="Alanine aminotransferase",
    number=44.0,
    unit="U/L",
    visit="Day 14",
    **TOLD,
)


def test_a_row_that_was_moved_is_known_by_its_new_key() -> None:
    keys = {"LBTESTCD": "ALT", "LBDTC": "2026-03-09", "VISIT": "Day 7"}
    moved = corrected("LB", keys, {"LBDTC": "2026-03-08"})
    news = replace(ALT, happened="2026-03-08", number=42.0)
    anew = replace(ALT, number=43.0)
    rows = folded(ALT, moved, news, anew)["LB"].select("LBSEQ", "LBDTC", "LBSTRESN").rows()
    assert rows == [(1, "2026-03-08", 42.0), (2, "2026-03-09", 43.0)]


def test_a_correction_names_a_row_that_is_there() -> None:
    missing = corrected("AE", {"AESPID": "7"}, {"AETOXGR": "2"})
    with pytest.raises(RecordError, match=r"AE that is not there \(USUBJID=P1, AESPID=7\); give"):
        folded(NAUSEA, missing)


def test_a_correction_does_not_swallow_another_row() -> None:
    keys = {"LBTESTCD": "ALT", "LBDTC": "2026-03-09", "VISIT": "Day 7"}
    moved = corrected("LB", keys, {"LBDTC": "2026-03-16", "VISIT": "Day 14"})
    with pytest.raises(RecordError, match="would make two rows of LB the same"):
        folded(ALT, ALT_AGAIN, moved)


@pytest.mark.parametrize("name", ["USUBJID", "AESEQ", "STUDYID"])
def test_a_correction_does_not_give_a_row_to_somebody_else(name: str) -> None:
    with pytest.raises(RecordError, match=f"{name} of AE cannot be corrected"):
        folded(NAUSEA, corrected("AE", {"AESPID": "1"}, {name: "2"}))


def test_nothing_that_an_event_says_is_lost() -> None:
    odd = corrected("AE", {"AESPID": "1"}, {"AEGRADE": "2"})
    with pytest.raises(RecordError, match=r"recorded 2026-12-01 09:30, fills AEGRADE, which is no"):
        folded(NAUSEA, odd)
    with pytest.raises(RecordError, match="is for ZZ, which is not a domain that is known here"):
        folded(corrected("ZZ", {}, {}))
    sample = Measured(happened="2026-03-09", domain="PC", test="X", name="X", **TOLD)
    strange: Any = {"PCCOLOUR": "red"}
    sample = Measured(happened="2026-03-09", domain="PC", test="X", name="X", more=strange, **TOLD)
    with pytest.raises(RecordError, match="PCCOLOUR"):
        folded(sample)


def test_a_value_of_another_type_is_a_defect_and_not_lost() -> None:
    level: Any = "two"
    infusion = Treated(
        happened="2026-03-09", treatment="cells", category="CELL INFUSION", level=level, **TOLD
    )
    with pytest.raises(RecordError, match='EXLEVEL "two" is not a whole number'):
        folded(infusion)
    level = 1.5
    infusion = Treated(
        happened="2026-03-09", treatment="cells", category="CELL INFUSION", level=level, **TOLD
    )
    with pytest.raises(RecordError, match=r'EXLEVEL "1.5" is not a whole number'):
        folded(infusion)


def test_an_event_of_somebody_who_did_not_consent_is_refused() -> None:
    with pytest.raises(RecordError, match='AE row 1: USUBJID "P1" is not in DM'):
        fold_events([NAUSEA], about=About("S"))


def test_what_each_event_writes() -> None:
    record = folded(
        Enrolled(happened="2026-03-05", **TOLD),
        ProcedureDone(happened="2026-03-06", procedure="Leukapheresis", **TOLD),
        Treated(
            happened="2026-04-01",
            treatment="cells",
            category="CELL INFUSION",
            dose=1e8,
            unit="cells",
            level=2,
            cohort=1,
            **TOLD,
        ),
        VisitHeld(happened="2026-04-08", visit="Day 7", visit_number=2.0, **TOLD),
        HistoryTaken(happened="2020", condition="Asthma", **TOLD),
        MedicationTaken(happened="2026-04-08", drug="Tocilizumab", **TOLD),
        LeftTrial(happened="2026-09-01", reason="LOST TO FOLLOW-UP", **TOLD),
        Died(happened="2026-10-01", cause="disease", **TOLD),
    )
    assert only(record["DM"], "RFICDTC", "RFENDTC", "DTHDTC", "DTHFL") == (
        "2026-03-01",
        "2026-10-01",
        "2026-10-01",
        "Y",
    )
    assert record["DS"]["DSDECOD"].to_list() == [
        "INFORMED CONSENT OBTAINED",
        "ENROLLED",
        "LOST TO FOLLOW-UP",
        "DEATH",
    ]
    assert only(record["PR"], "PRDECOD", "PROCCUR") == ("LEUKAPHERESIS", "Y")
    assert only(record["EX"], "EXLEVEL", "EXDOSE", "EXDOSU", "EXENDTC") == (
        2,
        1e8,
        "cells",
        "2026-04-01",
    )
    assert only(record["SV"], "VISIT", "VISITNUM", "SVSTDTC") == ("Day 7", 2.0, "2026-04-08")
    assert only(record["MH"], "MHDECOD", "MHSTDTC", "MHOCCUR") == ("Asthma", "2020", "Y")
    assert only(record["CM"], "CMDECOD", "CMDOSE", "CMOCCUR") == ("TOCILIZUMAB", None, "Y")


@pytest.mark.parametrize(
    ("number", "text"), [(41.0, "41"), (0.1 + 0.2, "0.3"), (1e-7, "1e-07"), (None, None)]
)
def test_a_number_is_kept_as_it_would_be_written(number: float | None, text: str | None) -> None:
    seen = Measured(happened="2026-03-09", domain="LB", test="A", name="A", number=number, **TOLD)
    assert [row.values["LBORRES"] for row in seen.rows()] == [text]
