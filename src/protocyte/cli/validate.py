"""`protocyte validate`: the cell-kinetics model beside what trials published."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from protocyte import __version__
from protocyte.cli.talk import (
    STDOUT,
    Json,
    command_line,
    fresh_seed,
    print_json,
    print_talk,
    progress,
)
from protocyte.files import write_text
from protocyte.report.credibility import Line, render_credibility, render_markdown
from protocyte.report.document import Document
from protocyte.report.terminal import render_terminal
from protocyte.simulation.credibility.predict import (
    DRAWS,
    find_summary_counts,
    simulate_targets,
)
from protocyte.simulation.credibility.published import TRIALS

_TITLE = "Credibility of the cell-kinetics model"


def validate(
    draws: Annotated[
        int, typer.Option(min=20, max=100_000, help="Simulations of every published trial.")
    ] = DRAWS,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="File to write, .md or .html.", show_default=False),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Seed of everything random; printed if absent.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Hold the cell-kinetics model against published trials: hits and misses.

    Example: `protocyte validate -o validation/credibility.md --seed 1`
    """
    if out is not None and out.suffix not in (".md", ".html"):
        raise typer.BadParameter(f"{out} is neither .md nor .html", param_hint="--out")
    used = fresh_seed(seed)
    with progress("published trials simulated", draws * len(TRIALS)) as bar:
        done = 0

        def tick(size: int) -> None:
            nonlocal done
            done += size
            bar.at(done)

        found = simulate_targets(draws=draws, rng=np.random.default_rng(used), tick=tick)
    counts = find_summary_counts(found)
    lines = [
        Line(
            one.key, one.trial, one.result, mark=one.mark, source=one.source, value=one.value,
            n=one.n, is_count=one.is_count, prediction=prediction,
        )
        for one, prediction in found
    ]  # fmt: skip
    made = (
        ("Program", f"protocyte {__version__}"),
        ("Seed", str(used)),
        ("Command", command_line()),
    )
    if as_json:
        targets = [{**asdict(one), "prediction": asdict(known)} for one, known in found]
        data: dict[str, Any] = {"origin": dict(made), "draws": draws, "counts": counts}
        print_json({**data, "targets": targets})
    section = render_credibility(lines, counts, draws=draws)
    document = Document(_TITLE, "published trials", "validation", (section,), made)
    if not as_json:
        STDOUT.print(render_terminal(document))
    if out is None:
        return
    if out.suffix == ".md":
        trials = {name: trial.why for name, trial in TRIALS.items()}
        write_text(out, render_markdown(lines, counts, trials, draws=draws, origin=made))
    else:
        from protocyte.report.html import render_html

        write_text(out, render_html(document))
    print_talk(f"written: {out}")
