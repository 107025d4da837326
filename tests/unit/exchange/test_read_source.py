"""Somebody's CSV from the disk: text stays text, and odd files say what is odd."""

from pathlib import Path

import pytest

from protocyte.errors import FileError
from protocyte.files import read_source


def written(folder: Path, content: bytes) -> Path:
    (folder / "t.csv").write_bytes(content)
    return folder / "t.csv"


@pytest.mark.parametrize(
    ("content", "options", "expected"),
    [
        (b"id,v\n007,1.50\n", {}, {"id": ["007"], "v": ["1.50"]}),
        (b"\xef\xbb\xbfid,v\r\n1,\r\n", {}, {"id": ["1"], "v": [None]}),
        (
            "id;größe\n1;1,5\n".encode("windows-1252"),
            {"encoding": "windows-1252", "separator": ";"},
            {"id": ["1"], "größe": ["1,5"]},
        ),
        ("id,v\n1,2\n".encode("utf-16"), {"encoding": "utf-16"}, {"id": ["1"], "v": ["2"]}),
        (b'id,v\n1,"a, ""b""\nc"\n', {}, {"id": ["1"], "v": ['a, "b"\nc']}),
        (b"id\tv\n1\t2\n", {"separator": "\t"}, {"id": ["1"], "v": ["2"]}),
        (b"id,v\n", {}, {"id": [], "v": []}),
    ],
)
def test_text_stays_text(
    tmp_path: Path,
    content: bytes,
    options: dict[str, str],
    expected: dict[str, list[str | None]],
) -> None:
    table = read_source(written(tmp_path, content), **options)
    assert table.to_dict(as_series=False) == expected


@pytest.mark.parametrize(
    ("content", "options", "problem"),
    [
        (b"", {}, "is empty; a table begins with the names of its columns"),
        (b"id,v,id\n1,2,3\n", {}, "names the column id twice"),
        (b"id,v\n1,2\n3\n", {}, "row 2 has 1 values and the header has 2"),
        (b"id,v\n1,2,3\n", {}, "row 1 has 3 values and the header has 2"),
        (b'id,v\n"1,2\n3,4\n', {}, "row 1 has 1 values and the header has 2"),
        (b"gr\xf6\xdfe\n1\n", {}, "is not utf-8 text .*; say its encoding, such as windows-1252"),
        (b"id\n1\n", {"encoding": "klingon"}, '"klingon" is not an encoding'),
    ],
)
def test_odd_file_says_what_is_odd(
    tmp_path: Path, content: bytes, options: dict[str, str], problem: str
) -> None:
    with pytest.raises(FileError, match=problem):
        read_source(written(tmp_path, content), **options)


def test_parquet_becomes_text(tmp_path: Path) -> None:
    import polars as pl

    pl.DataFrame({"id": [1], "v": [1.5]}).write_parquet(tmp_path / "t.parquet")
    table = read_source(tmp_path / "t.parquet")
    assert table.to_dict(as_series=False) == {"id": ["1"], "v": ["1.5"]}
