"""Designs over many random truths: means with their errors, spread, differences truth by truth.

One law: where a number is a mean over truths, its standard error stands beside it.
"""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from protocyte.design.averages import QUANTILES, Average, Averages
from protocyte.report.averages_figure import render_pairs, render_spread
from protocyte.report.csv import render_csv
from protocyte.report.document import Block, Figure, Paragraph, Row, Section, Table
from protocyte.report.word import MINUS, render_number, render_percent

#: What each measure is called, and whether it is a share, printed in percent.
HEADS: Final[dict[str, tuple[str, bool]]] = {
    "right": ("Right", True),
    "right_if_any": ("Right, if any", True),
    "too_high": ("Too high", True),
    "too_low": ("Too low", True),
    "none": ("None", True),
    "at_right": ("At right dose", True),
    "above_target": ("Above target", True),
    "overdosing": ("> 60 %", True),
    "early": ("Early", True),
    "participants": ("N", False),
    "dlts": ("DLTs", False),
    "utility": ("Utility", False),
}
_SAID: Final[dict[str, str]] = {
    "right": "Right: probability of selecting what should be found",
    "right_if_any": "Right, if any: the same in truths where some level should be found",
    "too_high": "Too high, too low: of selecting a higher, a lower level",
    "none": "None: of selecting none although one should be found",
    "at_right": "At right dose: expected share of participants at the dose that should be found",
    "above_target": "Above target: at doses whose DLT probability exceeds it",
    "overdosing": "> 60 %: probability that more than 60 % of the planned participants are",
    "early": "Early: of stopping with fewer than planned",
    "participants": "N, DLTs: expected numbers",
    "utility": "Utility: expected true utility of the selected dose, 0 if none is selected",
}
#: Standard errors below this round to nothing [1].
_LEAST: Final = 0.0005
_PAIRED: Final = (
    "right",
    "right_if_any",
    "too_high",
    "at_right",
    "above_target",
    "participants",
    "utility",
)


def render_averages(found: Averages, *, drawn: str) -> Section:
    """Show what designs do over many truths.

    Parameters
    ----------
    found : Averages
        The designs before the truths.
    drawn : str
        How the truths were drawn, as the end of a sentence.

    Returns
    -------
    Section
        Tables and figures.

    Examples
    --------
    >>> from protocyte.design import BOIN, Scenario, find_characteristics
    >>> from protocyte.design.averages import find_averages
    >>> from protocyte.design.candidate import Candidate
    >>> from protocyte.design.comparison import Compared, Comparison, find_yardstick
    >>> truths = (Scenario((0.1, 0.3)), Scenario((0.3, 0.5)))
    >>> own = Candidate("BOIN", BOIN(target=0.3, n_doses=2, cohorts=4))
    >>> met = Compared(own, find_characteristics(own.design, truths))
    >>> found = find_averages(Comparison(truths, find_yardstick([own], truths), (met,), ()))
    >>> render_averages(found, drawn="two chosen ones").title
    'Over many truths'
    """
    blocks: list[Block] = [Paragraph(_introduction(found, drawn))]
    if found.designs:
        blocks += [_overview(found), *_figures(found)]
        if len(found.designs) > 1:
            blocks.append(_gaps(found))
        if "right" in found.measures:
            blocks.append(_by_level(found))
        blocks += [_spread(found), _settings(found)]
    left_out = found.comparison.left_out
    if left_out:
        rows = tuple(Row((candidate.label, candidate.missing)) for candidate in left_out)
        blocks.append(Table("Left out", ("Design", "Because"), rows))
    return Section("Over many truths", tuple(blocks))


def render_averages_rows(found: Averages) -> str:
    r"""Write every measure of every design in every truth as CSV.

    Parameters
    ----------
    found : Averages
        The designs before the truths.

    Returns
    -------
    str
        A line for each design and truth; shares as numbers between 0 and 1.

    Examples
    --------
    >>> from protocyte.design.comparison import Comparison, Yardstick
    >>> empty = Averages(Comparison((), Yardstick("", None, (), None), (), ()), {})
    >>> render_averages_rows(empty)
    'design,truth,best,toxicity,response\n'
    """
    best = found.comparison.yardstick.best

    def rows() -> Iterator[list[Any]]:
        for design in found.designs:
            for t, truth in enumerate(found.comparison.scenarios):
                values = (found.values[design].get(m) for m in found.measures)
                yield [
                    design,
                    t + 1,
                    best[t],
                    _listed(truth.tox),
                    _listed(truth.eff),
                    *(None if v is None or np.isnan(v[t]) else float(v[t]) for v in values),
                ]

    return render_csv(("design", "truth", "best", "toxicity", "response", *found.measures), rows())


def _listed(chances: tuple[float, ...] | None) -> str | None:
    return None if chances is None else " ".join(f"{p:.6g}" for p in chances)


def _introduction(found: Averages, drawn: str) -> str:
    rule, number = found.comparison.yardstick, len(found.comparison.scenarios)
    aim = (
        f" All designs are judged by the aim of {rule.label}."
        if rule.label
        else ""
        if rule.target is None
        else f" All designs are judged by a DLT probability of {rule.target:g}."
    )
    return (
        f"{number:,} truths that nobody chose, drawn by {drawn}. They show how designs do on the "
        f"whole, not what the product is like.{aim}{_nobody(found)}"
    )


def _nobody(found: Averages) -> str:
    """Say in how many truths to select none is right, which weighs heavily in an average."""
    best = found.comparison.yardstick.best
    number = sum(level == 0 for level in best)
    if not number:
        return ""
    return (
        f" In {number:,} of them ({render_percent(number / len(best), digits=0)}) no level should "
        "be found: to select none is right there."
    )


def _names(found: Averages) -> dict[str, str]:
    """Return how each design is written: the protocol's own with an asterisk."""
    return {
        c.candidate.label: c.candidate.label + ("*" if c.candidate.is_own else "")
        for c in found.comparison.designs
    }


def _legend(found: Averages, *measures: str) -> tuple[str, ...]:
    said = ". ".join(text for name, text in _SAID.items() if name in measures)
    target = found.comparison.yardstick.target
    if target is not None:
        said = said.replace("exceeds it", f"exceeds {target:g}")
    own = any(c.candidate.is_own for c in found.comparison.designs)
    return (*(("* The protocol's own method.",) if own else ()), f"{said}.")


def _overview(found: Averages) -> Table:
    names, measures = _names(found), found.measures
    simulated = any(not c.found.exact for c in found.comparison.designs)
    rows = []
    for compared in found.comparison.designs:
        name = compared.candidate.label
        cells = [_mean(found.average(name, m), m, error=m.startswith("right")) for m in measures]
        how = "exact" if compared.found.exact else f"{compared.found.trials:,} trials"
        rows.append(Row((names[name], *cells, *((how,) if simulated else ()))))
    heads = ("Design", *(HEADS[m][0] for m in measures), *(("Each truth",) if simulated else ()))
    notes = [
        *_legend(found, *measures),
        "Means over the truths, in percent where they are shares. ±: standard error, the truths "
        "being a sample"
        + (
            "; it holds the error of simulated trials, too."
            if simulated
            else ". For each truth the answer is exact: every state was walked."
        ),
    ]
    return Table(
        "What each design does, on average over the truths",
        heads,
        tuple(rows),
        align="l" + "r" * (len(heads) - 1),
        footnotes=tuple(notes),
    )


def _mean(average: Average | None, measure: str, *, error: bool = True) -> str:
    if average is None or not average.truths:
        return "–"
    mean = _written(average.mean, measure)
    if not error or np.isnan(average.error):
        return mean
    return f"{mean} ± {_error(average.error, measure)}"


def _written(value: float, measure: str) -> str:
    """Write a value; a share without its sign, which the heading says."""
    if np.isnan(value):
        return "–"
    if not HEADS[measure][1]:
        return render_number(value)
    return "0" if abs(value) < 1e-12 else render_percent(value).replace(" %", "")


def _error(error: float, measure: str) -> str:
    """Write a standard error, to the digits of its mean."""
    if not HEADS[measure][1]:
        return render_number(error, digits=2)
    return "<0.1" if 0 < error < _LEAST else f"{100 * error:.1f}"


def _gap(found: Averages, design: str, measure: str) -> str:
    gap = found.gap(design, measure)
    if gap is None or not gap.truths:
        return "–"
    scale, digits = (100, 1) if HEADS[measure][1] else (1, 2)
    size = f"{abs(scale * gap.mean):.{digits}f}"
    sign = "" if float(size) == 0 else "+" if gap.mean > 0 else MINUS
    error = "" if np.isnan(gap.error) else f" ± {scale * gap.error:.{digits}f}"
    return f"{sign}{size}{error}"


def _gaps(found: Averages) -> Table:
    first, *others = found.designs
    measures = [name for name in _PAIRED if name in found.measures]
    judged = "right" in measures
    heads = ("Design", *(HEADS[m][0] for m in measures), *(("More right in",) if judged else ()))
    rows = tuple(
        Row(
            (
                other,
                *(_gap(found, other, m) for m in measures),
                *((render_percent(found.ahead(other, "right"), digits=0),) if judged else ()),
            )
        )
        for other in others
    )
    return Table(
        f"Difference to {first}, truth by truth",
        heads,
        rows,
        align="l" + "r" * (len(heads) - 1),
        footnotes=(
            "Mean difference ± its standard error, in percentage points where both are shares. "
            "Designs meet the same truths, so that differences are known better than the means."
            + (
                " More right in: share of truths in which the right dose is selected more often; "
                "equal ones count half."
                if judged
                else ""
            ),
        ),
    )


def _by_level(found: Averages) -> Table:
    levels = {name: found.by_level(name) for name in found.designs}
    known = next(iter(levels.values()))
    names = _names(found)
    heads = [
        f"{'None' if level == 0 else f'L{level}'} ({average.truths:,})"
        for level, average in known.items()
    ]
    rows = tuple(
        Row((names[name], *(_mean(average, "right") for average in of.values())))
        for name, of in levels.items()
    )
    return Table(
        "Probability of selecting what should be found, by what that is",
        ("Design", *heads),
        rows,
        align="l" + "r" * len(heads),
        footnotes=("In percent, ± standard error. In brackets: number of truths.",),
    )


def _spread(found: Averages) -> Table:
    names = _names(found)
    heads = ("Design", "Mean", *(f"{100 * q:g} %" for q in QUANTILES))
    rows: list[Row] = []
    for measure in found.measures:
        rows.append(Row((_headed(measure), *("",) * (len(heads) - 1)), "group"))
        for name in found.designs:
            average = found.average(name, measure)
            if average is not None:
                rows.append(
                    Row(
                        (
                            names[name],
                            _mean(average, measure),
                            *(_written(value, measure) for value in average.quantiles),
                        )
                    )
                )
    simulated = any(not c.found.exact for c in found.comparison.designs)
    return Table(
        "Means and quantiles over the truths",
        heads,
        tuple(rows),
        align="l" + "r" * (len(heads) - 1),
        footnotes=("Quantiles of simulated designs lie a little wider than those of exact ones.",)
        if simulated
        else (),
        folded=True,
    )


def _headed(measure: str) -> str:
    head, share = HEADS[measure]
    return f"{head} [%]" if share and "%" not in head else head


def _settings(found: Averages) -> Table:
    rows = tuple(
        Row(
            (
                c.candidate.label,
                "; ".join(c.candidate.settings),
                f"{c.found.planned}",
                "exact" if c.found.exact else c.why_simulated,
            )
        )
        for c in found.comparison.designs
    )
    return Table(
        "With which settings",
        ("Design", "Settings", "Planned", "Computed"),
        rows,
        align="llrl",
        folded=True,
    )


def _figures(found: Averages) -> Iterator[Figure]:
    measures = [m for m in ("right", "at_right", "above_target") if m in found.measures]
    if measures:
        yield render_spread(found, {m: _headed(m) for m in measures})
    if len(found.designs) > 1 and "right" in measures:
        yield render_pairs(found)
