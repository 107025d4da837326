"""The figure of virtual patients: every arm is found by every eye, and nothing is made up."""

import itertools
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from protocyte.analysis.contrast import Contrast, PatientArm
from protocyte.report.document import Paragraph, Table
from protocyte.report.figure import render_png, render_svg
from protocyte.report.population import render_contrast
from protocyte.report.population_figure import ARM_COLOURS, render_contrast_figure
from protocyte.report.population_table import render_contrast_tables

CRS, DLT = "CRS of grade 3 or more", "Dose-limiting toxicity"

#: Machado GM, Oliveira MM, Fernandes LAF. IEEE Trans Vis Comput Graph 2009;15:1291-1298, table 1,
#: severity 1.0: what readers with one kind of cone missing see, in linear RGB.
SEEN = {
    "all cones": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def linear(colour: str) -> NDArray[np.float64]:
    """Give linear RGB (IEC 61966-2-1)."""
    c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.asarray(np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4))


def lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give CIE L*a*b*, in which distances go with what is seen."""
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    x = to_xyz @ np.clip(rgb, 0, 1) / np.array([0.95047, 1, 1.08883])
    f = np.where(x > 0.008856, np.cbrt(x), 7.787 * x + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def make_arm(label: str, *, dlt: bool = True, last: float = 20.0, **changes: Any) -> PatientArm:
    days = np.arange(0.0, 366.0, 7.0)
    course = np.outer([0.1, 0.5, 1.0, 2.0, 10.0], np.exp(-days / 10))
    events = {CRS: np.array([True, False, False, False])}
    if dlt:
        events[DLT] = np.array([True, True, False, False])
    values: dict[str, Any] = {
        "label": label,
        "disease": "AML",
        "lymphodepletion": "standard",
        "expansion": "gated",
        "switches": (("B2M deleted", "hides"), (label, "is an arm")),
        "own_cells": False,
        "seen_per_ul": 0.1,
        "days": days,
        "bands": dict.fromkeys(("car", "host_t", "host_nk", "target"), course),
        "events": events,
        "numbers": {"Peak [cells/µL]": np.array([1.0, 2.0, 3.0, 4.0])},
        "last_seen": np.array([0.0, last, last, last]),
        "solved": np.full(4, True),
    }
    return PatientArm(**(values | changes))


def lines(data: Any) -> list[str]:
    """Give every text inside a specification."""
    if isinstance(data, dict):
        return [text for value in data.values() for text in lines(value)]
    if isinstance(data, list):
        return [text for value in data for text in lines(value)]
    return [data] if isinstance(data, str) else []


@pytest.mark.parametrize("cones", SEEN)
def test_arms_are_told_apart_by_every_eye(cones: str) -> None:
    seen = [lab(SEEN[cones] @ linear(colour)) for colour in ARM_COLOURS]
    nearest = min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2))
    assert nearest > 20  # a difference of 2 is just seen side by side


@pytest.mark.parametrize("colour", ARM_COLOURS)
def test_names_in_colour_can_be_read(colour: str) -> None:
    """WCAG 2.2, criterion 1.4.11: graphics need a contrast of 3 with what is beside them."""
    brightness = linear(colour) @ [0.2126, 0.7152, 0.0722]
    assert 1.05 / (brightness + 0.05) >= 3


@pytest.mark.parametrize("count", [1, 2, 3, 5, 6])
def test_every_arm_has_a_panel_with_its_name_in_its_colour(count: int) -> None:
    arms = tuple(make_arm(f"arm {number}") for number in range(count))
    figure = render_contrast_figure(Contrast(arms))
    panels = [panel for row in figure["vconcat"][:-2] for panel in row["hconcat"]]
    assert [panel["title"]["text"] for panel in panels] == [arm.label for arm in arms]
    assert [panel["title"]["color"] for panel in panels] == list(ARM_COLOURS[:count])
    svg = render_svg(figure)
    assert all(f">{arm.label}</text>" in svg for arm in arms)
    assert "below detection" in svg


def test_what_a_protocol_does_not_define_is_said_not_drawn() -> None:
    contrast = Contrast((make_arm("with"), make_arm("without", dlt=False)))
    assert contrast.share(DLT, 1) is None
    assert "not defined" in " ".join(lines(render_contrast_figure(contrast)))
    (table,) = [b for b in render_contrast(contrast, n=4)[0].blocks if isinstance(b, Table)]
    assert ("Dose-limiting toxicity", "50.0 % ± 50.0", "not defined") in [
        row.cells for row in table.rows
    ]
    frame = render_contrast_tables(contrast)["outcomes"]
    assert frame.filter(arm="without", outcome=DLT)["share"].to_list() == [None]
    neither = Contrast((make_arm("without", dlt=False),))
    assert "DLT" not in lines(render_contrast_figure(neither))


def test_a_difference_needs_the_first_arm() -> None:
    contrast = Contrast((make_arm("without", dlt=False), make_arm("with")))
    found = contrast.share(DLT, 1)
    assert found is not None
    assert found.share == 0.5
    assert np.isnan(found.difference)


def test_differences_are_of_the_same_patients() -> None:
    """Three in four against one in four, where nobody is spared: the error is that of the pairs."""
    other = make_arm("other", events={CRS: np.array([True, True, True, False])})
    found = Contrast((make_arm("first"), other)).share(CRS, 1)
    assert found is not None
    assert (found.share, found.difference) == (0.75, 0.5)
    assert found.difference_error == pytest.approx(np.std([0, 1, 1, 0]) / 2)


def test_patients_who_could_not_be_solved_are_left_out_and_counted() -> None:
    unsolved = make_arm("other", solved=np.array([False, True, True, True]))
    contrast = Contrast((make_arm("first"), unsolved))
    found = contrast.share(CRS, 1)
    assert found is not None
    assert found.share == 0
    blocks = render_contrast(contrast, n=4)[0].blocks
    said = [block.text for block in blocks if isinstance(block, Paragraph)]
    assert any(text.startswith("1 course") for text in said)
    nobody = make_arm("nobody", solved=np.full(4, False))
    assert Contrast((nobody,)).share(CRS, 0) is None
    assert np.isnan(Contrast((nobody,)).spread("Peak [cells/µL]", 0)).all()


@pytest.mark.parametrize(("last", "span"), [(20.0, 56), (60.0, 84), (365.0, 365)])
def test_the_figure_is_as_long_as_the_cells_are_seen(last: float, span: float) -> None:
    text = str(render_contrast_figure(Contrast((make_arm("a", last=last),))))
    assert f"'domain': [0, {span}" in text
    assert ("square-root scale" in text) == (span == 365)


def test_a_year_is_as_long_as_anybody_was_followed() -> None:
    numbers = {"CAR-T cells last seen [d]": np.array([9.0, 365.0, 365.0, 365.0])}
    contrast = Contrast((make_arm("a", numbers=numbers),))
    (table,) = [b for b in render_contrast(contrast, n=4)[0].blocks if isinstance(b, Table)]
    assert table.rows[1].cells[1].startswith("≥ 365 (")


def test_words_are_marked_in_the_arms_that_have_them() -> None:
    contrast = Contrast((make_arm("one"), make_arm("two")))
    (table,) = render_contrast(contrast, n=4)[1].blocks
    assert isinstance(table, Table)
    marks = {row.cells[0]: row.cells[2:] for row in table.rows}
    assert marks == {"B2M deleted": ("●", "●"), "one": ("●", ""), "two": ("", "●")}


def test_a_picture_for_slides_is_on_white() -> None:
    png = render_png(render_contrast_figure(Contrast((make_arm("a"),))), scale=1)
    assert png.startswith(b"\x89PNG")
