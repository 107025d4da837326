"""One assumption varied: what designs do at each accrual rate, or at each correlation.

One law: the same virtual patients come at every value, so that differences are the value's doing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from protocyte.design import Characteristics
from protocyte.design.comparison import Compared, Comparison
from protocyte.design.state import Floats
from protocyte.report.calendar import render_conventions
from protocyte.report.document import Block, Figure, Paragraph, Row, Section, Table
from protocyte.report.varied_figure import render_curves
from protocyte.report.word import MINUS, render_number, render_percent

_MONTH: Final = 365.25 / 12
_RIGHT: Final = "Probability of selecting what should be found [%]"
_DETAILS: Final = {
    "waiting": "Waiting [d]",
    "closed": "No place [d]",
    "idle": "Nobody there [d]",
    "enrolled": "Enrolled",
    "infusions": "Infusions",
}
_NOTES: Final = (
    "SD: of the months, between trials.",
    "Waiting: from asking for a place to enrolment, a participant.",
    "No place: days on which nobody could be enrolled.",
    "Nobody there: days on which a place was free and nobody came.",
)
#: Rows of a table: scenario, then design, then a text for each value.
_Lines = Mapping[str, Mapping[str, Sequence[str]]]


def render_accrual(
    found: Mapping[str, Mapping[str, Characteristics]],
    *,
    per_month: Mapping[str, float],
    conventions: Mapping[str, Any],
    best: Sequence[int | None],
    left_out: Mapping[str, str],
) -> Section:
    """Show what designs take in calendar time at several accrual rates.

    Parameters
    ----------
    found : mapping of str to mapping of str to Characteristics
        By rate as it was written, then by the name of the design.
    per_month : mapping of str to float
        Patients who consent, of each rate [1/month].
    conventions : mapping of str to object
        What the calendar assumes beside the rate.
    best : sequence of int or None
        Dose level that every design should find in each scenario; 0 if none, None if unknown.
    left_out : mapping of str to str
        Designs that could not be run in time, with the reason.

    Returns
    -------
    Section
        Tables and figures, a column or a point for each rate.

    Examples
    --------
    >>> render_accrual({"1/month": {}}, per_month={"1/month": 1.0}, conventions={}, best=(),
    ...                left_out={"BOIN": "no window"}).title
    'Sensitivity to accrual'
    """
    title, first = "Sensitivity to accrual", next(iter(found.values()))
    if not first:
        reasons = "; ".join(f"{name}: {why}" for name, why in left_out.items())
        return Section(title, (Paragraph(f"No design was run. {reasons}"),))
    one = next(iter(first.values()))
    xs = list(per_month.values())
    months = {
        name: [at[name].calendar["duration"] / _MONTH for at in found.values()] for name in first
    }
    blocks: list[Block] = [
        Paragraph(
            f"Simulated: {one.trials:,} trials a scenario and rate, the same virtual patients for "
            "every design, scenario and rate. A rate counts patients who consent while a place is "
            "open; those who turn out not to be eligible are among them."
        ),
        _curves(
            "How long dose finding takes, by accrual",
            months,
            one,
            xs,
            axes=("Patients who consent a month", "Months"),
            designs=list(first),
        ),
        _by_value(
            "Months from the first arrival to the end of dose finding, by accrual",
            list(found),
            _lines(one, first, lambda name, s: [_months(at[name], s) for at in found.values()]),
            note="± Monte Carlo standard error.",
        ),
    ]
    blocks += _selections(found, xs, best)
    blocks += [_details(found, one), render_conventions(conventions)]
    if left_out:
        rows = tuple(Row((name, why)) for name, why in left_out.items())
        blocks.append(Table("Not run in calendar time", ("Design", "Because"), rows))
    return Section(title, tuple(blocks))


def _selections(
    found: Mapping[str, Mapping[str, Characteristics]],
    xs: list[float],
    best: Sequence[int | None],
) -> Iterator[Block]:
    """Show what is selected by those designs whose selections depend on accrual."""
    first = next(iter(found.values()))
    one = next(iter(first.values()))
    moved = [
        name
        for name, own in first.items()
        if any(not np.array_equal(at[name].selection, own.selection) for at in found.values())
    ]
    still = ", ".join(name for name in first if name not in moved)
    note = f"{still}: decided on complete outcomes, whatever the accrual, and so selected alike."
    if not moved or all(level is None for level in best):
        yield Paragraph(note if still else "No design names what should be found.", "note")
        return
    shares = {name: [_right(at[name], best) for at in found.values()] for name in moved}
    yield _curves(
        "What is selected, by accrual",
        {name: [100 * share for share in of] for name, of in shares.items()},
        one,
        xs,
        axes=("Patients who consent a month", "Right [%]"),
        designs=list(first),
    )
    yield _by_value(
        f"{_RIGHT}, by accrual",
        list(found),
        _lines(one, moved, lambda name, s: [_share(share[s]) for share in shares[name]]),
        note=f"Standard errors are at most {50 / (one.trials or 1) ** 0.5:.2g}."
        + (f" {note}" if still else ""),
    )


def _right(one: Characteristics, best: Sequence[int | None]) -> Floats:
    """Return the probability of selecting what should be found in each scenario [1]."""
    shares = [
        np.nan if level is None else one.selection[s, level - 1] if level else one.none[s]
        for s, level in enumerate(best)
    ]
    return np.array(shares, dtype=float)


def _months(one: Characteristics, s: int) -> str:
    mean, error = (of["duration"][s] / _MONTH for of in (one.calendar, one.errors))
    return f"{mean:.1f} ± {render_number(float(error), digits=1)}"


def _share(value: float) -> str:
    if np.isnan(value):
        return "–"
    return "0" if value == 0 else render_percent(float(value)).replace(" %", "")


def _details(found: Mapping[str, Mapping[str, Characteristics]], one: Characteristics) -> Table:
    heads = ("Design", "Accrual", "SD", "Treated", *_DETAILS.values())
    rows: list[Row] = []
    for s, truth in enumerate(one.scenarios):
        rows.append(Row((truth.name, *("",) * (len(heads) - 1)), "group"))
        for name in next(iter(found.values())):
            for rate, at in found.items():
                means = at[name].calendar
                rows.append(
                    Row(
                        (
                            name,
                            rate,
                            f"{means['duration_sd'][s] / _MONTH:.1f}",
                            render_number(float(at[name].total[s])),
                            *(render_number(float(means[key][s])) for key in _DETAILS),
                        )
                    )
                )
    return Table(
        "What dose finding uses at each rate",
        heads,
        tuple(rows),
        align="ll" + "r" * (len(heads) - 2),
        footnotes=_NOTES,
        folded=True,
    )


def render_correlation(found: Mapping[float, Comparison]) -> Section:
    """Show what designs do at several correlations of toxicity and response.

    Parameters
    ----------
    found : mapping of float to Comparison
        By the correlation of the normal numbers behind both events [1].

    Returns
    -------
    Section
        Tables and a figure, a column or a point for each correlation.

    Examples
    --------
    >>> from protocyte.design.comparison import Yardstick
    >>> empty = Comparison((), Yardstick("", None, (), None), (), ())
    >>> render_correlation({0.0: empty, 0.5: empty}).title
    'Sensitivity to the correlation of toxicity and response'
    """
    title = "Sensitivity to the correlation of toxicity and response"
    first, values = (
        next(iter(found.values())),
        [f"{value:g}".replace("-", MINUS) for value in found],
    )
    by_name = {
        one.candidate.label: [_same(comparison, one) for comparison in found.values()]
        for one in first.designs
        if all(_find(comparison, one) for comparison in found.values())
    }
    moved = [
        name
        for name, of in by_name.items()
        if any(not np.allclose(x.found.selection, of[0].found.selection, atol=1e-9) for x in of)
    ]
    blocks: list[Block] = [
        Paragraph(
            "Toxicity and response of one participant are linked by a Gaussian copula; how "
            "probable each of them is stays the same."
        )
    ]
    still = ", ".join(name for name in by_name if name not in moved)
    if still:
        text = (
            f"{still}: the same at every correlation, because the two are never looked at together."
        )
        blocks.append(Paragraph(text, "note"))
    if moved:
        blocks += _linked(found, {name: by_name[name] for name in moved}, values)
    blocks += [
        Table(
            "Left out",
            ("Design", "Because"),
            tuple(Row((candidate.label, candidate.missing)) for candidate in first.left_out),
        )
    ] * bool(first.left_out)
    return Section(title, tuple(blocks))


def _find(comparison: Comparison, one: Compared) -> Compared | None:
    label = one.candidate.label
    return next((c for c in comparison.designs if c.candidate.label == label), None)


def _same(comparison: Comparison, one: Compared) -> Compared:
    """Return a design of one comparison as another has it."""
    return _find(comparison, one) or one


def _linked(
    found: Mapping[float, Comparison], designs: Mapping[str, list[Compared]], values: list[str]
) -> Iterator[Block]:
    comparisons = list(found.values())
    one = next(iter(designs.values()))[0].found

    def by(measure: Callable[[Comparison, Compared], Any]) -> dict[str, list[Any]]:
        return {
            name: [measure(c, compared) for c, compared in zip(comparisons, of, strict=True)]
            for name, of in designs.items()
        }

    how = "All exact." if all(c.found.exact for of in designs.values() for c in of) else _near(one)
    if any(level is not None for level in comparisons[0].yardstick.best):
        right = by(Comparison.correct)
        yield _curves(
            "What is selected, by correlation",
            {name: [100 * share for share in of] for name, of in right.items()},
            one,
            list(found),
            axes=("Correlation", "Right [%]"),
            designs=[c.candidate.label for c in comparisons[0].designs],
            log=False,
        )
        yield _by_value(
            f"{_RIGHT}, by correlation",
            values,
            _lines(one, designs, lambda name, s: [_share(share[s]) for share in right[name]]),
            note=how,
        )
    worth = by(Comparison.utility)
    if all(u is not None for of in worth.values() for u in of):
        yield _by_value(
            "Expected true utility of the selected dose, by correlation",
            values,
            _lines(one, designs, lambda name, s: [render_number(float(u[s])) for u in worth[name]]),
            note="0 if none is selected. The correlation may change the utility of a dose itself.",
        )
    yield _by_value(
        "Expected participants, by correlation",
        values,
        _lines(
            one,
            designs,
            lambda name, s: [render_number(float(c.found.total[s])) for c in designs[name]],
        ),
    )


def _near(one: Characteristics) -> str:
    return (
        f"Where it is not exact, the standard error of a probability is at most "
        f"{50 / (one.trials or 10_000) ** 0.5:.2g}."
    )


def _lines(
    one: Characteristics,
    designs: Sequence[str] | Mapping[str, Any],
    cells: Callable[[str, int], list[str]],
) -> dict[str, dict[str, list[str]]]:
    return {
        truth.name: {name: cells(name, s) for name in designs}
        for s, truth in enumerate(one.scenarios)
    }


def _by_value(title: str, values: list[str], lines: _Lines, *, note: str = "") -> Table:
    """Lay out a row for each scenario and design, a column for each value."""
    rows: list[Row] = []
    alone = all(len(of) == 1 for of in lines.values())
    for scenario, of in lines.items():
        if not alone:
            rows.append(Row((scenario, *("",) * len(values)), "group"))
        rows += [Row((scenario if alone else name, *cells)) for name, cells in of.items()]
    names = next(iter(lines.values()))
    return Table(
        f"{title}: {next(iter(names))}" if alone else title,
        ("Scenario" if alone else "Design", *values),
        tuple(rows),
        align="l" + "r" * len(values),
        footnotes=(note,) if note else (),
    )


def _curves(
    title: str,
    series: Mapping[str, Sequence[Any]],
    one: Characteristics,
    xs: Sequence[float],
    *,
    axes: tuple[str, str],
    designs: Sequence[str],
    log: bool = True,
) -> Figure:
    rows = [
        {"scenario": truth.name, "design": name, "x": x, "y": float(of[s])}
        for name, at in series.items()
        for x, of in zip(xs, at, strict=True)
        for s, truth in enumerate(one.scenarios)
        if not np.isnan(of[s])
    ]
    return render_curves(title, rows, axes=axes, designs=designs, log=log)
