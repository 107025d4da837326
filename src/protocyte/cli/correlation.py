"""`protocyte simulate --correlation`: how toxicity and response of a participant go together.

Nothing heavy is imported at the top: the command line reads the option before it knows what is
asked.
"""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import numpy as np
import typer

from protocyte.cli.accrual import PANEL
from protocyte.cli.talk import STDOUT, origin, print_json, print_talk, progress
from protocyte.errors import DesignError
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal

if TYPE_CHECKING:
    from protocyte.simulation.grid_engine import Engine

_CORRELATION: Final = "--correlation"

Correlations = Annotated[
    str | None,
    typer.Option(
        _CORRELATION,
        metavar="R",
        help="Correlation of toxicity and response in a participant (Gaussian copula), -1 to 1; "
        "that of scenarios.yaml by default. Several, such as `0,0.3,0.6`, are set side by side.",
        show_default=False,
        rich_help_panel=PANEL,
    ),
]


def read_correlations(text: str | None) -> tuple[float, ...]:
    """Read `0.3` or `0,0.3,0.6`; nothing from nothing."""
    if text is None:
        return ()
    found = []
    for entry in text.split(","):
        try:
            value = float(entry)
        except ValueError:
            value = float("nan")
        if not -1 <= value <= 1:
            raise typer.BadParameter(
                f'"{entry.strip()}" is no correlation; give numbers from -1 to 1, such as 0,0.3',
                param_hint=_CORRELATION,
            )
        found.append(value)
    if len(set(found)) < len(found):
        raise typer.BadParameter(f'"{text}" names a value twice', param_hint=_CORRELATION)
    return tuple(sorted(found))


def refuse_several(correlations: Sequence[float], others: dict[str, object]) -> None:
    """Refuse what does not go with several correlations."""
    clash = next((name for name, value in others.items() if value), None)
    if len(correlations) > 1 and clash:
        raise typer.BadParameter(f"give one value with {clash}", param_hint=_CORRELATION)


def link(rehearsal: Rehearsal, correlations: Sequence[float]) -> Rehearsal:
    """Return a rehearsal in which toxicity and response go together, if one value says how."""
    if len(correlations) != 1:
        return rehearsal
    links = rehearsal.links.model_copy(update={"toxicity_with_response": correlations[0]})
    return rehearsal.model_copy(update={"links": links})


def correlate(
    plan: Protocol,
    rehearsal: Rehearsal,
    correlations: Sequence[float],
    *,
    compare: str | None,
    target: float | None,
    trials: int,
    memory: float | None,
    engine: "Engine",
    seed: int | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Run designs at several correlations, print tables, and write them with the figure."""
    from protocyte.cli.compare import wanted
    from protocyte.design.candidate import find_candidates
    from protocyte.design.programme import find_scenarios
    from protocyte.report.characteristics import render_scenarios
    from protocyte.report.document import Document, Section
    from protocyte.report.terminal import render_terminal
    from protocyte.report.varied import render_correlation
    from protocyte.simulation.comparison import MEMORY, simulate_comparison

    try:
        asked = () if compare is None else wanted(compare)
        candidates = find_candidates(plan, asked, target=target)
    except DesignError as error:
        raise typer.BadParameter(str(error), param_hint="--compare") from error
    if not any(candidate.design for candidate in candidates):
        raise typer.BadParameter(
            f"{plan.name} has no method of dose finding; name designs with `--compare BOIN12`",
            param_hint=_CORRELATION,
        )
    used = secrets.randbelow(2**31) if seed is None else seed
    with progress("designs at correlations", len(correlations)) as bar:
        found = {}
        for done, value in enumerate(correlations):
            bar.at(done)
            found[value] = simulate_comparison(
                candidates,
                find_scenarios(link(rehearsal, [value])),
                target=target,
                trials=trials,
                memory=memory or MEMORY,
                engine=engine,
                rng=np.random.default_rng(used),
            )
    drawn = any(not one.found.exact for of in found.values() for one in of.designs)
    if drawn and seed is None:
        print_talk(f"seed: {used}")
    made = origin(plan, seed=used if drawn else None)
    data = {
        "origin": dict(made),
        "correlations": [{"correlation": r, **one.as_dict()} for r, one in found.items()],
    }
    scenarios = Section("Scenarios", (render_scenarios(rehearsal),))
    document = Document(
        plan.trial.title, plan.name, "rehearsal", (render_correlation(found), scenarios), made
    )
    if as_json:
        print_json(data)
    else:
        STDOUT.print(render_terminal(document))
    if out is not None:
        from protocyte.files import write_json, write_text
        from protocyte.report.html import render_html

        write_json(out / "correlation.json", data)
        write_text(out / "correlation.html", render_html(document))
        print_talk(f"written: {out / 'correlation.html'}")
