"""What trials take in calendar time: how long, how many infusions, who waits."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from protocyte.design import Characteristics
from protocyte.report.document import Block, Paragraph, Row, Section, Table
from protocyte.report.word import render_number, render_percent

_MONTH: Final = 365.25 / 12
_HEADS: Final = (
    "Design",
    "Right",
    "Months",
    "SD",
    "Waiting [d]",
    "No place [d]",
    "Nobody there [d]",
    "Enrolled",
    "Infusions",
    "Lost",
    "Refused",
)
_REFUSED: Final = _HEADS[-1]
_SAID: Final = {
    "gap": "Between two arrivals, on average [d]",
    "window": "DLT window [d]",
    "response_window": "Response window [d]",
    "gaps": "Times between arrivals",
    "first": "The first patient arrives",
    "no_place": "Who finds no place",
    "stagger": "Between infusions of a cohort, at least [d]",
    "stagger_cohorts": "Cohorts that are staggered",
    "next_cohort_after": "From a cohort's last infusion to the next cohort, at least [d]",
    "review": "Review of complete data [d]",
    "vein_to_vein": "From apheresis to infusion [d]",
    "slots_per_week": "Production slots a week",
    "manufacturing_failure": "Products not made or out of specification",
    "drop_out": "Patients who leave before the infusion",
    "replaced": "Replaced if not infused",
    "assigned": "The dose is fixed",
    "decides": "A suspended design decides",
    "cut_cohort": "A last cohort may be smaller",
    "toxicity_times": "DLTs come",
    "response_times": "Responses come",
    "infusions_each": "Infusions a participant",
    "final": "The trial ends with the",
}
_SHARES: Final = ("manufacturing_failure", "drop_out")


def render_calendar(
    found: Mapping[str, Characteristics],
    *,
    conventions: Mapping[str, Any],
    best: Sequence[int | None] = (),
    left_out: Mapping[str, str] | None = None,
) -> Section:
    """Show what designs take in calendar time in each scenario.

    Parameters
    ----------
    found : mapping of str to Characteristics
        By the name of the design, from simulated trials in calendar time.
    conventions : mapping of str to object
        What the calendar assumes.
    best : sequence of int or None
        Dose level that every design should find in each scenario; 0 if none, None if unknown.
    left_out : mapping of str to str, optional
        Designs that could not be run in time, with the reason.

    Returns
    -------
    Section
        Tables of durations and of the conventions behind them.

    Examples
    --------
    >>> import numpy as np
    >>> from protocyte.design import BOIN, Scenario
    >>> from protocyte.simulation.calendar import Calendar
    >>> from protocyte.simulation.calendar_characteristics import simulate_calendar
    >>> calendar = Calendar(gap=10, window=28, stagger=(14,))
    >>> one = simulate_calendar(
    ...     BOIN(target=0.3, n_doses=3, cohorts=4), [Scenario((0.1, 0.3, 0.5), name="a")],
    ...     calendar, trials=200, rng=np.random.default_rng(1))
    >>> render_calendar({"BOIN": one}, conventions=calendar.as_dict()).title
    'In calendar time'
    """
    if not found:
        reasons = "; ".join(f"{name}: {why}" for name, why in (left_out or {}).items())
        return Section("In calendar time", (Paragraph(f"No design was run. {reasons}"),))
    first = next(iter(found.values()))
    anybody = any(float(one.calendar["refused"].max()) > 0 for one in found.values())
    heads = _HEADS if anybody else _HEADS[:-1]
    blocks: list[Block] = [
        Paragraph(
            f"Simulated: {first.trials:,} trials a scenario, the same virtual patients for every "
            "design and scenario. Means, with ± the Monte Carlo standard error of the duration. "
            "Programs differ in the conventions of time; those used here stand below."
        ),
        Table(
            "How long dose finding takes, and what it uses",
            heads,
            tuple(_rows(found, heads, best or (None,) * len(first.scenarios))),
            align="l" + "r" * (len(heads) - 1),
            footnotes=(
                "Right: probability of selecting what should be found.",
                "Months: from the first arrival to the end of the trial. SD: between trials.",
                "Waiting: from asking for a place to enrolment, a participant.",
                "No place: days on which nobody could be enrolled.",
                "Nobody there: days on which a place was free and nobody came.",
                "Lost: enrolled and not infused."
                + (" Refused: came when there was no place." if _REFUSED in heads else ""),
            ),
        ),
        render_conventions(conventions),
    ]
    if left_out:
        rows = tuple(Row((name, why)) for name, why in left_out.items())
        blocks.append(Table("Not run in calendar time", ("Design", "Because"), rows))
    return Section("In calendar time", tuple(blocks))


def render_conventions(conventions: Mapping[str, Any]) -> Table:
    """List what a calendar assumes.

    Parameters
    ----------
    conventions : mapping of str to object
        Names of settings and their values.

    Returns
    -------
    Table
        What each means, in words; folded on a page.

    Examples
    --------
    >>> from protocyte.simulation.calendar import Calendar
    >>> render_conventions(Calendar(gap=10, window=28).as_dict()).rows[1].cells
    ('DLT window [d]', '28')
    """
    return Table(
        "Conventions of time",
        ("What", "Value"),
        tuple(
            Row((_SAID.get(name, name.replace("_", " ")), _value(name, value)))
            for name, value in conventions.items()
            if value not in (None, (), [])
        ),
        folded=True,
    )


def _rows(
    found: Mapping[str, Characteristics], heads: Sequence[str], best: Sequence[int | None]
) -> Iterator[Row]:
    first = next(iter(found.values()))
    for s, truth in enumerate(first.scenarios):
        yield Row((truth.name, *("",) * (len(heads) - 1)), "group")
        for name, one in found.items():
            yield Row((name, *_cells(one, s, best[s]))[: len(heads)])


def _cells(one: Characteristics, s: int, level: int | None) -> Iterator[str]:
    means, errors = one.calendar, one.errors
    if level is None:
        yield "–"
    else:
        right = one.selection[s, level - 1] if level else one.none[s]
        yield render_percent(float(right), digits=0)
    months = float(means["duration"][s]) / _MONTH
    yield f"{months:.1f} ± {render_number(float(errors['duration'][s]) / _MONTH, digits=1)}"
    yield f"{float(means['duration_sd'][s]) / _MONTH:.1f}"
    for name in ("waiting", "closed", "idle", "enrolled", "infusions", "lost", "refused"):
        yield render_number(float(means[name][s]))


def _value(name: str, value: Any) -> str:
    """Write what a convention is in words."""
    if name in _SHARES:
        return render_percent(float(value))
    if isinstance(value, dict):
        return _times(**value)
    return _written(value)


def _times(kind: str, late_share: float, thirds: Sequence[float], **others: Any) -> str:
    """Write when events come within their window."""
    if kind == "Weibull":
        late = render_percent(late_share, digits=0)
        said = f"by a Weibull distribution, {late} of them in the second half of the window"
    elif kind == "thirds":
        shares = ", ".join(render_percent(share, digits=0) for share in thirds)
        said = f"in the thirds of the window: {shares}"
    else:
        said = kind
    return "; ".join([said, *(f"{name} {_written(value)}" for name, value in others.items())])


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, list | tuple):
        return ", ".join(_written(one) for one in value)
    return str(value)
