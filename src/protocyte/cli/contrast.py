"""`protocyte compare`: the same virtual patients under several protocols, or with knobs turned."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from protocyte.cli.knobs import (
    NO_KNOBS,
    Armour,
    Cells,
    DonorName,
    Edits,
    ExpansionForm,
    Level,
    Lymphodepletion,
    Without,
    read_knobs,
)
from protocyte.cli.talk import Json, sound_protocol, sound_rehearsal
from protocyte.errors import ProtocolError


def compare(  # noqa: PLR0917
    protocols: Annotated[
        list[Path],
        typer.Argument(
            help="Protocol files or folders; one of them with knobs, or several.",
            show_default=False,
        ),
    ],
    population: Annotated[
        int, typer.Option(min=1, max=1_000_000, help="Virtual patients followed in each.")
    ] = 2000,
    without: Without = None,
    edits: Edits = None,
    armour: Armour = None,
    donor: DonorName = None,
    lymphodepletion: Lymphodepletion = None,
    expansion: ExpansionForm = None,
    level: Level = None,
    cells: Cells = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="Folder, or page (.html), to write.", show_default=False),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Seed of everything random; printed if absent.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Compare protocols, or one with its knobs turned, in the same virtual patients.

    Knobs change the last protocol named; with one protocol it is compared with itself as written.

    Example: `protocyte compare protocols/kj-c2320 --without "NKG2A CAR"`
    """
    from protocyte.cli.population import follow, protocol_arms
    from protocyte.simulation.population.contrast import MOST_ARMS
    from protocyte.simulation.population.setting import Arm

    if len(protocols) > MOST_ARMS:
        raise typer.BadParameter(
            f"{len(protocols)} protocols would not fit one figure; name at most {MOST_ARMS}"
        )
    knobs = read_knobs(
        without, edits, armour, donor=donor, lymphodepletion=lymphodepletion, expansion=expansion,
        cells=cells,
    )  # fmt: skip
    arms: list[Arm] = []
    for place, path in enumerate(protocols, start=1):
        plan = sound_protocol(path)
        rehearsal = sound_rehearsal(path, plan)
        if rehearsal is None:
            raise ProtocolError(
                f"There is no scenarios.yaml beside {path}; `protocyte schema scenarios` tells "
                "what it holds."
            )
        if len(protocols) == 1:
            arms = protocol_arms(plan, rehearsal, knobs, level=level)
            break
        turned = knobs if place == len(protocols) else NO_KNOBS
        arm = protocol_arms(plan, rehearsal, turned, level=level)[1 if turned.any else 0]
        if path.resolve() in {other.resolve() for other in protocols[: place - 1]}:
            raise typer.BadParameter(
                f"{path} is named twice; name it once, and turn a knob to compare it with itself"
            )
        label = plan.trial.acronym + (f", {arm.label}" if turned.any else "")
        if label in {other.label for other in arms}:
            label = f"{label} ({path})"
        arms.append(replace(arm, label=label))
    follow(arms[0].plan, arms, population, seed=seed, out=out, as_json=as_json)
