"""`protocyte simulate --population`: virtual patients of a protocol, and what its words buy."""

import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import typer

from protocyte.analysis.contrast import QUANTILES, Contrast
from protocyte.analysis.sensitivity import Sensitivity
from protocyte.cli.knobs import Asked
from protocyte.cli.talk import STDOUT, fresh_seed, origin, print_json, print_talk, progress
from protocyte.errors import ProtocolError
from protocyte.files import write_bytes, write_json, write_table, write_text
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal
from protocyte.report.document import Document
from protocyte.report.population import render_contrast
from protocyte.report.population_table import render_contrast_tables
from protocyte.report.sensitivity import render_sensitivity
from protocyte.report.synopsis import render_assumptions
from protocyte.report.terminal import render_terminal
from protocyte.simulation.population.contrast import find_arms, find_turned, simulate_arms
from protocyte.simulation.population.knob import Knobs
from protocyte.simulation.population.setting import Arm

_SENSITIVITY_PATIENTS = 200


def protocol_arms(
    plan: Protocol, rehearsal: Rehearsal, knobs: Asked, *, level: int | None
) -> list[Arm]:
    """Give the arms: the protocol as written, and with the knobs; or what is worth comparing."""
    chosen = level or (len(plan.dosing.levels) if plan.dosing else None)
    try:
        arms = find_arms(plan, rehearsal, level=chosen)
        _ = arms[0].disease  # refused here, while the words of the command are looked at
        return [arms[0], find_turned(Knobs(**asdict(knobs)), arms[0])] if knobs.any else arms
    except ProtocolError as error:
        raise typer.BadParameter(str(error)) from error


def follow(
    plan: Protocol,
    arms: Sequence[Arm],
    n: int,
    *,
    points: int = 0,
    seed: int | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Follow the same virtual patients in every arm; print what became of them, and write it."""
    used = fresh_seed(seed)
    with progress("virtual patients followed", n * len(arms)) as bar:
        done = 0

        def tick(size: int) -> None:
            nonlocal done
            done += size
            bar.at(done)

        contrast = simulate_arms(arms, n, make=lambda: np.random.default_rng(used), tick=tick)
    leaning = _lean(arms[0], points, used) if points else None
    made = _made(arms, used)
    data = {"origin": dict(made), **as_dict(contrast, n)}
    if leaning is not None:
        data["sensitivity"] = leaning_as_dict(leaning)
    if as_json:
        print_json(data)
        if out is None:
            return
    more = () if leaning is None else (render_sensitivity(leaning),)
    plans = {arm.plan.name: arm.plan for arm in reversed(arms)}
    titled = plan.trial.title if len(plans) == 1 else "Protocols in the same virtual patients"
    heading = (titled, ", ".join(reversed(plans)), "virtual patients")
    if not as_json:
        short = (*render_contrast(contrast, n=n, whole=False), *more)
        STDOUT.print(render_terminal(Document(*heading, short, made)))
        for one in reversed(plans.values()):
            _print_assumed(one)
    if out is not None:
        from protocyte.report.html import render_html
        from protocyte.report.population_figure import render_contrast_figure

        chart = render_contrast_figure(contrast)
        sections = (
            *render_contrast(contrast, n=n, chart=chart), *more, render_assumptions(plan)
        )  # fmt: skip
        if out.suffix != ".html":
            _write(contrast, chart, data, out)
        page = out if out.suffix == ".html" else out / "population.html"
        write_text(page, render_html(Document(*heading, sections, made)))
        print_talk(f"written: {page}")


def _made(arms: Sequence[Arm], seed: int) -> tuple[tuple[str, str], ...]:
    """Say how a result came about, and from which protocols."""
    first = arms[0].plan
    others = {arm.plan.name: arm.plan for arm in arms if arm.plan.name != first.name}
    named = [
        (f"Protocol {number}", f"{plan.name}, digest {plan.digest}")
        for number, plan in enumerate(others.values(), start=2)
    ]
    own, *rest = origin(first, seed=seed)
    return (own, *named, *rest)


def _print_assumed(plan: Protocol) -> None:
    """Say where the protocol rests on assumptions."""
    if plan.assumptions:
        print_talk(
            f"{len(plan.assumptions)} values of {plan.name} are assumed, no source gives them; "
            "`protocyte show` lists them."
        )


def stocked(
    plan: Protocol, rehearsal: Rehearsal, knobs: Asked, n: int, *, seed: int
) -> tuple[Protocol, Rehearsal]:
    """Give the protocol with its knobs turned, and the rehearsal with the truths of a bank."""
    from protocyte.simulation.population.bank import find_bank_size, find_stocked, simulate_banks

    try:
        plan, rehearsal = Knobs(**asdict(knobs)).turn(plan, rehearsal)
        with progress("virtual patients at every level", n * find_bank_size(plan)) as bar:
            done = 0

            def tick(size: int) -> None:
                nonlocal done
                done += size
                bar.at(done)

            banks = simulate_banks(
                plan, rehearsal, n, make=lambda: np.random.default_rng(seed), tick=tick
            )
    except ProtocolError as error:
        raise typer.BadParameter(str(error)) from error
    return plan, find_stocked(rehearsal, banks)


def _lean(arm: Arm, points: int, seed: int) -> Sensitivity:
    """Find which uncertain numbers the results of the first arm lean on."""
    from protocyte.simulation.population.sensitivity import find_runs, find_sensitivity

    with progress("populations with other numbers", find_runs(arm, points)) as bar:
        done = 0

        def tick(size: int) -> None:
            nonlocal done
            done += size
            bar.at(done)

        try:
            return find_sensitivity(
                arm,
                points=points,
                patients=_SENSITIVITY_PATIENTS,
                make=lambda: np.random.default_rng(seed),
                tick=tick,
            )
        except ProtocolError as error:
            raise typer.BadParameter(str(error), param_hint="--sensitivity") from error


def leaning_as_dict(found: Sensitivity) -> dict[str, Any]:
    """Give Sobol indices as JSON can hold them."""
    names = [one.name for one in found.parameters]
    return {
        "runs": found.runs,
        "outputs": {
            output: {
                "q05": float(found.low[row]),
                "q95": float(found.high[row]),
                "first_order": dict(zip(names, found.first[row].tolist(), strict=True)),
                "total": dict(zip(names, found.total[row].tolist(), strict=True)),
            }
            for row, output in enumerate(found.outputs)
        },
    }


def as_dict(contrast: Contrast, n: int) -> dict[str, Any]:
    """Give what became of virtual patients as JSON can hold it."""
    arms = []
    for number, arm in enumerate(contrast.arms):
        spreads = {name: contrast.spread(name, number) for name in arm.numbers}
        shares = {name: contrast.share(name, number) for name in arm.events}
        arms.append(
            {
                "arm": arm.label,
                "disease": arm.disease,
                "lymphodepletion": arm.lymphodepletion,
                "expansion": arm.expansion,
                "switches": [list(pair) for pair in arm.switches],
                "numbers": {
                    name: dict(zip(("q05", "q50", "q95"), spread, strict=True))
                    for name, spread in spreads.items()
                },
                "shares": {
                    name: {key: _finite(value) for key, value in asdict(share).items()}
                    for name, share in shares.items()
                    if share is not None
                },
                "days": arm.days.tolist(),
                "quantiles": list(QUANTILES),
                "bands": {
                    name: [[_finite(value) for value in line] for line in band]
                    for name, band in arm.bands.items()
                },
                "unsolved": int((~arm.solved).sum()),
            }
        )
    return {"patients": n, "arms": arms}


def _finite(value: float) -> float | None:
    """Give a number as JSON can hold it."""
    return float(value) if math.isfinite(value) else None


def _write(contrast: Contrast, chart: dict[str, Any], data: dict[str, Any], out: Path) -> None:
    """Write the figure and the data into a folder."""
    from protocyte.report.figure import render_png, render_svg

    write_text(out / "population.svg", render_svg(chart))
    write_bytes(out / "population.png", render_png(chart))
    write_json(out / "population.json", data)
    for name, frame in render_contrast_tables(contrast).items():
        write_table(frame, out / f"{name}.csv")
        write_table(frame, out / f"{name}.parquet")
