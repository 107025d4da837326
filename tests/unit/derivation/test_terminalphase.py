"""Half-life: which samples make the line, and when there is none."""

import pytest

from protocyte.derivation.terminalphase import derive_terminal_phase


def test_tmax_itself_is_left_out_unless_asked_for() -> None:
    days, values = [10, 17, 24], [800.0, 400.0, 200.0]
    assert derive_terminal_phase(days, values).reason == (
        "2 quantifiable samples after Tmax, 3 are needed"
    )
    with_peak = derive_terminal_phase(days, values, tmax_included=True)
    assert with_peak.half_life == pytest.approx(7.0)
    assert (with_peak.first, with_peak.last, with_peak.points) == (10.0, 24.0, 3)


def test_equally_good_lines_take_most_points() -> None:
    phase = derive_terminal_phase([0, 7, 14, 21, 28], [1600.0, 800.0, 400.0, 200.0, 100.0])
    assert phase.points == 4
    assert phase.span == pytest.approx(3.0)
    assert phase.clast_predicted == pytest.approx(100.0)


def test_a_poor_fit_is_not_reported() -> None:
    days, values = [0, 7, 14, 21], [1000.0, 100.0, 210.0, 80.0]
    poor = derive_terminal_phase(days, values)
    assert poor.half_life is None
    assert poor.reason.endswith("is below 0.8")
    assert derive_terminal_phase(days, values, least_adjusted_r_squared=None).half_life is not None


def test_re_expansion_has_no_terminal_phase() -> None:
    days, values = [0, 7, 14, 21, 28], [9000.0, 100.0, 350.0, 200.0, 120.0]
    assert derive_terminal_phase(days, values).reason == (
        "re-expansion: a later value is 3.5 times an earlier one after Tmax"
    )
    assert derive_terminal_phase(days, values, reexpansion=3.5).half_life is not None


def test_a_rise_has_no_half_life() -> None:
    phase = derive_terminal_phase([0, 7, 14, 21], [900.0, 100.0, 110.0, 120.0])
    assert phase.reason == "the last samples do not fall"


def test_nothing_quantifiable() -> None:
    assert derive_terminal_phase([], []).reason == "no quantifiable sample"
