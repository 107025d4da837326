"""`protocyte simulate --accrual`: dose finding in calendar time, at several accrual rates.

Nothing heavy is imported at the top: the command line reads the option before it knows what is
asked.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final, final

import numpy as np
import typer

from protocyte.cli.talk import print_talk, progress
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal

if TYPE_CHECKING:
    from protocyte.cli.calendar import InTime
    from protocyte.design import Characteristics
    from protocyte.design.candidate import Candidate
    from protocyte.simulation.calendar import Calendar

    _Found = tuple[dict[str, Characteristics], dict[str, str]]

PANEL: Final = "Sensitivity"
_ACCRUAL: Final = "--accrual"
_RATE: Final = re.compile(
    r"(?P<number>\d+(?:\.\d+)?)\s*(?:/|per|a)\s*(?P<unit>day|week|month|year)s?"
)
_MONTH: Final = 365.25 / 12
_DAYS: Final = {"day": 1.0, "week": 7.0, "month": _MONTH, "year": 365.25}
#: As `accrual.per_month` of scenarios.yaml allows [1/month].
_MOST: Final = 1000

Accruals = Annotated[
    str | None,
    typer.Option(
        _ACCRUAL,
        metavar="RATES",
        help="Dose finding in calendar time at each of these rates at which patients consent, such "
        "as `1/month,2/month,1/week`: duration, infusions, selections.",
        show_default=False,
        rich_help_panel=PANEL,
    ),
]


@final
@dataclass(frozen=True, slots=True)
class Rate:
    """How fast patients consent: as it was typed, and a month."""

    text: str
    per_month: float


def read_rates(text: str | None) -> tuple[Rate, ...]:
    """Read `1/month,2/month`; nothing from nothing."""
    if text is None:
        return ()
    rates = [_rate(entry.strip()) for entry in text.split(",") if entry.strip()]
    if not rates:
        raise typer.BadParameter("give at least one rate, such as 2/month", param_hint=_ACCRUAL)
    twice = {rate.per_month for rate in rates}
    if len(twice) < len(rates):
        raise typer.BadParameter(f'"{text}" names a rate twice', param_hint=_ACCRUAL)
    return tuple(sorted(rates, key=lambda rate: rate.per_month))


def _rate(entry: str) -> Rate:
    found = _RATE.fullmatch(entry)
    if found is None:
        raise typer.BadParameter(
            f'"{entry}" is not a rate; write it by day, week, month or year, such as 2/month',
            param_hint=_ACCRUAL,
        )
    per_month = float(found["number"]) * _MONTH / _DAYS[found["unit"]]
    if not 0 < per_month <= _MOST:
        raise typer.BadParameter(
            f'"{entry}" is {per_month:g} a month; give more than 0 and at most {_MOST}',
            param_hint=_ACCRUAL,
        )
    return Rate(f"{float(found['number']):g}/{found['unit']}", per_month)


def refuse_rates(rates: Sequence[Rate], others: Mapping[str, object]) -> None:
    """Refuse what does not go with accrual rates."""
    clash = next((name for name, value in others.items() if value), None)
    if rates and clash:
        raise typer.BadParameter(f"{clash} does not go with accrual rates", param_hint=_ACCRUAL)


def at_rates(
    plan: Protocol,
    rehearsal: Rehearsal,
    rates: Sequence[Rate],
    candidates: "Sequence[Candidate] | None" = None,
    *,
    target: float | None = None,
    trials: int,
    seed: int,
) -> "InTime":
    """Run designs in calendar time at several rates; the protocol's own if none are named."""
    from protocyte.cli.calendar import InTime
    from protocyte.design.candidate import find_candidates
    from protocyte.design.comparison import find_yardstick
    from protocyte.design.programme import find_scenarios
    from protocyte.report.varied import render_accrual
    from protocyte.simulation.calendar import Calendar
    from protocyte.simulation.comparison import simulate_calendars

    truths = find_scenarios(rehearsal)
    designs = tuple(candidates or ())
    if candidates is None and plan.dosing is not None:
        designs = find_candidates(plan, ())
    if not designs:
        raise typer.BadParameter(
            f"{plan.name} has no method of dose finding whose time could be told",
            param_hint=_ACCRUAL,
        )
    calendars = {
        rate.text: Calendar.from_protocol(plan, _arriving(rehearsal, rate)) for rate in rates
    }

    def run(
        designs: "Sequence[Candidate]", calendar: Calendar, progress: "Callable[[int], object]"
    ) -> "_Found":
        return simulate_calendars(
            designs, truths, calendar, target=target, trials=trials, progress=progress,
            rng=np.random.default_rng(seed),
        )  # fmt: skip

    found, left_out = _simulated(designs, calendars, run)
    for name, why in left_out.items():
        print_talk(f"not run in calendar time: {name}: {why}")
    conventions = next(iter(calendars.values())).as_dict()
    del conventions["gap"]
    data = {
        "conventions": conventions,
        "rates": [
            {
                "rate": rate.text,
                "per_month": rate.per_month,
                "gap": calendars[rate.text].gap,
                "designs": [{"design": n, **c.as_dict()} for n, c in found[rate.text].items()],
            }
            for rate in rates
        ],
        "left_out": [{"design": name, "why": why} for name, why in left_out.items()],
    }
    section = render_accrual(
        found,
        per_month={rate.text: rate.per_month for rate in rates},
        conventions=conventions,
        best=find_yardstick(designs, truths, target=target).best,
        left_out=left_out,
    )
    return InTime(section, data)


def _arriving(rehearsal: Rehearsal, rate: Rate) -> Rehearsal:
    accrual = rehearsal.accrual.model_copy(update={"per_month": rate.per_month})
    return rehearsal.model_copy(update={"accrual": accrual})


def _simulated(
    designs: "Sequence[Candidate]",
    calendars: "Mapping[str, Calendar]",
    run: "Callable[..., _Found]",
) -> "tuple[dict[str, dict[str, Characteristics]], dict[str, str]]":
    """Run the designs by each calendar; a design is kept if it ran by all of them."""
    found: dict[str, dict[str, Characteristics]] = {}
    left_out: dict[str, str] = {}
    with progress("designs at accrual rates", len(designs) * len(calendars)) as bar:
        for number, (rate, calendar) in enumerate(calendars.items()):

            def tick(done: int, before: int = number) -> None:
                bar.at(before * len(designs) + done)

            found[rate], missing = run(designs, calendar=calendar, progress=tick)
            left_out |= missing
    kept = {
        rate: {name: one for name, one in of.items() if name not in left_out}
        for rate, of in found.items()
    }
    return kept, left_out
