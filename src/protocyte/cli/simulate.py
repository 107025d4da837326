"""`protocyte simulate`: operating characteristics, or one virtual trial as a record."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import numpy as np
import typer

from protocyte.cli.accrual import Accruals, Rate, at_rates, read_rates, refuse_rates
from protocyte.cli.correlation import (
    Correlations,
    correlate,
    link,
    read_correlations,
    refuse_several,
)
from protocyte.cli.knobs import (
    Armour,
    BankSize,
    Cells,
    DonorName,
    Edits,
    ExpansionForm,
    Leaning,
    Level,
    Lymphodepletion,
    Population,
    Without,
    read_knobs,
    refuse_knobs,
)
from protocyte.cli.talk import (
    STDOUT,
    Json,
    ProtocolPath,
    fresh_seed,
    origin,
    print_causes,
    print_json,
    print_talk,
    progress,
    sound_protocol,
    sound_rehearsal,
)
from protocyte.cli.truths import (
    GeneratorName,
    RandomTruths,
    ResponseShape,
    meet_random_truths,
    refuse_truths,
)
from protocyte.design import Characteristics
from protocyte.design.plan import find_dose_design, find_sample_design
from protocyte.design.programme import Programme, find_programme, find_scenarios
from protocyte.errors import DesignError, ProtocolError
from protocyte.files import write_json, write_text
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal
from protocyte.report.document import Document
from protocyte.report.terminal import render_terminal

if TYPE_CHECKING:
    from protocyte.cli.calendar import InTime

#: What a walk may take [GB].
MEMORY: Final = 4.0
#: Simulated trials of a scenario, unless others are asked for.
TRIALS: Final = 10_000


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
    compare: Annotated[
        str | None,
        typer.Option(
            metavar="DESIGNS",
            help="Compare the protocol's method with other designs: `all`, or names such as "
            "`BOIN,CRM,3+3`, each with settings if need be: `'BOIN{target: 0.25}'`.",
        ),
    ] = None,
    target: Annotated[
        float | None,
        typer.Option(
            min=0.01,
            max=0.99,
            help="DLT probability that every compared design aims at and is judged by; by default "
            "the protocol's own.",
        ),
    ] = None,
    trials: Annotated[
        int | None,
        typer.Option(
            min=100,
            max=1_000_000,
            help="Simulated trials in calendar time, and where a comparison has no exact answer: "
            "10,000 by default, 1,000 for each random truth.",
            show_default=False,
        ),
    ] = None,
    calendar: Annotated[
        bool,
        typer.Option(
            "--calendar",
            help="Simulate dose finding in calendar time as well: duration, waiting, infusions.",
        ),
    ] = False,
    memory: Annotated[
        float | None,
        typer.Option(
            min=0.01,
            max=1000,
            metavar="GB",
            help="Memory that an exact walk may take: 4 by default, 0.25 for each design of a "
            "comparison. What takes more is simulated.",
        ),
    ] = None,
    accrual: Accruals = None,
    correlation: Correlations = None,
    engine: Annotated[
        Literal["serial", "processes", "dask", "ray"],
        typer.Option(
            help="Where compared designs run: one after the other, in processes of this "
            "machine, or on a cluster of Dask or Ray."
        ),
    ] = "serial",
    random: RandomTruths = None,
    generator: GeneratorName = None,
    responses: ResponseShape = None,
    population: Population = 0,
    sensitivity: Leaning = 0,
    bank: BankSize = 0,
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
    rates, correlations = read_rates(accrual), read_correlations(correlation)
    refuse_several(
        correlations,
        {
            "--accrual": rates, "--calendar": calendar, "--participants": participants,
            "--monte-carlo": monte_carlo, "--population": population, "--bank": bank,
            "--random": random,
        },
    )  # fmt: skip
    refuse_truths(
        random,
        {"--generator": generator, "--responses": responses},
        {
            "--participants": participants, "--scenario": scenario, "--monte-carlo": monte_carlo,
            "--calendar": calendar, "--accrual": rates, "--population": population,
            "--bank": bank,
        },
    )  # fmt: skip
    refuse_rates(rates, {"--participants": participants, "--population": population})
    rehearsal = link(rehearsal, correlations)
    knobs = read_knobs(
        without, edits, armour, donor=donor, lymphodepletion=lymphodepletion, expansion=expansion,
        cells=cells,
    )  # fmt: skip
    if population:
        from protocyte.cli.population import follow, protocol_arms

        arms = protocol_arms(plan, rehearsal, knobs, level=level)
        follow(plan, arms, population, points=sensitivity, seed=seed, out=out, as_json=as_json)
        return
    if bank:
        from protocyte.cli.population import stocked

        seed = fresh_seed(seed)
        plan, rehearsal = stocked(plan, rehearsal, knobs, bank, seed=seed)
    else:
        refuse_knobs(knobs, level)
    if random or participants or compare is not None or monte_carlo or calendar or rates:
        _check_methods(protocol, plan)
    if random is not None:
        meet_random_truths(
            plan, random, generator=generator or "uniform", responses=responses, compare=compare,
            target=target, correlation=rehearsal.links.toxicity_with_response, trials=trials,
            memory=memory, engine=engine, seed=seed, out=out, as_json=as_json,
        )  # fmt: skip
        return
    if participants:
        from protocyte.cli.virtual import rehearse

        rehearse(
            plan, rehearsal, scenario, bank=bank > 0, out=out, seed=seed, start=start,
            as_json=as_json,
        )  # fmt: skip
        return
    if len(correlations) > 1:
        correlate(
            plan, rehearsal, correlations, compare=compare, target=target, trials=trials or TRIALS,
            memory=memory, engine=engine, seed=seed, out=out, as_json=as_json,
        )  # fmt: skip
        return
    if compare is not None:
        from protocyte.cli import compare as comparing

        comparing.compare(
            plan, rehearsal, compare, target=target, trials=trials or TRIALS, memory=memory,
            engine=engine, calendar=calendar, rates=rates, seed=seed, out=out,
            as_json=as_json,
        )  # fmt: skip
        return
    used = fresh_seed(seed) if monte_carlo or calendar or rates else None
    simulated = _monte_carlo(plan, rehearsal, monte_carlo, used) if monte_carlo else None
    try:
        with progress("walking every state that the trial can reach", None):
            programme = find_programme(plan, rehearsal, memory=memory or MEMORY)
    except DesignError as error:
        _check_methods(protocol, plan)
        if simulated is None:
            raise DesignError(f"{error} Here: `--monte-carlo 10000`.") from error
        print_talk(f"simulated, because an exact answer is out of reach: {error}")
        programme, simulated = find_programme(plan, rehearsal, dose=simulated), None
    timed = _timed(plan, rehearsal, rates, calendar=calendar, trials=trials or TRIALS, seed=used)
    _print_programme(
        plan, rehearsal, programme, simulated, timed, out=out, seed=used, as_json=as_json
    )


def _timed(
    plan: Protocol,
    rehearsal: Rehearsal,
    rates: tuple[Rate, ...],
    *,
    calendar: bool,
    trials: int,
    seed: int | None,
) -> "dict[str, InTime]":
    """Run dose finding in calendar time, where that is asked for."""
    timed: dict[str, InTime] = {}
    if calendar:
        from protocyte.cli.calendar import in_time

        timed["calendar"] = in_time(plan, rehearsal, trials=trials, seed=seed or 0)
    if rates:
        timed["accrual"] = at_rates(plan, rehearsal, rates, trials=trials, seed=seed or 0)
    return timed


def _check_methods(path: Path, plan: Protocol) -> None:
    """Print what is wrong with settings that make no design, and leave."""
    try:
        find_dose_design(plan)
        find_sample_design(plan)
    except DesignError:
        print_causes(path)
        raise


def _print_programme(
    plan: Protocol,
    rehearsal: Rehearsal,
    programme: Programme,
    checked: Characteristics | None,
    timed: "dict[str, InTime]",
    *,
    out: Path | None,
    seed: int | None,
    as_json: bool,
) -> None:
    made = origin(plan, seed=seed)
    data: dict[str, Any] = {"origin": dict(made), **programme.as_dict()}
    if checked is not None:
        data["monte_carlo"] = checked.as_dict()
    data |= {name: one.data for name, one in timed.items()}
    if as_json:
        print_json(data)
    if checked is not None and programme.dose is not None:
        _print_agreement(programme.dose, checked)
    if as_json and out is None:
        return
    from protocyte.report.characteristics import render_characteristics

    section = render_characteristics(programme, protocol=plan, rehearsal=rehearsal)
    sections = (section, *(one.section for one in timed.values()))
    document = Document(plan.trial.title, plan.name, "rehearsal", sections, made)
    if not as_json:
        STDOUT.print(render_terminal(document))
    if out is not None:
        from protocyte.report.html import render_html

        write_json(out / "characteristics.json", data)
        write_text(out / "characteristics.html", render_html(document))
        print_talk(f"written: {out / 'characteristics.html'}")


def _monte_carlo(
    plan: Protocol, rehearsal: Rehearsal, trials: int, seed: int | None
) -> Characteristics | None:
    from protocyte.simulation.designs import simulate_design

    design = find_dose_design(plan)
    if design is None:
        return None
    rng = np.random.default_rng(seed)
    with progress(f"simulating {trials:,} trials a scenario", None):
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
