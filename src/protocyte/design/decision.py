"""What a design says: the next dose or the selected dose, and why.

A decision is a value that can be printed, stored and replayed. Its reason comes from the same rule
that gave the dose.
"""

from dataclasses import asdict, dataclass
from enum import IntEnum, unique
from typing import Any, Final, Literal

Action = Literal["start", "escalate", "stay", "de-escalate", "stop", "suspend"]


@unique
class Reason(IntEnum):
    """Why a design does what it does next; values below `Reason.START` stop the trial."""

    PLANNED = 0
    ENOUGH = 1
    TOXIC = 2
    TOXIC_EARLY = 3
    INADMISSIBLE = 4
    FUTILE = 5
    FOUND = 6
    SUCCESS = 7
    HARMFUL = 8
    RULE_MET = 12
    RULE_TOXIC = 13
    FULL = 14
    START = 16
    ESCALATE = 17
    STAY = 18
    DE_ESCALATE = 19
    FILL = 20
    TOP = 21
    LOWEST = 22
    CLOSED = 23
    CLOSED_HERE = 24
    EXPLORE = 25
    BEST = 26
    NEXT_STAGE = 27
    GO_ON = 28
    REPLACED = 40
    NOT_SKIPPED = 44
    LIMITED = 45
    WAIT_SHARE = 48
    WAIT_COMPLETED = 49
    WAIT_FOLLOW_UP = 50
    WAIT_LOWEST = 51
    WAIT_COHORT = 52
    WAIT_SIX = 53
    POOLED_UP = 54
    POOLED_STAY = 55
    POOLED_DOWN = 56
    NEAREST = 64
    ONE_LEVEL = 65
    COHERENT = 66
    IN_TARGET = 67


WITHOUT_DOSE: Final = frozenset(
    {
        Reason.TOXIC,
        Reason.TOXIC_EARLY,
        Reason.INADMISSIBLE,
        Reason.HARMFUL,
        Reason.RULE_TOXIC,
    }
)
"""Reasons to stop after which no dose is selected, whatever was seen at other doses."""

SENTENCES: Final[dict[Reason, str]] = {
    Reason.PLANNED: "All planned participants have been treated.",
    Reason.ENOUGH: "Enough participants have been treated at dose {dose}.",
    Reason.TOXIC: "The lowest dose is too toxic.",
    Reason.TOXIC_EARLY: "The lowest dose may be too toxic (extra-safe rule).",
    Reason.INADMISSIBLE: "No dose within reach is admissible.",
    Reason.FUTILE: "Too few responses to go on.",
    Reason.FOUND: "The MTD is settled.",
    Reason.SUCCESS: "Enough is known: stop early with success.",
    Reason.HARMFUL: "Too many participants with the event that is watched: stop.",
    Reason.RULE_MET: "The stopping rule is met.",
    Reason.RULE_TOXIC: "A dose is too toxic by the stopping rule.",
    Reason.FULL: "The dose that would come next has all its participants.",
    Reason.START: "Nobody has been treated yet.",
    Reason.ESCALATE: "Dose {dose} was tolerated: escalate to dose {next}.",
    Reason.STAY: "The DLT rate at dose {dose} is near the target: stay.",
    Reason.DE_ESCALATE: "Too many DLTs at dose {dose}: de-escalate to dose {next}.",
    Reason.FILL: "Dose {next} needs more participants before a decision.",
    Reason.TOP: "Dose {dose} was tolerated and is the highest: stay.",
    Reason.LOWEST: "Too many DLTs at dose {dose}, but it is the lowest: stay.",
    Reason.CLOSED: "Dose {dose} was tolerated, but the next dose is closed: stay.",
    Reason.CLOSED_HERE: "Dose {dose} is too toxic and closed: go down to dose {next}.",
    Reason.EXPLORE: "Dose {dose} is safe and well studied: explore dose {next}.",
    Reason.BEST: "Dose {next} is the most desirable within reach.",
    Reason.NEXT_STAGE: "Enough responses to go on: open the next stage.",
    Reason.GO_ON: "No stopping boundary was reached: go on.",
    Reason.REPLACED: "The dose that would come next is not admissible: dose {next} comes instead.",
    Reason.NOT_SKIPPED: "No untried dose is skipped: dose {next} comes first.",
    Reason.LIMITED: "The increase of the dose is limited: dose {next} comes next.",
    Reason.WAIT_SHARE: "Too many outcomes at dose {dose} are pending: wait.",
    Reason.WAIT_COMPLETED: "Too few outcomes at dose {dose} are complete to escalate: wait.",
    Reason.WAIT_FOLLOW_UP: "Pending participants at dose {dose} need more follow-up: wait.",
    Reason.WAIT_LOWEST: "Too many DLTs at the lowest dose, and outcomes are pending: wait.",
    Reason.WAIT_COHORT: "Outcomes of the last cohort are pending: wait.",
    Reason.WAIT_SIX: "Six are enrolled at dose {dose} and outcomes are pending: wait.",
    Reason.POOLED_UP: "Doses contradict each other, but together allow dose {next}: escalate.",
    Reason.POOLED_STAY: "Doses contradict each other, and together are near the target: stay.",
    Reason.POOLED_DOWN: "Doses contradict each other, and together are too toxic: go to {next}.",
    Reason.NEAREST: "By the model, dose {next} is nearest to the target.",
    Reason.ONE_LEVEL: "By the model a higher dose is nearest to the target, but none is skipped: "
    "dose {next}.",
    Reason.COHERENT: "By the model the dose could rise, but the last cohort had too many DLTs: "
    "dose {next} again.",
    Reason.IN_TARGET: "Of the doses that are safe enough and within reach, dose {next} is the most "
    "likely to be in the target interval.",
}
"""One sentence a reason; {dose} is the level of the last cohort, {next} that of the next."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a design says next.

    Parameters
    ----------
    action : {"start", "escalate", "stay", "de-escalate", "stop", "suspend"}
        What to do, seen from the last cohort's dose; to suspend is to wait for outcomes.
    dose : int or None
        Dose level of the next cohort, from 1; None if the trial stops or waits.
    size : int
        Participants of the next cohort; 0 if the trial stops or waits.
    why : str
        The name of the reason, for machines.
    reason : str
        The reason in a sentence.
    arithmetic : tuple of str
        The numbers that were compared, one line each.
    closed : tuple of int
        Dose levels closed as too toxic (or not admissible).
    references : tuple of str
        Papers of the method.
    shares : tuple of (int, float)
        Dose levels between which chance decides, each with its probability [1]; empty where the
        rule decides. `dose` is then the most probable of them, the lowest of ties.

    Examples
    --------
    >>> Decision("stop", None, 0, "planned", "All planned participants have been treated.").why
    'planned'
    """

    action: Action
    dose: int | None
    size: int
    why: str
    reason: str
    arithmetic: tuple[str, ...] = ()
    closed: tuple[int, ...] = ()
    references: tuple[str, ...] = ()
    shares: tuple[tuple[int, float], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the decision as JSON can hold it."""
        return {**_plain(asdict(self)), "shares": [list(share) for share in self.shares]}


@dataclass(frozen=True, slots=True)
class Selection:
    """Which dose a design would select if the trial ended now.

    Parameters
    ----------
    dose : int or None
        The selected dose level, from 1; None if no dose is selected.
    reason : str
        The reason in a sentence.
    arithmetic : tuple of str
        The numbers that were compared, one line each.
    references : tuple of str
        Papers of the method.

    Examples
    --------
    >>> Selection(None, "Nobody has been treated.").dose is None
    True
    """

    dose: int | None
    reason: str
    arithmetic: tuple[str, ...] = ()
    references: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the selection as JSON can hold it."""
        return _plain(asdict(self))


def _plain(value: dict[str, Any]) -> dict[str, Any]:
    return {key: list(item) if isinstance(item, tuple) else item for key, item in value.items()}
