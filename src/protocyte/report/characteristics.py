"""Operating characteristics: which dose is selected, who is treated where, and what follows."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from protocyte.design import Characteristics, Scenario
from protocyte.design.expansion import ExpansionOutlook
from protocyte.design.programme import Programme, SampleOutlook
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal
from protocyte.report.delivery import render_delivery
from protocyte.report.document import Block, Figure, Paragraph, Row, Section, Table
from protocyte.report.figure import WIDTH, render_level_colours, render_values
from protocyte.report.word import render_number, render_percent

_NONE: Final = "none"
_PANELS: Final = 3
#: Nine in ten trials lie between.
_MIDDLE: Final = (0.05, 0.95)


def render_characteristics(
    programme: Programme, *, protocol: Protocol, rehearsal: Rehearsal
) -> Section:
    """Show what a protocol does in each scenario of its rehearsal.

    Parameters
    ----------
    programme : Programme
        Operating characteristics.
    protocol : Protocol
        The plan.
    rehearsal : Rehearsal
        The truths.

    Returns
    -------
    Section
        Tables and figures.

    Examples
    --------
    >>> from protocyte.design.programme import find_programme
    >>> from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.protocol.rehearsal import parse_rehearsal
    >>> plan = parse_protocol(EXAMPLE).plan
    >>> truths = parse_rehearsal(REHEARSAL, protocol=plan).plan
    >>> section = render_characteristics(
    ...     find_programme(plan, truths), protocol=plan, rehearsal=truths)
    >>> section.title
    'Operating characteristics'
    """
    blocks: list[Block] = [
        Paragraph(
            "What the protocol's own rules do if a scenario is true. Scenarios are assumptions: "
            "truths to rehearse against, not claims about the product. Toxicity and response are "
            f"{_joined(rehearsal)}."
        ),
        render_scenarios(rehearsal),
    ]
    if programme.dose is not None:
        blocks += _dose(programme.dose, protocol)
    if protocol.dosing is not None:
        blocks += render_delivery(programme, protocol.dosing, rehearsal)
    if programme.expansion:
        blocks.append(_expansion(programme.expansion))
    if programme.sample:
        blocks += _sample(programme.sample, protocol)
    return Section("Operating characteristics", tuple(blocks))


def _joined(rehearsal: Rehearsal) -> str:
    """Say how toxicity and response of one participant go together."""
    if all(scenario.both is not None for scenario in rehearsal.scenarios):
        return "as the scenarios say"
    together = rehearsal.links.toxicity_with_response
    if not together:
        return "independent given the dose"
    return f"linked by a Gaussian copula with correlation {together:g}"


def render_scenarios(rehearsal: Rehearsal) -> Table:
    """List the truths of a rehearsal.

    Parameters
    ----------
    rehearsal : Rehearsal
        The truths.

    Returns
    -------
    Table
        True probabilities, dose by dose, and what each scenario stands for.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE, REHEARSAL
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.protocol.rehearsal import parse_rehearsal
    >>> plan = parse_protocol(EXAMPLE).plan
    >>> render_scenarios(parse_rehearsal(REHEARSAL, protocol=plan).plan).columns[1]
    'Toxicity'
    """
    rows = tuple(
        Row(
            (
                truth.name,
                " · ".join(f"{p:g}" for p in truth.toxicity),
                " · ".join(f"{p:g}" for p in truth.response),
                truth.says or "",
            )
        )
        for truth in rehearsal.scenarios
    )
    return Table(
        "Scenarios: true probabilities, dose by dose",
        ("Scenario", "Toxicity", "Response", "Stands for"),
        rows,
    )


def render_convention(
    truths: Sequence[Scenario], target: float | None, best: Sequence[int | None]
) -> list[str]:
    """Say which dose counts as right where all are too toxic, if one does.

    Parameters
    ----------
    truths : sequence of Scenario
        The truths.
    target : float or None
        DLT probability that the method looks for [1].
    best : sequence of int or None
        Level that should be found in each; 0 if none, None if unknown.

    Returns
    -------
    list of str
        A sentence, or none.

    Examples
    --------
    >>> from protocyte.design import Scenario
    >>> render_convention([Scenario((0.1, 0.3))], 0.3, [2])
    []
    """
    above = [
        target is not None and bool(level) and min(truth.tox or (0.0,)) > target
        for truth, level in zip(truths, best, strict=True)
    ]
    if not any(above):
        return []
    text = (
        "Where every dose is more toxic than the target, the one nearest to it counts as right: a "
        "method that then selects none is safe, and scored as wrong."
    )
    return [text]


def _dose(found: Characteristics, protocol: Protocol) -> Iterator[Block]:
    levels = protocol.dosing.levels if protocol.dosing else ()
    short = [level.name or f"Level {number}" for number, level in enumerate(levels, start=1)]
    how = (
        "Exact: every reachable state of the trial was walked once, so that no simulation error "
        "is left."
        if found.exact
        else _simulated(found)
    )
    yield _selection_figure(found, short)
    aims = found.correct is not None and bool(np.isfinite(found.correct).any())
    footnotes = [how]
    if aims:
        footnotes.append(
            "Right dose: probability of selecting what the method should find. Overdosed: trials "
            "that treat more than 60 % of the planned participants above the target."
        )
        method = protocol.dosing.method if protocol.dosing else None
        target = getattr(method.settings, "target", None) if method else None
        footnotes += render_convention(found.scenarios, target, found.best)
    yield Table(
        "Probability of selecting each dose, participants and safety",
        (
            "Scenario",
            *short,
            "None",
            "Participants",
            "DLTs",
            *(("Right dose", "Overdosed > 60 %", "Stops early") if aims else ()),
        ),
        tuple(_dose_row(found, s, aims=aims) for s in range(len(found.scenarios))),
        align="l" + "r" * (len(short) + (6 if aims else 3)),
        footnotes=tuple(footnotes),
    )
    yield Table(
        "Expected participants at each dose",
        ("Scenario", *short, "All"),
        tuple(
            Row(
                (
                    truth.name,
                    *(render_number(float(n)) for n in found.participants[s]),
                    render_number(float(found.total[s])),
                )
            )
            for s, truth in enumerate(found.scenarios)
        ),
        align="l" + "r" * (len(short) + 1),
    )


def _simulated(found: Characteristics) -> str:
    """Say how far simulated shares may be off."""
    shares = np.column_stack([found.selection, found.none])
    error = 100 * float(np.sqrt(shares * (1 - shares) / (found.trials or 1)).max())
    return (
        f"Simulated: {found.trials:,} trials a scenario; the standard error of a probability of "
        f"selection is at most {error:.2g} percentage points."
    )


def _dose_row(found: Characteristics, s: int, *, aims: bool) -> Row:
    """Give one scenario; what a method should find is left out where it aims at no target."""
    dlts = None if found.dlts is None else float(found.dlts[s].sum())
    aim = (
        _share(found.correct, s),
        _share(found.overdose_60, s),
        render_percent(float(found.early[s])),
    )
    return Row(
        (
            found.scenarios[s].name,
            *(render_percent(float(p)) for p in found.selection[s]),
            render_percent(float(found.none[s])),
            render_number(float(found.total[s])),
            render_number(dlts),
            *(aim if aims else ()),
        )
    )


def _share(values: Any, s: int) -> str:
    known = values is not None and bool(np.isfinite(values[s]))
    return render_percent(float(values[s])) if known else "–"


def _selection_figure(found: Characteristics, short: list[str]) -> Figure:
    names = [_NONE, *short]
    rows = [
        {
            "scenario": truth.name,
            "dose": name,
            "percent": 100 * share,
            "best": (found.best[s] or 0) == number and found.best[s] is not None,
        }
        for s, truth in enumerate(found.scenarios)
        for number, (name, share) in enumerate(
            zip(names, [float(found.none[s]), *map(float, found.selection[s])], strict=True)
        )
    ]
    return Figure(
        "Probability that each dose is selected",
        lambda: _selection_chart(rows, [truth.name for truth in found.scenarios], names),
        describes="One panel a scenario, one bar a dose and one for none.",
        footnotes=(
            ("★ what the method should find if the scenario were true.",)
            if any(row["best"] for row in rows)
            else ()
        ),
    )


def _selection_chart(rows: list[dict[str, Any]], scenarios: list[str], names: list[str]) -> Any:
    import altair as alt

    colours = ["#b7bfc7", *render_level_colours(len(names) - 1)]
    bars = (
        alt.Chart()
        .mark_bar()
        .encode(
            x=alt.X("dose:N", sort=names, title=None, axis=alt.Axis(labelAngle=-35)),
            y=alt.Y("percent:Q", title="Selected [%]", scale=alt.Scale(domain=[0, 100])),
            color=alt.Color(
                "dose:N", sort=names, legend=None, scale=alt.Scale(domain=names, range=colours)
            ),
        )
    )
    mark = (
        alt.Chart()
        .mark_text(text="★", dy=-8, fontSize=12, color="#9c3d10")
        .encode(x=alt.X("dose:N", sort=names), y="percent:Q")
        .transform_filter("datum.best")
    )
    panels = [
        alt.layer(
            bars, mark, data=render_values([row for row in rows if row["scenario"] == scenario])
        ).properties(width=(WIDTH - 150) // _PANELS, height=130, title=scenario)
        for scenario in scenarios
    ]
    return alt.concat(*panels, columns=_PANELS)


def _expansion(outlooks: tuple[ExpansionOutlook, ...]) -> Table:
    heads = (
        "Scenario", "Begins", "Stopped at each dose", "Completed", "Participants", "DLTs",
        "With dose finding",
    )  # fmt: skip
    rows = tuple(
        Row(
            (
                o.scenario,
                render_percent(o.reached),
                " · ".join(render_percent(p) for p in o.stopped),
                render_percent(o.completed),
                render_number(o.participants),
                render_number(o.dlts),
                render_number(o.total),
            )
        )
        for o in outlooks
    )
    note = (
        "Begins: a dose was found. Stopped: the cohort's own boundary is reached, if it begins at "
        "that dose. Participants and DLTs are expected numbers, counted as none where it does not "
        "begin."
    )
    return Table(
        "Expansion cohort at the selected dose", heads, rows, align="lrrrrrr", footnotes=(note,)
    )


def _sample(outlooks: tuple[SampleOutlook, ...], protocol: Protocol) -> Iterator[Block]:
    if outlooks[0].positive is not None:
        yield Table(
            "Treating at one dose: probability of a positive trial",
            (
                "Scenario",
                "Begins",
                "Positive at each dose",
                "Positive in all",
                "Stops early",
                "Participants",
            ),
            tuple(
                Row(
                    (
                        o.scenario,
                        render_percent(o.reached),
                        " · ".join(render_percent(p) for p in o.at_level),
                        render_percent(o.positive),
                        render_percent(o.stops_early),
                        render_number(o.expected),
                    )
                )
                for o in outlooks
            ),
            align="lrrrrr",
            footnotes=(
                (
                    "Exact. Begins: a dose was found. Positive in all: over dose finding and this "
                    "part together. Stops early and participants: if this part begins."
                ),
            ),
        )
        return
    yield _precision(outlooks, protocol)


def _precision(outlooks: tuple[SampleOutlook, ...], protocol: Protocol) -> Table:
    """Say what a number of participants can show when nothing is decided."""
    from protocyte.analysis.proportion import estimate_proportion

    statistics = protocol.statistics
    rows = []
    for outlook in outlooks:
        n = len(outlook.distribution) - 1
        intervals = [
            estimate_proportion(
                x, n, level=statistics.level, method=statistics.intervals.proportion
            )
            for x in range(n + 1)
        ]
        expected = [
            sum(
                p * float(getattr(i, end))
                for p, i in zip(outlook.distribution, intervals, strict=True)
            )
            for end in ("lower", "upper")
        ]
        cumulative = np.cumsum(outlook.distribution)
        low, high = (int(np.argmax(cumulative >= share)) for share in _MIDDLE)
        rows.append(
            Row(
                (
                    outlook.scenario,
                    f"{n}",
                    render_number(outlook.mean_responses),
                    f"{low}–{high}",
                    f"{100 * expected[0]:.0f}–{100 * expected[1]:.0f} %",
                    render_percent(outlook.distribution[0]),
                )
            )
        )
    return Table(
        "Treating at one dose: what the number can show",
        (
            "Scenario",
            "Participants",
            "Responses expected",
            "Nine in ten trials see",
            "Mean confidence limits",
            "No response at all",
        ),
        tuple(rows),
        align="lrrrrr",
        footnotes=(
            (
                f"Exact. No rule stops or decides. Limits: {100 * statistics.level:g} %, "
                f"{statistics.intervals.proportion}, averaged over outcomes."
            ),
        ),
    )
