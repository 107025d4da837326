"""Numbers and limits as sources write them."""

import polars as pl
import pytest

from protocyte.exchange.notation import Notation


def numbers(notation: Notation, *texts: str | None) -> list[float | None]:
    frame = pl.DataFrame({"text": list(texts)}, schema={"text": pl.String})
    return frame.select(notation.numbers(pl.col("text")))["text"].to_list()


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", 1.0), ("-2.50", -2.5), (".5", 0.5), ("3.", 3.0), ("1e3", 1000.0), ("+4E-2", 0.04)],
)
def test_number(text: str, number: float) -> None:
    assert numbers(Notation(), text) == [number]


@pytest.mark.parametrize(
    "text", ["", "1,5", "1.5 mg", "1 200", "inf", "nan", "1e999", "0x1", "--1", "1.2.3", "٣"]
)
def test_text_that_is_not_wholly_a_number_is_none(text: str) -> None:
    assert numbers(Notation(), text) == [None]


def test_decimal_comma() -> None:
    assert numbers(Notation(","), "1,5", "1.5", "1.000,5", "7") == [1.5, None, None, 7.0]


@pytest.mark.parametrize(
    ("text", "sign", "limit"),
    [
        ("<50", "<", 50.0),
        ("< 0.5", "<", 0.5),
        ("≤3", "<=", 3.0),
        ("<=3", "<=", 3.0),
        (">1e3", ">", 1000.0),
        ("≥ 7", ">=", 7.0),
        ("<", None, None),
        ("<low", None, None),
        ("50", None, None),
        ("<<5", None, None),
    ],
)
def test_result_beyond_a_limit(text: str, sign: str | None, limit: float | None) -> None:
    frame = pl.DataFrame({"text": [text]})
    found = frame.select(
        Notation().signs(pl.col("text")).alias("sign"),
        Notation().limits(pl.col("text")).alias("limit"),
    )
    assert found.row(0) == (sign, limit)


def test_written_number_is_as_short_as_its_value() -> None:
    frame = pl.DataFrame({"n": [421.0, 0.29448, -3.0, 0.0]})
    written = frame.select(Notation.written(pl.col("n")))["n"].to_list()
    assert written == ["421", "0.29448", "-3", "0"]
