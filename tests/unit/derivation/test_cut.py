"""The record as it stood on a day: nothing of what came later is seen."""

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from protocyte.derivation import derive_cut
from protocyte.errors import RecordError
from protocyte.record import DOMAINS, About, Record, fold_events
from protocyte.record.event import (
    AdverseEventSeen,
    Consented,
    Died,
    Enrolled,
    LeftTrial,
    Measured,
    MedicationTaken,
    ProcedureDone,
    Treated,
    VisitHeld,
)

P: dict[str, Any] = {
    "participant": "P1",
    "by": "site",
    "recorded": datetime(2027, 1, 1, tzinfo=UTC),
}
Q = P | {"participant": "P2"}


@pytest.fixture
def record() -> Record:
    return fold_events(
        [
            Consented(happened="2026-03-01", **P),
            Consented(happened="2026-06-01", **Q),
            Enrolled(happened="2026-03-05", **P),
            ProcedureDone(happened="2026-03-06", procedure="Leukapheresis", **P),
            Treated(happened="2026-04-01", treatment="c", category="CELL INFUSION", **P),
            VisitHeld(happened="2026-04-08", visit="Day 7", **P),
            AdverseEventSeen(
                happened="2026-04-03",
                identifier="1",
                term="Fever",
                grade=2,
                until="2026-04-09",
                outcome="RECOVERED/RESOLVED",
                fatal=False,
                **P,
            ),
            AdverseEventSeen(happened="2026-05", identifier="2", term="Cough", **P),
            AdverseEventSeen(happened="2026-04-20", identifier="3", term="Rash", **P),
            Measured(happened="2026-04-08", domain="LB", test="ALT", name="ALT", **P),
            Measured(happened="2026-06-08", domain="LB", test="ALT", name="ALT", **Q),
            MedicationTaken(happened="2026-04-02", drug="A", until="2026-05-01", **P),
            LeftTrial(happened="2026-07-01", reason="COMPLETED", **P),
            Died(happened="2026-08-01", **P),
        ],
        about=About("S"),
    )


def test_before_the_last_date_everything_later_is_gone(record: Record) -> None:
    cut = derive_cut(record, at=date(2026, 4, 8))
    assert cut.participants == ("P1",)
    assert cut["DM"].select("DTHDTC", "DTHFL", "RFENDTC").row(0) == (None, None, None)
    assert cut["AE"].select("AESPID", "AETOXGR", "AEENDTC", "AEOUT", "AESDTH").rows() == [
        ("1", "2", None, None, None)
    ]
    assert cut["SV"].height == cut["LB"].height == cut["EX"].height == 1
    assert cut["CM"]["CMENDTC"].to_list() == [None]
    assert cut["DS"]["DSDECOD"].to_list() == ["INFORMED CONSENT OBTAINED", "ENROLLED"]


def test_the_day_itself_belongs_to_the_past(record: Record) -> None:
    assert derive_cut(record, at=date(2026, 4, 9))["AE"]["AEENDTC"].to_list() == ["2026-04-09"]
    assert derive_cut(record, at=date(2026, 8, 1))["DM"]["DTHFL"].to_list() == ["Y", None]
    assert derive_cut(record, at=date(2026, 7, 31))["DM"]["DTHFL"].to_list() == [None, None]
    assert derive_cut(record, at=date(2026, 7, 31))["DM"]["RFENDTC"].to_list() == [None, None]


def test_a_partial_date_is_past_when_it_may_be(record: Record) -> None:
    assert "2" not in derive_cut(record, at=date(2026, 4, 30))["AE"]["AESPID"].to_list()
    assert "2" in derive_cut(record, at=date(2026, 5, 1))["AE"]["AESPID"].to_list()


def test_a_cut_at_the_end_changes_nothing(record: Record) -> None:
    cut = derive_cut(record, at=date.fromisoformat(record.last_date))
    for name in DOMAINS:
        assert cut[name].equals(record[name])


def test_rows_without_a_date_stay() -> None:
    seen = AdverseEventSeen(happened="2026-04-03", identifier="1", term="Fever", **P)
    record = fold_events([Consented(happened="2026-03-01", **P), seen], about=About("S"))
    undated = record["AE"].with_columns(pl.lit(None, pl.String).alias("AESTDTC"))
    record = Record(record.about, dict(record.tables) | {"AE": undated})
    assert derive_cut(record, at=date(2026, 3, 2))["AE"].height == 1


def test_analysis_at_a_day_does_not_look_beyond_it(record: Record, derive: Any) -> None:
    del record
    events = [
        Consented(happened="2026-03-01", **P),
        Treated(happened="2026-04-01", treatment="c", category="CELL INFUSION", **P),
        Measured(
            happened="2026-05-01",
            domain="RS",
            test="OVRLRESP",
            name="Overall response",
            text="CR",
            **P,
        ),
        Died(happened="2026-06-01", **P),
    ]
    early, late = derive(events, at="2026-04-30"), derive(events, at="2026-06-01")
    assert early.best["orr"]["AVALC"].to_list() == ["NE"]
    assert late.best["orr"]["AVALC"].to_list() == ["CR"]
    assert early.adtte["os"].select("CNSR", "AVAL").row(0) == (1, 1)
    assert late.adtte["os"].select("CNSR", "AVAL").row(0) == (0, 62)
    with pytest.raises(RecordError, match="Nobody had consented by 2026-02-01"):
        derive(events, at="2026-02-01")
