"""One virtual trial of a protocol, from its meetings to its record."""

from pathlib import Path

import numpy as np
import typer

from protocyte import __version__
from protocyte.cli.talk import (
    command_line,
    day,
    fresh_seed,
    origin,
    print_json,
    print_talk,
    progress,
)
from protocyte.files import write_record
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal, Scenario
from protocyte.record import About
from protocyte.simulation.population.bank import find_power
from protocyte.simulation.population.member import Members
from protocyte.simulation.trial import VirtualTrial, simulate_trial


def rehearse(
    plan: Protocol,
    rehearsal: Rehearsal,
    name: str | None,
    *,
    out: Path | None,
    bank: bool = False,
    seed: int | None,
    start: str | None,
    as_json: bool,
) -> None:
    """Run one virtual trial, print its decisions and keep its record."""
    truth = rehearsal.scenario(name)
    if truth is None:
        known = ", ".join(one.name for one in rehearsal.scenarios)
        raise typer.BadParameter(f"there is no scenario {name}; known are {known}")
    used = fresh_seed(seed)
    power = find_power(truth) if bank else None
    trial = run_virtual_trial(plan, rehearsal, truth, power=power, seed=used, start=start)
    print_trial(trial)
    if as_json:
        print_json({"origin": dict(origin(plan, seed=used)), **trial.as_dict()})
    if out is None:
        print_talk("nothing was written; name a folder with -o to keep the record")
        return
    write_record(trial.record, out)
    print_talk(f"record: {out}")


def run_virtual_trial(
    plan: Protocol,
    rehearsal: Rehearsal,
    truth: Scenario,
    *,
    power: float | None = None,
    seed: int,
    start: str | None,
) -> VirtualTrial:
    """Simulate one trial with a progress bar; with a power, participants come from a bank."""
    about = About(
        study=plan.trial.id or plan.trial.acronym,
        provenance="rehearsal",
        protocol_digest=plan.digest,
        version=__version__,
        seed=seed,
        command=command_line(),
        notes=(
            f'Rehearsed truth: the scenario "{truth.name}" of scenarios.yaml.'
            if power is None
            else f"Participants are virtual patients of the cell-kinetics model: {truth.name}.",
        ),
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
            members=_members(plan, rehearsal, power, seed),
            progress=bar.at,
            rng=np.random.default_rng(seed),
        )


def _members(
    plan: Protocol, rehearsal: Rehearsal, power: float | None, seed: int
) -> Members | None:
    """Make the bank that participants come from, where one was asked for."""
    if power is None:
        return None
    return Members(plan, rehearsal, power=power, rng=np.random.default_rng([seed, 1]))


def print_trial(trial: VirtualTrial) -> None:
    """Print the decisions of a virtual trial on standard error."""
    for meeting in trial.meetings:
        print_talk(f"{meeting.on}  {meeting.notation}  → {meeting.decision.reason}")
    if trial.selection is not None:
        print_talk(f"selected: {trial.selection.reason}")
    for stage in trial.stages:
        print_talk(stage)
