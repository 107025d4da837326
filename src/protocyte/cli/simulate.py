"""`protocyte simulate`: operating characteristics, or one virtual trial as a record."""

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from protocyte import __version__
from protocyte.cli.talk import (
    STDOUT,
    Json,
    ProtocolPath,
    command_line,
    day,
    fresh_seed,
    origin,
    print_json,
    print_talk,
    progress,
    sound_protocol,
    sound_rehearsal,
)
from protocyte.design import Characteristics
from protocyte.design.plan import find_dose_design
from protocyte.design.programme import Programme, find_programme, find_scenarios
from protocyte.errors import ProtocolError
from protocyte.files import write_json, write_record, write_text
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal, Scenario
from protocyte.record import About
from protocyte.report.document import Document
from protocyte.report.terminal import render_terminal
from protocyte.simulation.designs import simulate_design
from protocyte.simulation.trial import VirtualTrial, simulate_trial


def simulate(
    protocol: ProtocolPath,
    *,
    participants: Annotated[
        bool, typer.Option("--participants", help="Write one virtual trial as a record.")
    ] = False,
    scenario: Annotated[
        str | None, typer.Option(help="Scenario of the virtual trial; the first by default.")
    ] = None,
    monte_carlo: Annotated[
        int, typer.Option(min=0, help="Simulated trials beside the exact answer, as a check.")
    ] = 0,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Folder to write to.", show_default=False)
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Seed of everything random; printed if absent.")
    ] = None,
    start: Annotated[
        str | None, typer.Option(metavar="DATE", help="First day of the virtual trial.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Compute what the protocol's rules do over its scenarios, exactly; or run one virtual trial.

    Example: `protocyte simulate protocols/wu-cart-007 --json`
    """
    plan = sound_protocol(protocol)
    rehearsal = sound_rehearsal(protocol, plan)
    if rehearsal is None:
        raise ProtocolError(
            f"There is no scenarios.yaml beside {protocol}; `protocyte schema scenarios` tells "
            "what it holds."
        )
    if participants:
        _virtual_trial(plan, rehearsal, scenario, out=out, seed=seed, start=start, as_json=as_json)
        return
    programme = find_programme(plan, rehearsal)
    used = fresh_seed(seed) if monte_carlo else None
    checked = _monte_carlo(plan, rehearsal, monte_carlo, used) if used is not None else None
    _print_programme(plan, rehearsal, programme, checked, out=out, seed=used, as_json=as_json)


def _print_programme(
    plan: Protocol,
    rehearsal: Rehearsal,
    programme: Programme,
    checked: Characteristics | None,
    *,
    out: Path | None,
    seed: int | None,
    as_json: bool,
) -> None:
    made = origin(plan, seed=seed)
    data: dict[str, Any] = {"origin": dict(made), **programme.as_dict()}
    if checked is not None:
        data["monte_carlo"] = checked.as_dict()
    if as_json:
        print_json(data)
    if checked is not None and programme.dose is not None:
        _print_agreement(programme.dose, checked)
    if as_json and out is None:
        return
    from protocyte.report.characteristics import render_characteristics
    from protocyte.report.html import render_html

    section = render_characteristics(programme, protocol=plan, rehearsal=rehearsal)
    document = Document(plan.trial.title, plan.name, "rehearsal", (section,), made)
    if not as_json:
        STDOUT.print(render_terminal(document))
    if out is not None:
        write_json(out / "characteristics.json", data)
        write_text(out / "characteristics.html", render_html(document))
        print_talk(f"written: {out / 'characteristics.html'}")


def _monte_carlo(
    plan: Protocol, rehearsal: Rehearsal, trials: int, seed: int
) -> Characteristics | None:
    design = find_dose_design(plan)
    if design is None:
        return None
    rng = np.random.default_rng(seed)
    return simulate_design(design, find_scenarios(rehearsal), trials=trials, rng=rng)


def _print_agreement(exact: Characteristics, simulated: Characteristics) -> None:
    """Say how far the simulated shares lie from the exact ones, in standard errors."""
    error = np.sqrt(exact.selection * (1 - exact.selection) / (simulated.trials or 1))
    distance = np.abs(simulated.selection - exact.selection)
    z = np.divide(distance, error, out=np.zeros_like(distance), where=error > 0)
    print_talk(
        f"{simulated.trials:,} simulated trials a scenario lie within {z.max():.1f} standard "
        "errors of the exact selection probabilities."
    )


def _virtual_trial(
    plan: Protocol,
    rehearsal: Rehearsal,
    name: str | None,
    *,
    out: Path | None,
    seed: int | None,
    start: str | None,
    as_json: bool,
) -> None:
    truth = rehearsal.scenario(name)
    if truth is None:
        known = ", ".join(one.name for one in rehearsal.scenarios)
        raise typer.BadParameter(f"there is no scenario {name}; known are {known}")
    used = fresh_seed(seed)
    trial = run_virtual_trial(plan, rehearsal, truth, seed=used, start=start)
    print_trial(trial)
    if as_json:
        print_json({"origin": dict(origin(plan, seed=used)), **trial.as_dict()})
    if out is None:
        print_talk("nothing was written; name a folder with -o to keep the record")
        return
    write_record(trial.record, out)
    print_talk(f"record: {out}")


def run_virtual_trial(
    plan: Protocol, rehearsal: Rehearsal, truth: Scenario, *, seed: int, start: str | None
) -> VirtualTrial:
    """Simulate one trial with a progress bar."""
    about = About(
        study=plan.trial.id or plan.trial.acronym,
        provenance="rehearsal",
        protocol_digest=plan.digest,
        version=__version__,
        seed=seed,
        command=command_line(),
        notes=(f'Rehearsed truth: the scenario "{truth.name}" of scenarios.yaml.',),
    )
    first = day(start) or plan.trial.start or day("2027-01-04")
    assert first is not None
    with progress("participants infused", plan.population.planned) as bar:
        return simulate_trial(
            plan,
            rehearsal,
            scenario=truth,
            about=about,
            start=first,
            progress=bar.at,
            rng=np.random.default_rng(seed),
        )


def print_trial(trial: VirtualTrial) -> None:
    """Print the decisions of a virtual trial on standard error."""
    for meeting in trial.meetings:
        print_talk(f"{meeting.on}  {meeting.notation}  → {meeting.decision.reason}")
    if trial.selection is not None:
        print_talk(f"selected: {trial.selection.reason}")
    for stage in trial.stages:
        print_talk(stage)
