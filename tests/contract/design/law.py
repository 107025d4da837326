"""What a law is: a sentence, the designs it is about, and a check that fails where it is broken."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from tests.contract.design.designs import Case

Check: TypeAlias = Callable[[Case], None]


@dataclass(frozen=True, eq=False)
class Law:
    """A law of the interface.

    The check raises AssertionError where a design breaks the law; `asks` says whether the law has
    anything to say about a design at all.
    """

    name: str
    says: str
    asks: Callable[[Case], bool]
    check: Check


@dataclass(frozen=True)
class Mark:
    """A law that designs do not keep, and why: it never can be kept, or it is not yet.

    The check is run all the same, and must find the counter-example.
    """

    law: str
    kind: Literal["never", "not yet"]
    reason: str
    designs: tuple[str, ...]
    doses: tuple[int, ...] = (1, 3)


LAWS: dict[str, Law] = {}


def is_any(_: Case) -> bool:
    """Every design is asked."""
    return True


def is_for_doses(case: Case) -> bool:
    """Designs of several doses, which have somewhere to go."""
    return case.design.n_doses > 1


def law(name: str, *, asks: Callable[[Case], bool] = is_any) -> Callable[[Check], Check]:
    """Enter a check among the laws; the first paragraph of its docstring is what the law says."""

    def entered(check: Check) -> Check:
        says = " ".join((check.__doc__ or "").split("\n\n")[0].split())
        assert says, f"{check.__name__} does not say what it checks"
        assert name not in LAWS, f"there are two laws named {name!r}"
        LAWS[name] = Law(name, says, asks, check)
        return check

    return entered
