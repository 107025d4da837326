"""Quantities keep their unit, and what is not one is told with an example of what is."""

from collections.abc import Callable

import pytest

from protocyte.protocol.quantity import CellDose, Days, Window


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("3e6 cells/kg", "3e6 cells/kg"),
        ("3E6 cells/kg", "3e6 cells/kg"),
        ("3000000 cells/kg", "3e6 cells/kg"),
        ("0.5e6 cells/kg", "5e5 cells/kg"),
        ("9e8 cells", "9e8 cells"),
        ("  9e+8   cells ", "9e8 cells"),
        ("2 cells/g", "2e3 cells/kg"),
        ("1.25e7 cells", "1.25e7 cells"),
    ],
)
def test_doses_of_cells(text: str, shown: str) -> None:
    dose = CellDose.read(text)
    assert str(dose) == shown
    assert CellDose.read(str(dose)) == dose


@pytest.mark.parametrize(
    "text", ["3e6", "3e6 /kg", "1 %", "3e6 kg", "cells", "-3e6 cells", "3 copies/ug", "3 dB", ""]
)
def test_what_is_not_a_dose_of_cells(text: str) -> None:
    with pytest.raises(ValueError, match="is not a dose of cells; write a number and"):
        CellDose.read(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0 cells", '"0 cells" is not a dose; write more than 0 cells'),
        ("3 cells/L", "measure different things"),
        ("3 cells/kg/kg", "measure different things"),
        ("3 {CAR-T cells}", "is not a unit"),
    ],
)
def test_doses_that_contradict_themselves(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CellDose.read(text)


def test_cells_for_a_weight() -> None:
    assert CellDose.read("3e6 cells/kg").cells_for(70.0) == 2.1e8
    assert CellDose.read("9e8 cells").cells_for(70.0) == 9e8


@pytest.mark.parametrize(
    ("value", "days"),
    [("-5..-3", Days(-5, -3)), (" -1 .. 2 ", Days(-1, 2)), (0, Days(0, 0)), ("7..7", Days(7, 7))],
)
def test_spans_of_days(value: object, days: Days) -> None:
    assert Days.read(value) == days
    assert Days.read(str(days) if days.first != days.last else days.first) == days


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("-3..-5", '"-3..-5" ends before it begins; write -5..-3'),
        ("-5 to -3", '"-5 to -3" is not a span of days; write for instance -5..-3, or 0'),
        (1.5, "is not a span of days"),
        (True, "is not a span of days"),
        (None, "is not a span of days"),
    ],
)
def test_what_is_not_a_span(value: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Days.read(value)


@pytest.mark.parametrize(
    ("text", "window", "shown"),
    [
        ("2 days", Window(2, 2), "2 days"),
        ("1 day", Window(1, 1), "1 day"),
        ("1 week", Window(7, 7), "7 days"),
        ("-1..3 days", Window(1, 3), "-1..3 days"),
        ("-1..+3 days", Window(1, 3), "-1..3 days"),
        ("0..3 days", Window(0, 3), "-0..3 days"),
    ],
)
def test_visit_windows(text: str, window: Window, shown: str) -> None:
    assert Window.read(text) == window
    assert str(window) == shown
    assert Window.read(str(window)) == window


@pytest.mark.parametrize(
    "text", ["2", "±2 days", "1..3 days", "-3..-1 days", "1 month", "12 hours"]
)
def test_what_is_not_a_window(text: str) -> None:
    with pytest.raises(ValueError, match="is not a visit window; write for instance"):
        Window.read(text)


@pytest.mark.parametrize(
    ("read", "value"),
    [(Days.read, Days(0, 1)), (Window.read, Window(1, 1)), (CellDose.read, CellDose(1.0, False))],
)
def test_what_is_read_already_stays(read: Callable[[object], object], value: object) -> None:
    assert read(value) is value
