"""From analysis data to what a design reads that decides while outcomes are pending."""

from datetime import date
from typing import Any, Final

from protocyte.derivation.outcome import Observed
from protocyte.design.late_onset.follow_up import Followed, FollowUp
from protocyte.design.late_onset.late_onset import LateOnsetDesign

#: What separates a window from its end while a verdict is open [d].
_A_DAY: Final = 1.0


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
    nowhere else. Who left later, and whoever can have no response any more, is complete. A toxicity
    whose verdict is open at the end of the window stays pending as on the day before.

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


def _followed(row: dict[str, Any], design: LateOnsetDesign, at: date) -> Followed:
    window, longest = design.window, design.longest_window
    to_come = float((row["DLTENDT"] - at).days)
    days, dlt, response = max(window - to_come, 0.0), None, None
    if row["TOXICITY"]:
        begun = (row["DLTENDT"] - row["DLTDT"]).days if row["DLTDT"] else window
        dlt = min(max(window - begun, 0.0), window)
        days = max(days, dlt)
    if row["RESPONSE"]:
        seen = (row["RESPONSEDT"] - row["TRTSDT"]).days if row["RESPONSEDT"] else days
        response = min(float(seen), days)
    if row["DLTEVAL"] == "pending":
        days = min(days, max(window - _A_DAY, window / 2))
        response = None if response is None else min(response, days)
    elif row["STATUS"] == "pending":
        days = min(days, max(longest - _A_DAY, longest / 2))
    else:
        days = max(days, window if row["AWAITED"] else longest)
    return Followed(
        dose=int(row["LEVELN"]),
        days=days,
        dlt=dlt,
        response=response,
        backfilled=bool(row["BACKFILL"]),
    )
