"""The door to the disk: what is damaged is said with its place and a remedy."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import polars as pl
import pytest

from protocyte.errors import FileError, RecordError
from protocyte.files import (
    read_protocol,
    read_record,
    read_rehearsal,
    read_table,
    read_text,
    write_json,
    write_record,
    write_tables,
    write_text,
)
from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL
from protocyte.protocol.parse import parse_protocol
from protocyte.record import About, Record, fold_events
from protocyte.record.event import AdverseEventSeen, Consented


@pytest.fixture
def record() -> Record:
    told: Any = {"participant": "P1", "by": "site", "recorded": datetime(2026, 12, 1, tzinfo=UTC)}
    events = [
        Consented(happened="2026-03-01", **told),
        AdverseEventSeen(happened="2026-03-09", identifier="1", term="Nausea", **told),
    ]
    return fold_events(events, about=About("S", "rehearsal", seed=1))


def test_a_record_written_in_another_form_replaces_the_first(
    record: Record, tmp_path: Path
) -> None:
    write_record(record, tmp_path)
    write_record(record, tmp_path, form="csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "ae.csv",
        "dm.csv",
        "ds.csv",
        "record.json",
    ]


def test_nothing_of_an_earlier_record_is_read_as_part_of_a_later_one(
    record: Record, tmp_path: Path
) -> None:
    write_record(record, tmp_path)
    write_record(Record(About("S"), {"DM": record["DM"]}), tmp_path)
    assert read_record(tmp_path)["AE"].height == 0


def test_two_tables_of_one_domain_are_not_chosen_between(record: Record, tmp_path: Path) -> None:
    write_record(record, tmp_path)
    record["DM"].write_csv(tmp_path / "dm.csv")
    with pytest.raises(FileError, match=r"holds dm.csv and dm.parquet, two tables of one domain"):
        read_record(tmp_path)


def test_a_folder_with_brackets_in_its_name(record: Record, tmp_path: Path) -> None:
    folder = tmp_path / "rec[1]*"
    forms: tuple[Literal["csv", "parquet"], ...] = ("csv", "parquet")
    for form in forms:
        write_record(record, folder, form=form)
        assert read_record(folder)["AE"].height == 1


def test_file_names_may_be_in_capitals(record: Record, tmp_path: Path) -> None:
    record["DM"].write_csv(tmp_path / "DM.CSV")
    assert read_record(tmp_path).participants == ("P1",)


def test_a_record_without_its_origin_says_so(record: Record, tmp_path: Path) -> None:
    write_record(record, tmp_path)
    (tmp_path / "record.json").unlink()
    about = read_record(tmp_path).about
    assert about.study == "S"
    assert about.notes == ("record.json is missing: where the record comes from is unknown.",)


@pytest.mark.parametrize(
    "text",
    ["{", "[]", "[1]", '"text"', "{}", '{"study": "S", "colour": "red"}', '{"study": "S", "no'],
)
def test_an_origin_that_cannot_be_read(text: str, record: Record, tmp_path: Path) -> None:
    write_record(record, tmp_path)
    (tmp_path / "record.json").write_text(text)
    with pytest.raises(RecordError, match=r"record\.json does not say where the record comes from"):
        read_record(tmp_path)


def test_an_origin_with_a_misspelt_provenance(record: Record, tmp_path: Path) -> None:
    write_record(record, tmp_path)
    about = record.about.as_dict() | {"provenance": "rehersal"}
    (tmp_path / "record.json").write_text(json.dumps(about))
    with pytest.raises(RecordError, match=r'provenance of a record cannot be "rehersal"; write'):
        read_record(tmp_path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ae.csv", b""),
        ("ae.csv", b"STUDYID,DOMAIN\nS,AE,1\n"),
        ("ae.csv", "STUDYID,AETERM\nS,Fieber über\n".encode("latin-1")),
        ("ae.csv", b'STUDYID,AETERM\nS,"open\n'),
        ("ae.parquet", b""),
        ("ae.parquet", b"not a table at all"),
    ],
)
def test_a_damaged_table(name: str, content: bytes, record: Record, tmp_path: Path) -> None:
    write_record(Record(About("S"), {"DM": record["DM"]}), tmp_path, form="csv")
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileError, match=rf"{name} cannot be read as \w+: .*; export it again\.$"):
        read_record(tmp_path)


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_a_table_that_was_cut_off(keep: float, record: Record, tmp_path: Path) -> None:
    write_record(record, tmp_path)
    whole = (tmp_path / "ae.parquet").read_bytes()
    (tmp_path / "ae.parquet").write_bytes(whole[: int(keep * len(whole))])
    with pytest.raises(FileError, match=r"ae\.parquet cannot be read as parquet"):
        read_record(tmp_path)


def test_defects_of_a_file_have_their_rows(record: Record, tmp_path: Path) -> None:
    write_record(record, tmp_path, form="csv")
    with (tmp_path / "ae.csv").open("a") as stream:
        stream.write("S,AE,P1,2,2,Fever,Fever,,,9,,,,,,,2026-02-30,\n")
    with pytest.raises(RecordError) as refused:
        read_record(tmp_path)
    assert refused.value.defects == (
        'AE row 2 (P1): AETOXGR "9" is not one of 1, 2, 3, 4, 5',
        'AE row 2 (P1): AESTDTC "2026-02-30" is not a day of the calendar',
    )


def test_folders_that_hold_no_record(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="There is no folder"):
        read_record(tmp_path / "nowhere")
    with pytest.raises(FileError, match=r"holds no table of a record; expected files such as dm"):
        read_record(tmp_path)


def test_text_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes("title: Übung".encode("latin-1"))
    with pytest.raises(FileError, match=r"latin.yaml is not UTF-8 text \(byte 7\); save it as"):
        read_text(tmp_path / "latin.yaml")
    with pytest.raises(FileError, match="cannot be read: Is a directory"):
        read_text(tmp_path)
    (tmp_path / "bom.yaml").write_bytes(b"\xef\xbb\xbftitle: A")
    assert read_text(tmp_path / "bom.yaml") == "title: A"


def test_what_cannot_be_written_leaves_nothing_behind(record: Record, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FileError, match="cannot be written"):
        write_record(record, tmp_path / "file")
    with pytest.raises(FileError, match="cannot be written"):
        write_tables({"adsl": pl.DataFrame({"a": [1]})}, tmp_path / "file")
    (tmp_path / "page.html").mkdir()
    (tmp_path / "page.html" / "x").write_text("")
    with pytest.raises(FileError, match=r"page\.html cannot be written"):
        write_text(tmp_path / "page.html", "text")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "page.html"]


def test_json_is_plain(tmp_path: Path) -> None:
    write_json(tmp_path / "deep" / "a.json", {"on": datetime(2026, 3, 9, tzinfo=UTC), "µ": None})
    found = json.loads((tmp_path / "deep" / "a.json").read_text(encoding="utf-8"))
    assert found == {"on": "2026-03-09 00:00:00+00:00", "µ": None}


def test_csv_values_stay_text_until_the_record_types_them(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("A,B\n007,\n1e3,x\n")
    assert read_table(tmp_path / "t.csv").rows() == [("007", None), ("1e3", "x")]


def test_a_protocol_is_found_in_its_folder_with_its_rehearsal(tmp_path: Path) -> None:
    (tmp_path / "protocol.yaml").write_text(EXAMPLE)
    (tmp_path / "scenarios.yaml").write_text(REHEARSAL)
    plan = read_protocol(tmp_path).plan
    assert plan is not None
    assert plan == read_protocol(tmp_path / "protocol.yaml").plan
    for path in (tmp_path, tmp_path / "protocol.yaml", tmp_path / "scenarios.yaml"):
        parsed = read_rehearsal(path, protocol=plan)
        assert parsed is not None
        assert parsed.is_sound


def test_a_protocol_of_another_name_is_not_taken_for_its_rehearsal(tmp_path: Path) -> None:
    (tmp_path / "trial.yaml").write_text(EXAMPLE)
    plan = read_protocol(tmp_path / "trial.yaml").plan
    assert plan is not None
    assert read_rehearsal(tmp_path / "trial.yaml", protocol=plan) is None
    assert read_rehearsal(Path("-"), protocol=plan) is None
    (tmp_path / "scenarios.yaml").write_text(REHEARSAL)
    parsed = read_rehearsal(tmp_path / "trial.yaml", protocol=plan)
    assert parsed is not None
    assert parsed.is_sound


def test_findings_name_the_file(tmp_path: Path) -> None:
    (tmp_path / "protocol.yaml").write_text(EXAMPLE)
    plan = parse_protocol(EXAMPLE).plan
    assert plan is not None
    (tmp_path / "scenarios.yaml").write_text(REHEARSAL.replace("0.05, 0.10, 0.20", "0.05"))
    parsed = read_rehearsal(tmp_path, protocol=plan)
    assert parsed is not None
    (finding,) = parsed.findings
    assert finding.file == str(tmp_path / "scenarios.yaml")
    assert "1 probabilities of toxicity, and the protocol has 3 dose levels" in finding.message
