"""`protocyte decide`: what the protocol's method says next, with its arithmetic."""

from pathlib import Path
from typing import Annotated

import typer

from protocyte.cli.talk import (
    STDOUT,
    Json,
    ProtocolPath,
    day,
    print_json,
    print_talk,
    sound_protocol,
)
from protocyte.derivation import derive_analysis_data, derive_outcomes
from protocyte.design import Outcomes, decide_tree
from protocyte.design.plan import find_dose_design
from protocyte.errors import ProtocolError
from protocyte.files import read_record
from protocyte.protocol.plan import Protocol
from protocyte.report.decision import render_decision
from protocyte.report.terminal import render_terminal


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
        int, typer.Option(min=0, max=3, help="Cohorts to look ahead in the what-ifs.")
    ] = 1,
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
    seen, notation, pending = _seen(plan, outcomes, at)
    decision, selection = design.decide(seen), design.select(seen)
    tree = decide_tree(design, seen, cohorts=ahead) if ahead and decision.dose else None
    if pending:
        print_talk(f"{pending} participants are still watched and are not counted.")
    if as_json:
        print_json(
            {
                "protocol": plan.name,
                "digest": plan.digest,
                "outcomes": notation,
                "pending": pending,
                "decision": decision.as_dict(),
                "selection_if_ended_now": selection.as_dict(),
                "what_if": tree.as_dict() if tree else None,
            }
        )
        return
    document = render_decision(
        plan, notation=notation, decision=decision, selection=selection, tree=tree
    )
    STDOUT.print(render_terminal(document))


def _seen(plan: Protocol, outcomes: str, at: str | None) -> tuple[Outcomes, str, int]:
    """Read outcomes from notation, or from the record in a folder."""
    levels = len(plan.dosing.levels) if plan.dosing else 0
    notation = outcomes.strip()
    folder = Path(notation)
    if not notation or not (folder.exists() or len(folder.parts) > 1):
        return Outcomes.from_notation(outcomes, n_doses=levels), notation, 0
    data = derive_analysis_data(read_record(folder), plan, at=day(at))
    observed = derive_outcomes(data)
    return observed.outcomes, observed.notation, observed.pending
