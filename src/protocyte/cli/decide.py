"""`protocyte decide`: what the protocol's method says next, with its arithmetic."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import typer

from protocyte.cli.standing import Standing, read_outcomes
from protocyte.cli.talk import (
    STDOUT,
    Json,
    ProtocolPath,
    origin,
    print_json,
    print_talk,
    sound_protocol,
    sound_rehearsal,
)
from protocyte.design import (
    Characteristics,
    Design,
    Outcomes,
    Scenario,
    decide_tree,
    find_characteristics,
)
from protocyte.design.exact.paths import Pathways, find_paths
from protocyte.design.plan import find_dose_design, find_sample_design
from protocyte.design.programme import find_scenarios
from protocyte.errors import DesignError, NumericalError, ProtocolError
from protocyte.protocol.plan import Protocol
from protocyte.report.decision import render_decision
from protocyte.report.document import Document, Section
from protocyte.report.monitoring import render_watches
from protocyte.report.outlook import render_outlook
from protocyte.report.terminal import render_terminal

#: What a look ahead may take before it is left out [GB].
_MEMORY: Final = 0.5
_MOST_AHEAD: Final = 12
#: Cohorts of what-ifs without probabilities.
_MOST_WHAT_IFS: Final = 3


def decide(
    protocol: ProtocolPath,
    outcomes: Annotated[
        str,
        typer.Argument(
            help="Outcomes so far, such as '1NNN 2NTN' (N neither, T toxicity, E response, B both; "
            "'' for none), or the folder of a record.",
            show_default=False,
        ),
    ],
    *,
    ahead: Annotated[
        int,
        typer.Option(
            min=0,
            max=_MOST_AHEAD,
            help="Cohorts to look ahead; more than 3 only with `--paths`.",
        ),
    ] = 1,
    paths: Annotated[
        bool,
        typer.Option(
            "--paths",
            help="Show the paths of the next cohorts as a tree, with their probabilities in each "
            "scenario; from the fourth cohort on (the third where responses are counted) merged.",
        ),
    ] = False,
    outlook: Annotated[
        bool,
        typer.Option(
            "--outlook/--no-outlook",
            help="Tell how the trial will end in each scenario, from where it stands.",
        ),
    ] = True,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--out",
            help="Write a page (.html), or the paths as a table (.csv).",
            show_default=False,
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="DATE", help="Day of looking, for a record.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say what comes next, why, and what would follow from each possible outcome.

    Example: `protocyte decide protocols/wu-cart-007 "1NNN 2NTN"`
    """
    plan = sound_protocol(protocol)
    design = find_dose_design(plan) or find_sample_design(plan)
    if design is None or plan.dosing is None:
        raise ProtocolError(
            f"{plan.name} gives one dose and names no method that decides (`dosing.method`, or "
            "`statistics.sample`)."
        )
    _check_options(ahead, paths=paths, out=out)
    if plan.dosing.method is None:
        _check_typed(outcomes)
    told = read_outcomes(plan, design, outcomes, at)
    seen, pending = told.outcomes, told.pending
    rehearsal = sound_rehearsal(protocol, plan) if paths or outlook else None
    truths = () if rehearsal is None else find_scenarios(rehearsal)
    for line in told.lines:
        print_talk(line)
    decision = told.decision or design.decide(seen)
    selection = design.select(seen)
    tree, found, ways, why_not = None, None, None, told.without_ahead
    if decision.dose and not why_not:
        if ahead and not paths:
            tree = decide_tree(design, seen, cohorts=ahead)
        if outlook:
            found, why_not = _outlook(design, seen, truths)
        if paths:
            ways = find_paths(design, seen, cohorts=max(ahead, 1), scenarios=truths)
    elif paths and why_not:
        print_talk(f"no paths: {why_not}")
    if as_json:
        print_json(
            {
                "protocol": plan.name,
                "digest": plan.digest,
                "outcomes": told.notation,
                "pending": pending,
                "decision": decision.as_dict(),
                "selection_if_ended_now": selection.as_dict(),
                "outlook": found.as_dict() if found else None,
                "what_if": tree.as_dict() if tree else None,
                "paths": ways.as_dict() if ways else None,
                "boundaries": [watch.as_dict() for watch in told.boundaries],
            }
        )
    document = render_decision(
        plan, notation=told.notation, decision=decision, selection=selection, tree=tree
    )
    outlook_section = (
        render_outlook(found, seen=seen, protocol=plan, why_not=why_not)
        if outlook and (found is not None or why_not)
        else None
    )
    document = _joined(document, told, outlook_section, ways, plan)
    if out is not None:
        _write(document, ways, plan, out)
    if not as_json:
        STDOUT.print(render_terminal(document))


def _check_typed(outcomes: str) -> None:
    """Refuse a record where one dose is given: responses are derived for dose finding alone."""
    folder = Path(outcomes.strip())
    if outcomes.strip() and (folder.exists() or len(folder.parts) > 1):
        raise ProtocolError(
            "Responses at one dose are not yet read from a record; count them with `protocyte "
            "analyse`, and write the outcomes, such as '1NEEN'."
        )


def _joined(
    document: Document,
    told: Standing,
    outlook: Section | None,
    ways: Pathways | None,
    plan: Protocol,
) -> Document:
    """Add what is known beyond the decision itself."""
    sections = list(document.sections)
    if told.boundaries:
        sections.append(render_watches(told.boundaries))
    if outlook is not None:
        sections.append(outlook)
    if ways is not None:
        from protocyte.report.paths import render_paths

        sections.append(render_paths(ways, protocol=plan))
    return replace(document, sections=tuple(sections))


def _check_options(ahead: int, *, paths: bool, out: Path | None) -> None:
    if ahead > _MOST_WHAT_IFS and not paths:
        raise typer.BadParameter(
            f"{ahead} cohorts ahead are shown as paths only; add --paths", param_hint="--ahead"
        )
    if out is not None and out.suffix not in (".html", ".csv"):
        raise typer.BadParameter(f"{out} ends in neither .html nor .csv", param_hint="--out")
    if out is not None and out.suffix == ".csv" and not paths:
        raise typer.BadParameter("a table holds paths; add --paths", param_hint="--out")


def _outlook(
    design: Design, seen: Outcomes, truths: tuple[Scenario, ...]
) -> tuple[Characteristics | None, str]:
    """Walk from the present state on, if that is soon done."""
    if not truths:
        return None, ""
    try:
        return find_characteristics(design, truths, outcomes=seen, memory=_MEMORY), ""
    except (DesignError, NumericalError, MemoryError) as error:
        return None, str(error)


def _write(document: Document, ways: Pathways | None, plan: Protocol, out: Path) -> None:
    from protocyte.files import write_text

    if out.suffix == ".csv":
        if ways is None:
            raise ProtocolError("The trial has ended, so there are no paths to write.")
        from protocyte.report.paths import render_path_rows

        write_text(out, render_path_rows(ways))
    else:
        from protocyte.report.html import render_html

        write_text(out, render_html(replace(document, origin=origin(plan))))
    print_talk(f"written: {out}")
