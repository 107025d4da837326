"""Words for participants who receive another dose than the assigned one, or none."""

from typing import Literal

from protocyte.protocol.chapter import Chapter
from protocyte.protocol.quantity import Share


class ReceivedDose(Chapter):
    """What a dose decision makes of participants whose product fell short."""

    counted: Literal["received", "assigned", "excluded"] = "received"
    """Where a decision counts a participant: at the received level, at the assigned one, or only if
    both are the same."""
    replaced: Literal["nobody", "not infused", "not counted"] = "not infused"
    """Who is replaced until a cohort is full."""
    feasible_from: Share | None = None
    """Least probability of receiving a level as assigned with which it counts as feasible [1]; the
    highest dose that is tolerated and feasible is reported if this is given."""
