"""From analysis data to what a design reads that decides while outcomes are pending."""

from dataclasses import replace
from datetime import date
from typing import Any, Final

from protocyte.derivation.outcome import Observed
from protocyte.design import Decision
from protocyte.design.decision import SENTENCES, Reason
from protocyte.design.late_onset.follow_up import Followed, FollowUp
from protocyte.design.late_onset.late_onset import LateOnsetDesign

#: What separates a window from its end while a verdict is open [d].
_A_DAY: Final = 1.0
_BETWEEN_COHORTS: Final = ("escalate", "stay", "suspend")


def derive_follow_up(observed: Observed, design: LateOnsetDesign, *, at: date) -> FollowUp:
    """Derive how far every participant was followed on the day of a decision.

    Parameters
    ----------
    observed : Observed
        Outcomes and status of the participants at the cut of the decision.
    design : LateOnsetDesign
        The design that will read it, with its windows.
    at : date
        The day of looking.

    Returns
    -------
    FollowUp
        Those who are evaluable or pending, in the order of enrolment.

    Notes
    -----
    Days are counted so that the window ends on the day on which the protocol says so, whatever the
    length of a month. Who left without a DLT before the end of the window is not counted, as
    nowhere else. What a response is, and until when it is awaited, the endpoint says: one that is
    seen at a late visit counts as on the last day of the design's window. Who left later, and
    whoever can have no response any more, is complete. A toxicity whose verdict is open at the end
    of the window stays pending as on the day before.

    Examples
    --------
    >>> from datetime import datetime
    >>> from protocyte.derivation.dataset import derive_analysis_data
    >>> from protocyte.derivation.outcome import derive_outcomes
    >>> from protocyte.design import BOIN
    >>> from protocyte.design.late_onset.suspension import Suspension
    >>> from protocyte.design.late_onset.tite_boin import TITEBOIN
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> from protocyte.record import About, fold_events
    >>> from protocyte.record.event import Consented, Treated
    >>> told = {"participant": "P1", "by": "site", "recorded": datetime(2026, 3, 1)}
    >>> events = [Consented(happened="2026-03-01", **told),
    ...           Treated(happened="2026-03-09", treatment="cells", category="CELL INFUSION",
    ...                   level=1, **told)]
    >>> record, on = fold_events(events, about=About("DEMO")), date(2026, 3, 19)
    >>> data = derive_analysis_data(record, parse_protocol(EXAMPLE).plan, at=on)
    >>> design = TITEBOIN(BOIN(target=0.3, n_doses=3), 28, Suspension(0.5, None, None))
    >>> derive_follow_up(derive_outcomes(data), design, at=on).participants[0].days
    10.0
    """
    counted = observed.participants.filter(
        observed.participants["STATUS"].is_in(["evaluable", "pending"])
    )
    people = tuple(_followed(row, design, at) for row in counted.iter_rows(named=True))
    return FollowUp(design.n_doses, people)


def derive_decision(observed: Observed, design: LateOnsetDesign, *, at: date) -> Decision:
    """Derive what comes next from follow-up, a cohort that is not full yet filled first.

    Parameters
    ----------
    observed : Observed
        Outcomes and status of the participants at the cut of the decision.
    design : LateOnsetDesign
        The design, which counts pending participants.
    at : date
        The day of looking.

    Returns
    -------
    Decision
        The next dose and cohort, to stop, or to suspend enrolment and until when.

    Notes
    -----
    A design decides between cohorts. Within one its dose stays open until the cohort is full, and
    again if a participant leaves before having been watched long enough, unless the design would
    already go down or stop.

    Examples
    --------
    >>> import polars as pl
    >>> from protocyte.design import BOIN, Outcomes
    >>> from protocyte.design.late_onset.suspension import Suspension
    >>> from protocyte.design.late_onset.tite_boin import TITEBOIN
    >>> people = pl.DataFrame({
    ...     "COHORTN": [1, 1], "LEVELN": [1, 1], "TRTSDT": [date(2026, 3, 1), date(2026, 3, 15)],
    ...     "DLTENDT": [date(2026, 3, 29), date(2026, 4, 12)], "TOXICITY": [False, None],
    ...     "DLTDT": [None, None], "RESPONSE": [None, None], "RESPONSEDT": [None, None],
    ...     "AWAITED": [False, False], "BACKFILL": [False, False],
    ...     "STATUS": ["evaluable", "pending"], "DLTEVAL": ["evaluable", "pending"]})
    >>> observed = Observed(Outcomes.from_notation("1N", n_doses=3), "1N", people)
    >>> design = TITEBOIN(BOIN(target=0.3, n_doses=3), 28, Suspension(0.5, None, None))
    >>> decision = derive_decision(observed, design, at=date(2026, 4, 1))
    >>> decision.action, decision.dose, decision.size
    ('stay', 1, 1)
    """
    followed = derive_follow_up(observed, design, at=at)
    decision = design.decide_followed(followed)
    # Cohorts are counted without those who were treated beside them.
    escalated = [one for one in followed.participants if not one.backfilled]
    if decision.dose:
        decision = replace(decision, size=design.next_size(len(escalated)))
    missing = _missing(observed, design)
    if not missing or followed.current is None or decision.action not in _BETWEEN_COHORTS:
        return decision
    return replace(
        decision,
        action="stay",
        dose=followed.current,
        size=missing,
        why=Reason.FILL.name.lower(),
        reason=SENTENCES[Reason.FILL].format(next=followed.current),
    )


def _missing(observed: Observed, design: LateOnsetDesign) -> int:
    """Give how many participants the last cohort lacks."""
    people = observed.participants
    counted = people.filter(people["STATUS"].is_in(["evaluable", "pending"]) & ~people["BACKFILL"])
    cohort = counted.select("COHORTN", "LEVELN").rows()
    last = 0
    while last < len(cohort) and cohort[-1 - last] == cohort[-1]:
        last += 1
    if not last:
        return 0
    size = design.next_size(len(cohort) - last)
    numbered = cohort[-1][0] is not None
    missing = max(size - last, 0) if numbered else -last % size
    return max(min(missing, design.planned - len(cohort)), 0)


def _followed(row: dict[str, Any], design: LateOnsetDesign, at: date) -> Followed:
    window, longest = design.window, design.longest_window
    answers = getattr(design, "response_window", longest)
    to_come = float((row["DLTENDT"] - at).days)
    days, dlt, response = max(window - to_come, 0.0), None, None
    if row["TOXICITY"]:
        begun = (row["DLTENDT"] - row["DLTDT"]).days if row["DLTDT"] else window
        dlt = min(max(window - begun, 0.0), window)
        days = max(days, dlt)
    if row["RESPONSE"]:
        seen = (row["RESPONSEDT"] - row["TRTSDT"]).days if row["RESPONSEDT"] else days
        response = min(float(seen), days, answers)
    if row["DLTEVAL"] == "pending":
        days = min(days, max(window - _A_DAY, window / 2))
        response = None if response is None else min(response, days)
    elif row["STATUS"] == "pending":
        days = min(days, max(answers - _A_DAY, answers / 2))
        days = max(days, dlt or 0.0) if dlt is not None else max(days, window)
    else:
        days = max(days, window if row["AWAITED"] else longest)
    return Followed(
        dose=int(row["LEVELN"]),
        days=days,
        dlt=dlt,
        response=response,
        backfilled=bool(row["BACKFILL"]),
    )
