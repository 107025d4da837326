"""`protocyte simulate --compare`: other designs before the same scenarios."""

import re
import secrets
from pathlib import Path
from typing import Any, Final

import numpy as np
import typer

from protocyte.cli.accrual import Rate, at_rates
from protocyte.cli.brought import SUFFIX, load_design
from protocyte.cli.talk import STDOUT, origin, print_json, print_talk, progress
from protocyte.design.candidate import Wanted, find_candidates, find_method_names
from protocyte.design.comparison import Comparison
from protocyte.design.programme import find_scenarios
from protocyte.errors import DesignError
from protocyte.files import write_json, write_text
from protocyte.protocol.plan import Protocol
from protocyte.protocol.rehearsal import Rehearsal
from protocyte.report.comparison import render_comparison
from protocyte.report.document import Document
from protocyte.report.terminal import render_terminal
from protocyte.simulation.comparison import MEMORY, simulate_comparison
from protocyte.simulation.grid_engine import Engine

ALL: Final = "all"
_HINT: Final = "--compare"
_ENTRY: Final = re.compile(r"\s*(?P<name>[^,{}]+?)\s*(?P<settings>\{.*\})?\s*", re.DOTALL)


def compare(
    plan: Protocol,
    rehearsal: Rehearsal,
    text: str,
    *,
    target: float | None,
    trials: int,
    memory: float | None,
    engine: Engine,
    calendar: bool,
    rates: tuple[Rate, ...] = (),
    seed: int | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Compare designs, print table and settings, and write them with the figure."""
    used = secrets.randbelow(2**31) if seed is None else seed
    try:
        candidates = find_candidates(plan, wanted(text), target=target)
    except DesignError as error:
        raise typer.BadParameter(str(error), param_hint=_HINT) from error
    ready = sum(candidate.design is not None for candidate in candidates)
    with progress("designs compared", ready if engine == "serial" else None) as bar:
        found = simulate_comparison(
            candidates,
            find_scenarios(rehearsal),
            target=target,
            trials=trials,
            memory=memory or MEMORY,
            engine=engine,
            progress=bar.at,
            rng=np.random.default_rng(used),
        )
    timed = {}
    given: dict[str, Any] = {"target": target, "trials": trials, "seed": used}
    if calendar:
        from protocyte.cli.calendar import in_time

        timed["calendar"] = in_time(plan, rehearsal, candidates, **given)
    if rates:
        timed["accrual"] = at_rates(plan, rehearsal, rates, candidates, **given)
    drawn = bool(timed) or any(not compared.found.exact for compared in found.designs)
    if drawn and seed is None:
        print_talk(f"seed: {used}")
    made = origin(plan, seed=used if drawn else None)
    data: dict[str, Any] = {"origin": dict(made), **found.as_dict()}
    data |= {name: one.data for name, one in timed.items()}
    _say_left_out(found)
    if as_json:
        print_json(data)
    section = render_comparison(found, protocol=plan, rehearsal=rehearsal)
    sections = (section, *(one.section for one in timed.values()))
    document = Document(plan.trial.title, plan.name, "rehearsal", sections, made)
    if not as_json:
        STDOUT.print(render_terminal(document))
    if out is not None:
        from protocyte.report.html import render_html

        write_json(out / "comparison.json", data)
        write_text(out / "comparison.html", render_html(document))
        print_talk(f"written: {out / 'comparison.html'}")


def wanted(text: str) -> tuple[Wanted, ...]:
    """Read a list such as `BOIN{target: 0.25},CRM,3+3`, or `all`."""
    entries = [entry for entry in _entries(text) if entry.strip()]
    if not entries:
        raise typer.BadParameter("name at least one design, or all", param_hint=_HINT)
    found: list[Wanted] = []
    for entry in entries:
        match = _ENTRY.fullmatch(entry)
        if match is None:
            raise typer.BadParameter(
                f'"{entry.strip()}" is not NAME or NAME{{key: value}}', param_hint=_HINT
            )
        if match["name"].lower() == ALL and match["settings"] is None:
            found += [Wanted(name) for name in find_method_names()]
        elif match["name"].endswith(SUFFIX):
            kind = load_design(Path(match["name"]), hint=_HINT)
            found.append(Wanted(kind.__name__, _settings(match["settings"]), kind))
        else:
            found.append(Wanted(match["name"], _settings(match["settings"])))
    return tuple(found)


def _entries(text: str) -> list[str]:
    """Part a list at the commas that stand in no bracket."""
    entries, depth = [""], 0
    for letter in text:
        depth += (letter in "{[") - (letter in "}]")
        if letter == "," and depth == 0:
            entries.append("")
        else:
            entries[-1] += letter
    return entries


def _settings(text: str | None) -> dict[str, Any]:
    """Read settings as YAML writes them on one line."""
    if text is None:
        return {}
    from protocyte.protocol.source import parse_source

    source = parse_source(text, file=_HINT)
    is_mapping = isinstance(source.data, dict) and not source.findings
    # A colon that was forgotten leaves a key of two words and no value.
    if not is_mapping or any(" " in str(key) for key in source.data):
        raise typer.BadParameter(
            f"{text} cannot be read; write settings as {{target: 0.3, stop_at: 12}}",
            param_hint=_HINT,
        )
    return dict(source.data)


def _say_left_out(found: Comparison) -> None:
    for candidate in found.left_out:
        print_talk(f"left out: {candidate.label}: {candidate.missing}")
    for compared in found.designs:
        if compared.why_simulated:
            print_talk(f"simulated: {compared.candidate.label}: {compared.why_simulated}")
