"""`protocyte compare`: the same virtual patients under several protocols, or with knobs turned."""

from dataclasses import asdict, replace
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

_MOST = 6


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
        Path | None, typer.Option("-o", "--out", help="Folder to write to.", show_default=False)
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
    from protocyte.simulation.population.contrast import turn
    from protocyte.simulation.population.knob import Knobs
    from protocyte.simulation.population.setting import Arm

    if len(protocols) > _MOST:
        raise typer.BadParameter(
            f"{len(protocols)} protocols would not fit one figure; name at most {_MOST}"
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
        arm = protocol_arms(plan, rehearsal, NO_KNOBS, level=level)[0]
        label = plan.name
        if place == len(protocols) and knobs.any:
            arm = turn(Knobs(**asdict(knobs)), arm)
            label = f"{plan.name}, {arm.label}"
        arms.append(replace(arm, label=label))
    follow(arms[0].plan, arms, population, seed=seed, out=out, as_json=as_json)
