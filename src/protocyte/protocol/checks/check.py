"""What a check is: one clinical mistake, told with a wrong and a right example."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from protocyte.protocol.finding import Path, Severity
from protocyte.protocol.plan import Protocol


@dataclass(frozen=True, slots=True)
class Defect:
    """One place at which a protocol makes the mistake.

    Parameters
    ----------
    where : tuple of str and int
        Path of the key that is wrong.
    message : str
        What is wrong, with the values.
    remedy : str
        What to do.
    lacks : tuple of str and int, optional
        What the protocol lacks, if that is the mistake. Where a defect of form lies there, it was
        written and could not be read: the defect of form is then the one that is reported.
    """

    where: Path
    message: str
    remedy: str
    lacks: Path | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A mistake that protocols make, and how to find it.

    Parameters
    ----------
    code : str
        Letters of the chapter and a number, such as ``"SCH001"``.
    severity : {"error", "warning", "note"}
        Error: the trial cannot be run as written. Warning: it can, and somebody will regret it.
        Note: worth knowing.
    title : str
        The mistake in a few words.
    why : str
        Why it matters, for a reader who has not met it.
    wrong, right : str
        YAML that makes the mistake and YAML that does not; each is laid over the example protocol.
    find : callable
        Gives the defects of a protocol.
    """

    code: str
    severity: Severity
    title: str
    why: str
    wrong: str
    right: str
    find: Callable[[Protocol], Iterable[Defect]]
