"""Where a trial stands: outcomes as they are typed, or as a record tells them."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import final

from protocyte.cli.talk import day
from protocyte.derivation import (
    Observed,
    Watch,
    derive_analysis_data,
    derive_decision,
    derive_monitoring,
    derive_outcomes,
)
from protocyte.design import Decision, Design, Outcomes
from protocyte.design.catalogue.late_onset import find_late_onset
from protocyte.files import read_record
from protocyte.protocol.plan import Protocol


@final
@dataclass(frozen=True, slots=True)
class Standing:
    """What is known on the day of a decision.

    Parameters
    ----------
    outcomes : Outcomes
        Counts of the evaluable participants.
    notation : str
        The same, as trialists write them, and how many are pending.
    pending : int
        Participants who are still watched.
    lines : tuple of str
        What a reader must know of the pending ones.
    follows : bool
        Whether the design counts pending participants.
    decision : Decision or None
        What is decided from follow-up or by a boundary; None if the outcomes decide.
    boundaries : tuple of Watch
        Where the stopping boundaries stand.
    """

    outcomes: Outcomes
    notation: str
    pending: int = 0
    lines: tuple[str, ...] = ()
    follows: bool = False
    decision: Decision | None = None
    boundaries: tuple[Watch, ...] = ()

    @property
    def without_ahead(self) -> str:
        """Why counts alone do not tell what follows; empty if they do."""
        if not (self.follows and self.pending):
            return ""
        who = "1 outcome is" if self.pending == 1 else f"{self.pending} outcomes are"
        return f"{who} pending, and a look ahead counts complete ones."


def read_outcomes(plan: Protocol, design: Design, text: str, at: str | None) -> Standing:
    """Read outcomes from notation, or from the record in a folder."""
    notation = text.strip()
    folder = Path(notation)
    if not notation or not (folder.exists() or len(folder.parts) > 1):
        return Standing(Outcomes.from_notation(text, n_doses=design.n_doses), notation)
    return _recorded(plan, design, folder, at)


def _recorded(plan: Protocol, design: Design, folder: Path, at: str | None) -> Standing:
    """Look at a record as it stood on a day."""
    data = derive_analysis_data(read_record(folder), plan, at=day(at))
    observed, boundaries = derive_outcomes(data), derive_monitoring(data)
    late = find_late_onset(design, plan.dosing) if plan.dosing else None
    decision = None
    if late is not None:
        decision = derive_decision(observed, late, at=data.at)
    reached = next((watch for watch in boundaries if watch.reached), None)
    if reached is not None:
        decision = replace(reached.decision, references=design.references)
    pending = f"{observed.pending} pending" if observed.pending else ""
    return Standing(
        observed.outcomes,
        ", ".join(part for part in (observed.notation, pending) if part),
        observed.pending,
        _told(observed, counted=late is not None),
        late is not None,
        decision,
        boundaries,
    )


def _told(observed: Observed, *, counted: bool) -> tuple[str, ...]:
    """Say who is pending, and whose toxicity is open."""
    if not observed.pending:
        return ()
    how = (
        "counted as far as followed"
        if counted
        else "not counted: the method, with its rules, waits for complete outcomes"
    )
    who = "1 participant is" if observed.pending == 1 else f"{observed.pending} participants are"
    is_open = [
        f"{row['USUBJID']}: {row['DLTREASON']}"
        for row in observed.participants.iter_rows(named=True)
        if row["DLTEVAL"] == "pending" and row["DLTREASON"]
    ]
    return (f"{who} still watched and {how}.", *is_open)
