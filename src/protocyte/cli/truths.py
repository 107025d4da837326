"""`protocyte simulate --random`: designs before random truths, which nobody chose.

Nothing heavy is imported at the top: the command line reads the options before it knows what is
asked.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import numpy as np
import typer

from protocyte.cli.talk import STDOUT, fresh_seed, origin, print_json, print_talk, progress
from protocyte.errors import DesignError
from protocyte.protocol.plan import Protocol
from protocyte.simulation.random_scenario import REFERENCES, Generator, Shape

if TYPE_CHECKING:
    from protocyte.design.averages import Averages
    from protocyte.design.candidate import Candidate
    from protocyte.simulation.grid_engine import Engine

_PANEL: Final = "Random truths"
_HINT: Final = "--random"
_BENEFIT: Final = ("eff", "both")

RandomTruths = Annotated[
    int | None,
    typer.Option(
        _HINT,
        min=2,
        max=100_000,
        metavar="N",
        help="Instead of scenarios.yaml, this many random truths: how the protocol's design, and "
        "those of `--compare`, do on average, with standard errors.",
        show_default=False,
        rich_help_panel=_PANEL,
    ),
]
GeneratorName = Annotated[
    Generator | None,
    typer.Option(
        help="How truths are drawn: `uniform` (Clertant and O'Quigley 2017, the default) or "
        "`normal` steps on the probit scale (Paoletti 2004, Liu and Yuan 2015).",
        show_default=False,
        rich_help_panel=_PANEL,
    ),
]
ResponseShape = Annotated[
    Shape | None,
    typer.Option(
        "--responses",
        help="Responses of random truths: highest from a random dose on (`plateau`, the default "
        "where a design looks at responses), up to the top dose, or falling after a random dose. "
        "Our own convention.",
        show_default=False,
        rich_help_panel=_PANEL,
    ),
]


def refuse_truths(
    number: int | None, given: Mapping[str, object], others: Mapping[str, object]
) -> None:
    """Refuse options of random truths without them, and those that do not go with them."""
    if number is None:
        alone = next((name for name, value in given.items() if value is not None), None)
        if alone:
            raise typer.BadParameter("goes with `--random 1000`", param_hint=alone)
        return
    clash = next((name for name, value in others.items() if value), None)
    if clash:
        raise typer.BadParameter(f"{clash} does not go with random truths", param_hint=_HINT)


def meet_random_truths(
    plan: Protocol,
    number: int,
    *,
    generator: Generator,
    responses: Shape | None,
    compare: str | None,
    target: float | None,
    correlation: float,
    trials: int | None,
    memory: float | None,
    engine: "Engine",
    seed: int | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Run designs over random truths, print the averages, and write them with the figures."""
    from protocyte.simulation.comparison import MEMORY
    from protocyte.simulation.random_comparison import (
        TRIALS,
        find_pieces,
        simulate_random_comparison,
    )
    from protocyte.simulation.random_scenario import sample_scenarios

    candidates = _candidates(plan, compare, target)
    around, whose = _around(candidates, target)
    shape = responses or ("plateau" if _looks_at_benefit(candidates) else None)
    used = fresh_seed(seed)
    rng = np.random.default_rng(used)
    truths = sample_scenarios(
        number,
        n_doses=len(plan.dosing.levels) if plan.dosing else 1,
        target=around,
        generator=generator,
        responses=shape,
        correlation=correlation,
        rng=rng,
    )
    pieces = find_pieces(candidates, number)
    with progress("designs before random truths", pieces if engine == "serial" else None) as bar:
        found = simulate_random_comparison(
            candidates,
            truths,
            target=target,
            trials=trials or TRIALS,
            memory=memory or MEMORY,
            engine=engine,
            progress=bar.at,
            rng=rng,
        )
    _say_left_out(found)
    drawn = f"{REFERENCES[generator]} around a DLT probability of {around:g}, {whose}"
    if shape:
        drawn += f"; responses of shape {shape} between 0 and 0.8, our own convention"
        drawn += f", linked by a copula with correlation {correlation:g}" if correlation else ""
    settings = {
        "number": number, "generator": generator, "reference": REFERENCES[generator],
        "around": around, "responses": shape, "correlation": correlation,
    }  # fmt: skip
    _publish(plan, found, drawn, settings, seed=used, out=out, as_json=as_json)


def _candidates(
    plan: Protocol, compare: str | None, target: float | None
) -> "tuple[Candidate, ...]":
    from protocyte.cli.compare import wanted
    from protocyte.design.candidate import find_candidates

    hint = _HINT if compare is None else "--compare"
    try:
        found = find_candidates(plan, () if compare is None else wanted(compare), target=target)
    except DesignError as error:
        raise typer.BadParameter(str(error), param_hint=hint) from error
    if not any(candidate.design for candidate in found):
        raise typer.BadParameter(
            f"{plan.name} has no method of dose finding to run over random truths; name designs "
            "with `--compare BOIN,3+3`",
            param_hint=_HINT,
        )
    return found


def _around(candidates: "Sequence[Candidate]", target: float | None) -> tuple[float, str]:
    """Return the DLT probability around which truths are drawn, and whose it is."""
    if target is not None:
        return target, "as asked for"
    for candidate in candidates:
        if candidate.design is not None and candidate.design.target is not None:
            return candidate.design.target, f"that of {candidate.label}"
    raise typer.BadParameter(
        f"{candidates[0].label} names no DLT probability to draw truths around; give one with "
        "`--target 0.3`",
        param_hint=_HINT,
    )


def _looks_at_benefit(candidates: "Sequence[Candidate]") -> bool:
    designs = (candidate.design for candidate in candidates)
    return any(d is not None and any(f in d.features for f in _BENEFIT) for d in designs)


def _say_left_out(found: "Averages") -> None:
    for candidate in found.comparison.left_out:
        print_talk(f"left out: {candidate.label}: {candidate.missing}")
    for compared in found.comparison.designs:
        if compared.why_simulated:
            print_talk(f"simulated: {compared.candidate.label}: {compared.why_simulated}")


def _publish(
    plan: Protocol,
    found: "Averages",
    drawn: str,
    settings: dict[str, Any],
    *,
    seed: int,
    out: Path | None,
    as_json: bool,
) -> None:
    from protocyte.report.averages import render_averages
    from protocyte.report.document import Document
    from protocyte.report.terminal import render_terminal

    made = origin(plan, seed=seed)
    data = {"origin": dict(made), "random": settings, **found.as_dict()}
    section = render_averages(found, drawn=drawn)
    document = Document(plan.trial.title, plan.name, "rehearsal", (section,), made)
    if as_json:
        print_json(data)
    else:
        STDOUT.print(render_terminal(document))
    if out is not None:
        from protocyte.files import write_json, write_text
        from protocyte.report.averages import render_averages_rows
        from protocyte.report.html import render_html

        write_json(out / "random.json", data)
        write_text(out / "random.csv", render_averages_rows(found))
        write_text(out / "random.html", render_html(document))
        print_talk(f"written: {out / 'random.html'}")
