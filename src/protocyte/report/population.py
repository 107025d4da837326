"""What becomes of virtual patients: the figure, outcomes by arm, what the words switched.

One law: an assumed number is shown as assumed wherever its result is shown.
"""

from protocyte.analysis.contrast import Contrast, Share
from protocyte.kinetics.allogeneic.parameters import PARAMETERS
from protocyte.kinetics.parameter import ParameterTable
from protocyte.report.document import Block, Figure, Paragraph, Row, Section, Table
from protocyte.report.population_figure import render_contrast_figure
from protocyte.report.word import render_number

_SMALL = 0.0005
_LEGEND = (
    "Line: median. Band: the middle half of the patients, who differ as sourced or assumed; what "
    "is not known about the typical patient is not in it. Dots: share of patients, with the Monte "
    "Carlo interval."
)
_ERRORS = "[percentage points], with two Monte Carlo standard errors"
_PUBLISHED = (
    "Kinetics of a single patient (peak, day of the peak, decline) are those of Stein 2019 "
    "(tisagenlecleucel, B-ALL), the competition of cells that of Kimmel 2021 (axicabtagene "
    "ciloleucel, LBCL)."
)


def render_contrast(contrast: Contrast, *, n: int, whole: bool = True) -> Section:
    """Show arms in which the same virtual patients were followed.

    Parameters
    ----------
    contrast : Contrast
        The arms.
    n : int
        Number of patients in each.
    whole : bool
        Whether every number of the model is listed, as a page does.

    Returns
    -------
    Section
        Figure, tables and notes.
    """
    names = tuple(arm.label for arm in contrast.arms)
    blocks: list[Block] = [
        Figure(
            "Cells and outcomes",
            lambda: render_contrast_figure(contrast),
            f"Courses of CAR-T cells, host T and NK cells and target cells in {n:,} virtual "
            f"patients under {len(names)} arms: {', '.join(names)}.",
            (_LEGEND,),
        ),
        _outcomes(contrast, names, n),
        *(_switched(contrast, number) for number in range(len(names) if whole else 1)),
        *_warnings(contrast),
    ]
    if whole:
        blocks.append(_numbers(PARAMETERS))
    return Section("Virtual patients", tuple(blocks))


def _outcomes(contrast: Contrast, names: tuple[str, ...], n: int) -> Table:
    """Table of outcomes by arm."""
    rows = [Row(("Cells", *("" for _ in names)), "group")]
    rows += [
        Row((name, *(_range(*contrast.spread(name, arm)) for arm in range(len(names)))))
        for name in contrast.arms[0].numbers
    ]
    rows.append(Row(("Patients", *("" for _ in names)), "group"))
    for name in contrast.arms[0].events:
        found = [contrast.share(name, arm) for arm in range(len(names))]
        rows.append(Row((name, *(_said(one, first=not arm) for arm, one in enumerate(found)))))
    return Table(
        f"Outcomes of {n:,} virtual patients",
        ("", *names),
        tuple(rows),
        "l" + "r" * len(names),
        (
            "Numbers: median (5 % to 95 % of the patients).",
            f"Shares: in brackets the difference from “{names[0]}” in the same patients {_ERRORS}.",
        ),
    )


def _range(low: float, middle: float, high: float) -> str:
    return f"{render_number(middle)} ({render_number(low)} to {render_number(high)})"


def _said(found: Share, *, first: bool) -> str:
    share = f"{100 * found.share:.1f} %"
    if first:
        return share
    if abs(found.difference) < _SMALL and found.difference_error < _SMALL:
        return f"{share} (same)"
    return f"{share} ({100 * found.difference:+.1f} ± {200 * found.difference_error:.1f})"


def _switched(contrast: Contrast, number: int) -> Table:
    """Table of the words of an arm's protocol and what each does."""
    arm = contrast.arms[number]
    return Table(
        f"What the words switch: {arm.label}",
        ("Word of the protocol", "What it does in the model"),
        tuple(Row(pair) for pair in arm.switches),
        folded=number > 0,
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
        "Numbers of the model",
        ("Meaning", "Value", "Unit", "Range or quartiles", "Status", "Source or reason"),
        tuple(rows),
        "lrlll",
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
    unsolved = sum(int((~arm.solved).sum()) for arm in contrast.arms)
    if unsolved:
        notes.append(
            Paragraph(f"{unsolved} courses could not be solved and are left out.", "warning")
        )
    return notes
