"""`protocyte simulate --population`: virtual patients of a protocol, and what its words buy."""

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
from protocyte.files import write_json, write_text
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal
from protocyte.report.document import Document
from protocyte.report.population import render_contrast
from protocyte.report.sensitivity import render_sensitivity
from protocyte.report.terminal import render_terminal
from protocyte.simulation.population.contrast import contrast_arms, find_arms, turn
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
        return [arms[0], turn(Knobs(**asdict(knobs)), arms[0])] if knobs.any else arms
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

        contrast = contrast_arms(arms, n, make=lambda: np.random.default_rng(used), tick=tick)
    leaning = _lean(arms[0], points, used) if points else None
    made = origin(plan, seed=used)
    data = {"origin": dict(made), **as_dict(contrast, n)}
    if leaning is not None:
        data["sensitivity"] = leaning_as_dict(leaning)
    if as_json:
        print_json(data)
        if out is None:
            return
    more = () if leaning is None else (render_sensitivity(leaning),)
    heading = (plan.trial.title, plan.name, "virtual patients")
    if not as_json:
        short = (render_contrast(contrast, n=n, whole=False), *more)
        STDOUT.print(render_terminal(Document(*heading, short, made)))
    if out is not None:
        section = render_contrast(contrast, n=n)
        _write(Document(*heading, (section, *more), made), contrast, data, out)


def stocked(
    plan: Protocol, rehearsal: Rehearsal, knobs: Asked, n: int, *, seed: int
) -> tuple[Protocol, Rehearsal]:
    """Give the protocol with its knobs turned, and the rehearsal with the truths of a bank."""
    from protocyte.simulation.population.bank import count_banks, make_banks, stock

    try:
        plan, rehearsal = Knobs(**asdict(knobs)).turn(plan, rehearsal)
        with progress("virtual patients at every level", n * count_banks(plan)) as bar:
            done = 0

            def tick(size: int) -> None:
                nonlocal done
                done += size
                bar.at(done)

            banks = make_banks(
                plan, rehearsal, n, make=lambda: np.random.default_rng(seed), tick=tick
            )
    except ProtocolError as error:
        raise typer.BadParameter(str(error)) from error
    return plan, stock(rehearsal, banks)


def _lean(arm: Arm, points: int, seed: int) -> Sensitivity:
    """Find which uncertain numbers the results of the first arm lean on."""
    from protocyte.simulation.population.sensitivity import count_runs, find_sensitivity

    with progress("populations with other numbers", count_runs(arm, points)) as bar:
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
                "shares": {name: asdict(contrast.share(name, number)) for name in arm.events},
                "days": arm.days.tolist(),
                "quantiles": list(QUANTILES),
                "bands": {name: band.tolist() for name, band in arm.bands.items()},
                "unsolved": int((~arm.solved).sum()),
            }
        )
    return {"patients": n, "arms": arms}


def _write(document: Document, contrast: Contrast, data: dict[str, Any], out: Path) -> None:
    """Write the page, the figure and the data."""
    from protocyte.report.figure import render_svg
    from protocyte.report.html import render_html
    from protocyte.report.population_figure import render_contrast_figure

    write_json(out / "population.json", data)
    write_text(out / "population.svg", render_svg(render_contrast_figure(contrast)))
    write_text(out / "population.html", render_html(document))
    print_talk(f"written: {out / 'population.html'}")
