"""The record: order of rows and columns, participants, last date, where it comes from."""

from datetime import UTC, datetime
from typing import Any

import pytest

from protocyte.errors import RecordError
from protocyte.record import DOMAINS, About, Record, fold_events
from protocyte.record.event import AdverseEventSeen, Consented, LeftTrial, Measured, MedicationTaken

TOLD: dict[str, Any] = {"by": "site", "recorded": datetime(2026, 12, 1, tzinfo=UTC)}


def consented(name: str) -> Consented:
    return Consented(participant=name, happened="2026-03-01", **TOLD)


def test_columns_stand_as_the_domain_lists_them_and_rows_by_participant() -> None:
    seen = [
        AdverseEventSeen(
            participant=name, happened="2026-03-09", identifier=number, term="Nausea", **TOLD
        )
        for name, number in (("P2", "1"), ("P1", "2"), ("P1", "1"))
    ]
    record = fold_events([consented("P2"), consented("P1"), *seen], about=About("S"))
    assert record["AE"].columns == list(DOMAINS["AE"].schema)
    shown = record["AE"].select("USUBJID", "AESEQ", "AESPID").rows()
    assert shown == [("P1", 1, "2"), ("P1", 2, "1"), ("P2", 1, "1")]
    assert record.participants == ("P1", "P2")


def test_a_record_of_nothing() -> None:
    record = Record(About("S"), {})
    assert record.participants == ()
    assert record.last_date == ""
    assert set(record.tables) == set(DOMAINS)


def test_the_last_date_is_the_latest_full_one() -> None:
    told = TOLD | {"participant": "P1"}
    events = [
        consented("P1"),
        Measured(happened="2026-04-07T23:30", domain="LB", test="ALT", name="ALT", **told),
        MedicationTaken(happened="2026-04-01", drug="Aciclovir", until="2027", **told),
    ]
    assert fold_events(events, about=About("S")).last_date == "2026-04-07"
    events.append(LeftTrial(happened="2026-05-01", reason="COMPLETED", **told))
    assert fold_events(events, about=About("S")).last_date == "2026-05-01"


@pytest.mark.parametrize("name", ["provenance", "dates"])
def test_virtual_patients_do_not_pass_for_real_ones_by_a_misspelling(name: str) -> None:
    values: dict[str, Any] = {name: "Rehearsal"}
    with pytest.raises(RecordError, match=f'The {name} of a record cannot be "Rehearsal"; write '):
        About("S", **values)


def test_every_domain_is_made_of_its_own_variables() -> None:
    for name, table in DOMAINS.items():
        assert set(table.keys) <= set(table.schema)
        shared = {"STUDYID", "DOMAIN", "USUBJID", "VISIT", "VISITNUM"}
        own = {c.name for c in table.columns if not c.supplemental} - shared
        foreign = {variable for variable in own if not variable.startswith(name)}
        # Demographics has names of its own.
        assert not foreign or name == "DM"
        units = {column.unit_in for column in table.columns if column.unit_in}
        assert units <= set(table.schema)
        assert all(len(column.name) <= 8 for column in table.columns)
