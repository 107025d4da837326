"""`protocyte decide`: what the protocol's method says next, with its arithmetic."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from protocyte.cli.talk import (
    STDOUT,
    Json,
    ProtocolPath,
    day,
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
from protocyte.design.plan import find_dose_design
from protocyte.design.programme import find_scenarios
from protocyte.errors import DesignError, NumericalError, ProtocolError
from protocyte.protocol.plan import Protocol
from protocyte.report.decision import render_decision
from protocyte.report.document import Document
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
    design = find_dose_design(plan)
    if design is None or plan.dosing is None:
        raise ProtocolError(
            f"{plan.name} gives one dose and names no method that decides (`dosing.method`)."
        )
    _check_options(ahead, paths=paths, out=out)
    seen, notation, pending = _seen(plan, outcomes, at)
    rehearsal = sound_rehearsal(protocol, plan) if paths or outlook else None
    truths = () if rehearsal is None else find_scenarios(rehearsal)
    if pending:
        print_talk(f"{pending} participants are still watched and are not counted.")
    decision, selection = design.decide(seen), design.select(seen)
    goes_on = bool(decision.dose)
    tree = None
    if ahead and goes_on and not paths:
        tree = decide_tree(design, seen, cohorts=ahead)
    found, why_not = _outlook(design, seen, truths) if outlook and goes_on else (None, "")
    ways = (
        find_paths(design, seen, cohorts=max(ahead, 1), scenarios=truths)
        if paths and goes_on
        else None
    )
    if as_json:
        print_json(
            {
                "protocol": plan.name,
                "digest": plan.digest,
                "outcomes": notation,
                "pending": pending,
                "decision": decision.as_dict(),
                "selection_if_ended_now": selection.as_dict(),
                "outlook": found.as_dict() if found else None,
                "what_if": tree.as_dict() if tree else None,
                "paths": ways.as_dict() if ways else None,
            }
        )
    document = render_decision(
        plan, notation=notation, decision=decision, selection=selection, tree=tree
    )
    if found is not None or why_not:
        more = render_outlook(found, seen=seen, protocol=plan, why_not=why_not)
        document = replace(document, sections=(*document.sections, more))
    if ways is not None:
        from protocyte.report.paths import render_paths

        more = render_paths(ways, protocol=plan)
        document = replace(document, sections=(*document.sections, more))
    if out is not None:
        _write(document, ways, plan, out)
    if not as_json:
        STDOUT.print(render_terminal(document))


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


def _seen(plan: Protocol, outcomes: str, at: str | None) -> tuple[Outcomes, str, int]:
    """Read outcomes from notation, or from the record in a folder."""
    levels = len(plan.dosing.levels) if plan.dosing else 0
    notation = outcomes.strip()
    folder = Path(notation)
    if not notation or not (folder.exists() or len(folder.parts) > 1):
        return Outcomes.from_notation(outcomes, n_doses=levels), notation, 0
    return _recorded(plan, folder, at)


def _recorded(plan: Protocol, folder: Path, at: str | None) -> tuple[Outcomes, str, int]:
    from protocyte.derivation import derive_analysis_data, derive_outcomes
    from protocyte.files import read_record

    data = derive_analysis_data(read_record(folder), plan, at=day(at))
    observed: Any = derive_outcomes(data)
    return observed.outcomes, observed.notation, observed.pending
