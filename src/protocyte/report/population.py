"""What becomes of virtual patients: the figure, outcomes by arm, what the words switched.

One law: an assumed number is shown as assumed wherever its result is shown.
"""

import math
from typing import Any, Final

from protocyte.analysis.contrast import Contrast, Share
from protocyte.kinetics.allogeneic.parameters import PARAMETERS
from protocyte.kinetics.parameter import ParameterTable
from protocyte.report.document import Figure, Paragraph, Row, Section, Table
from protocyte.report.population_figure import render_contrast_figure
from protocyte.report.word import MINUS, render_number

_LAST: Final = 365.0
_LEGEND = (
    "Bands: half of the patients, and 90 % of them; they differ as sourced or assumed, and what is "
    "not known about the typical patient is not in the bands. Other courses are medians; lines "
    "that coincide lie on each other. Dots: share of patients; their bars, where wider than the "
    "dot, are Monte Carlo intervals (95 %)."
)
_PUBLISHED = (
    "Kinetics of a single patient (peak, day of the peak, decline) are those of Stein 2019 "
    "(tisagenlecleucel, B-ALL), the competition of cells that of Kimmel 2021 (axicabtagene "
    "ciloleucel, LBCL)."
)


def render_contrast(
    contrast: Contrast, *, n: int, whole: bool = True, chart: Any = None
) -> tuple[Section, ...]:
    """Show arms in which the same virtual patients were followed.

    Parameters
    ----------
    contrast : Contrast
        The arms.
    n : int
        Number of patients in each.
    whole : bool
        Whether every word and every number of the model is listed, as a page does.
    chart : object, optional
        The figure, if it is drawn already.

    Returns
    -------
    tuple of Section
        Figure and outcomes; what the words switch; on a page, the numbers of the model.

    Examples
    --------
    >>> import numpy as np
    >>> from protocyte.analysis.contrast import PatientArm
    >>> arm = PatientArm("a", "AML", "standard", "gated", (), False, 0.1, np.array([0.0, 28.0]),
    ...     {name: np.ones((5, 2)) for name in ("car", "host_t", "host_nk", "target")},
    ...     {"CRS": np.array([True, False])}, {"Peak": np.array([1.0, 3.0])},
    ...     np.array([9.0, 40.0]), np.array([True, True]))
    >>> [section.title for section in render_contrast(Contrast((arm,)), n=2, whole=False)]
    ['Virtual patients', 'What the words switch']
    """
    names = tuple(arm.label for arm in contrast.arms)
    figure = Figure(
        "Cells and outcomes",
        chart or (lambda: render_contrast_figure(contrast)),
        f"Courses of CAR-T cells, host T and NK cells and target cells in {n:,} virtual "
        f"patients under {len(names)} arms: {', '.join(names)}.",
        (_LEGEND,),
    )
    outcomes = Section(
        "Virtual patients", (figure, _outcomes(contrast, names, n), *_warnings(contrast))
    )
    words = Section("What the words switch", (_words(contrast, names, whole=whole),))
    if not whole:
        return (outcomes, words)
    return (outcomes, words, Section("Numbers of the model", (_numbers(PARAMETERS),)))


def _outcomes(contrast: Contrast, names: tuple[str, ...], n: int) -> Table:
    """Table of outcomes by arm."""
    rows = [Row(("Cells", *("" for _ in names)), "group")]
    rows += [
        Row((name, *(_range(*contrast.spread(name, arm)) for arm in range(len(names)))))
        for name in contrast.arms[0].numbers
    ]
    rows.append(Row(("Patients", *("" for _ in names)), "group"))
    for name in contrast.events:
        found = [contrast.share(name, arm) for arm in range(len(names))]
        rows.append(Row((name, *(_said(one, first=not arm) for arm, one in enumerate(found)))))
    notes = ["Numbers: median (5 % to 95 % of the patients). Shares: ± two Monte Carlo errors."]
    if len(names) > 1:
        notes.append(
            f"In brackets the difference from “{names[0]}” in the same patients [percentage "
            "points], ± two Monte Carlo errors."
        )
    return Table(
        f"Outcomes of {n:,} virtual patients",
        ("", *names),
        tuple(rows),
        "l" + "r" * len(names),
        tuple(notes),
    )


def _range(low: float, middle: float, high: float) -> str:
    return f"{_followed(middle)} ({_followed(low)} to {_followed(high)})"


def _followed(value: float) -> str:
    """Write a number; nobody was followed for longer than a year."""
    return "≥ 365" if value == _LAST else render_number(value)


def _said(found: Share | None, *, first: bool) -> str:
    """Write a share and how far it is from that of the first arm."""
    if found is None:
        return "not defined"
    share = f"{100 * found.share:.1f} %"
    if first or math.isnan(found.difference):
        return f"{share} ± {200 * found.error:.1f}"
    if found.difference == 0 and found.difference_error == 0:
        return f"{share} (same)"
    apart = f"{100 * found.difference:+.1f}".replace("-", MINUS)
    return f"{share} ({apart} ± {200 * found.difference_error:.1f})"


def _words(contrast: Contrast, names: tuple[str, ...], *, whole: bool) -> Table:
    """Table of the words of the protocols, what each does, and in which arms."""
    heads = ("Word of the protocol", "What it does in the model")
    if not whole:
        rows = tuple(Row(pair) for pair in contrast.arms[0].switches)
        return Table(f"Words of the protocol: {names[0]}", heads, rows)
    pairs = dict.fromkeys(pair for arm in contrast.arms for pair in arm.switches)
    order = list(dict.fromkeys(word for word, _ in pairs))
    marked = [
        Row((*pair, *("●" if pair in arm.switches else "" for arm in contrast.arms)))
        for pair in sorted(pairs, key=lambda pair: order.index(pair[0]))
    ]
    return Table(
        "Words of the protocol, by arm", (*heads, *names), tuple(marked), "ll" + "c" * len(names)
    )


def _numbers(table: ParameterTable) -> Table:
    """Table of every number of the model that is not a published model's own."""
    rows = [
        Row(
            (
                one.meaning,
                one.printed,
                one.unit,
                "" if one.spread is None else " to ".join(one.spread.printed),
                one.status,
                one.source,
            )
        )
        for one in table
    ]
    return Table(
        "Typical values",
        ("Meaning", "Value", "Unit", "Range or quartiles", "Status", "Source or reason"),
        tuple(rows),
        "lrlrll",
        (_PUBLISHED,),
        folded=True,
    )


def _warnings(contrast: Contrast) -> list[Paragraph]:
    """Say what a reader might trust too much."""
    assumed = sum(one.status == "assumed" for one in PARAMETERS)
    notes = [
        Paragraph(
            f"{assumed} of {len(list(PARAMETERS))} numbers of this model are assumed: no source "
            "gives them. It compares designs of a product; it does not forecast a trial.",
            "warning",
        )
    ]
    if any(arm.expansion == "competition" for arm in contrast.arms):
        notes.append(
            Paragraph(
                "Competition with host cells was fitted to 6 host cells/µL at infusion; with the "
                "shallower lymphodepletion measured elsewhere it predicts almost no expansion.",
                "note",
            )
        )
    if any(arm.own_cells for arm in contrast.arms):
        notes.append(
            Paragraph("An autologous product: rejection and GvHD are off by definition.", "note")
        )
    diseases = list(dict.fromkeys(arm.disease for arm in contrast.arms))
    if len(diseases) > 1:
        notes.append(
            Paragraph(
                f"The diseases differ ({', '.join(diseases)}): so do the patients, and differences "
                "between the arms are not those of the products alone.",
                "warning",
            )
        )
    unsolved = sum(int((~arm.solved).sum()) for arm in contrast.arms)
    if unsolved:
        notes.append(
            Paragraph(
                f"{unsolved} course{'s' * (unsolved > 1)} could not be solved; left out.", "warning"
            )
        )
    return notes
