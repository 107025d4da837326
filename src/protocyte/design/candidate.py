"""Designs to compare with a protocol's own: by name, with settings that correspond.

Names are those that a protocol can use, whatever they are. Settings that are not given are taken
over from the protocol's own method where they have the same name or the same meaning; otherwise the
design's defaults hold. What is taken over for its meaning is an assumption, and is said.
"""

import difflib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, final, get_args

from pydantic import TypeAdapter, ValidationError

from protocyte.design.brought import find_brought_design
from protocyte.design.design import Design
from protocyte.design.plan import find_dose_design
from protocyte.errors import DesignError
from protocyte.protocol.chapter import Chapter
from protocyte.protocol.dosing import Dosing
from protocyte.protocol.method import DoseMethod
from protocyte.protocol.plan import Protocol

TARGET: Final = "target"
MEANINGS: Final[tuple[tuple[str, ...], ...]] = (
    (TARGET, "target_toxicity", "toxicity_target", "toxicity_limit"),
    *((name,) for name in (
        "too_low", "too_high", "eliminate_above", "eliminate_from", "extra_safe",
        "extra_safe_offset", "stop_at", "stop_when", "cohort_sizes", "efficacy_floor", "utilities",
        "skeleton", "half_width", "prior_mtd", "suspend", "response_window",
    )),
)  # fmt: skip
"""Words that mean the same in every method that has them, or that stand for each other.

Others, such as a certainty, mean something else from method to method, and are not taken over.
"""


@final
@dataclass(frozen=True, slots=True)
class Wanted:
    """A design that somebody asks for.

    Parameters
    ----------
    name : str
        Its name in protocols.
    settings : mapping of str to object
        Settings that were given with it.
    kind : type of Design, optional
        The class, if somebody brings one that protocols have no name for.
    """

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    kind: type[Design] | None = None

    @property
    def label(self) -> str:
        """Its name, with the settings that were given."""
        given = ", ".join(f"{key}: {_written(value)}" for key, value in self.settings.items())
        return f"{self.name} {{{given}}}" if given else self.name


@final
@dataclass(frozen=True, slots=True)
class Candidate:
    """A design ready to be compared, or the reason why it cannot be.

    Parameters
    ----------
    label : str
        What to call it.
    design : Design or None
        The design; None if it is left out.
    settings : tuple of str
        Settings that were given or taken over, a line each.
    missing : str
        Why it is left out; empty if it is not.
    is_own : bool
        Whether it is the protocol's own method, as written.
    """

    label: str
    design: Design | None
    settings: tuple[str, ...] = ()
    missing: str = ""
    is_own: bool = False


def find_method_names() -> tuple[str, ...]:
    """Find the names of all methods that a protocol can use to find a dose.

    Returns
    -------
    tuple of str
        Names, in the order of the language.

    Examples
    --------
    >>> "BOIN" in find_method_names()
    True
    """
    union = get_args(DoseMethod)[0]
    return tuple(_alias(get_args(member)[0]) for member in get_args(union))


def find_candidates(
    protocol: Protocol, wanted: Sequence[Wanted], *, target: float | None = None
) -> tuple[Candidate, ...]:
    """Find the designs that are asked for, with the protocol's own method first.

    Parameters
    ----------
    protocol : Protocol
        The plan: its doses, cohorts and participants hold for every design.
    wanted : sequence of Wanted
        What to compare.
    target : float, optional
        DLT probability to aim at, where neither the protocol nor the request says it [1].

    Returns
    -------
    tuple of Candidate
        The protocol's own method, if it has one, and the others in the order asked for.

    Raises
    ------
    DesignError
        If a name is not known, the protocol has no dose levels, or its own settings contradict
        each other.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> plan = parse_protocol(EXAMPLE).plan
    >>> found = find_candidates(plan, [Wanted("3+3"), Wanted("BOIN", {"target": 0.25})])
    >>> [candidate.label for candidate in found]
    ['BOIN', '3+3', 'BOIN {target: 0.25}']
    """
    dosing = protocol.dosing
    if dosing is None:
        raise DesignError(f"{protocol.name} has no dose levels; add a dosing chapter.")
    _refuse_unknown(wanted)
    own = find_dose_design(protocol)
    candidates: list[Candidate] = []
    if own is not None and dosing.method is not None:
        name = _alias(type(dosing.method))
        candidates.append(Candidate(name, own, ("as the protocol writes it",), is_own=True))
        if dosing.participants is None:
            dosing = dosing.model_copy(update={"participants": own.planned})
    taken = {candidate.label for candidate in candidates}
    asked = Counter(one.name for one in {one.label: one for one in wanted}.values())
    asked.update(taken)
    for one in wanted:
        if one.label not in taken:
            taken.add(one.label)
            found = _candidate(protocol, dosing, one, target)
            # Settings are a part of the name only where two designs would share it.
            label = one.label if asked[one.name] > 1 else one.name
            candidates.append(replace(found, label=label))
    return tuple(candidates)


def _refuse_unknown(wanted: Sequence[Wanted]) -> None:
    known = find_method_names()
    for one in wanted:
        if one.kind is None and one.name not in known:
            lower = {name.lower(): name for name in known}
            close = difflib.get_close_matches(one.name.lower(), lower, n=1, cutoff=0.5)
            guess = f'did you mean "{lower[close[0]]}"? ' if close else ""
            raise DesignError(
                f'There is no design "{one.name}"; {guess}known are {", ".join(known)}.'
            )


def _candidate(
    protocol: Protocol, dosing: Dosing, wanted: Wanted, target: float | None
) -> Candidate:
    """Build one design, or say why it cannot be."""
    own = None if dosing.method is None else dosing.method.settings
    if wanted.kind is not None:
        return _brought(wanted.kind, dosing, wanted, target)
    carried, notes = _carried(_settings_class(wanted.name), own, wanted.settings, target)
    given = tuple(
        f"{key} {_written(value)}: as asked for" for key, value in wanted.settings.items()
    )
    try:
        method = _adapter().validate_python({wanted.name: {**carried, **wanted.settings}})
        changed = protocol.model_copy(
            update={"dosing": dosing.model_copy(update={"method": method})}
        )
        design = find_dose_design(changed)
    except ValidationError as error:
        return Candidate(wanted.label, None, missing=_complaint(wanted.name, error))
    except DesignError as error:
        return Candidate(wanted.label, None, missing=str(error))
    return Candidate(wanted.label, design, (*given, *notes) or ("defaults",))


def _brought(kind: type[Design], dosing: Dosing, wanted: Wanted, target: float | None) -> Candidate:
    """Build a design that somebody brings along, or say why it cannot be."""
    own = None if dosing.method is None else dosing.method.settings
    stated = (getattr(own, word, None) for word in MEANINGS[0])
    aim = target if target is not None else next((one for one in stated if one is not None), None)
    notes = [f"{key} {_written(value)}: as asked for" for key, value in wanted.settings.items()]
    if aim is not None and TARGET not in wanted.settings:
        notes.append(f"target {aim:g}: {'as asked for all' if aim == target else 'an assumption'}")
    try:
        design = find_brought_design(kind, dosing, wanted.settings, target=aim)
    except DesignError as error:
        return Candidate(wanted.label, None, missing=str(error))
    return Candidate(wanted.label, design, tuple(notes) or ("defaults",))


def _carried(
    settings: type[Chapter], own: Chapter | None, given: Mapping[str, Any], target: float | None
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Take over from the protocol's own method what a design needs and nobody gave."""
    carried: dict[str, Any] = {}
    notes: list[str] = []
    stated = {} if own is None else {key: getattr(own, key) for key in type(own).model_fields}
    said = set() if own is None else own.model_fields_set
    for key in settings.model_fields:
        if key in given:
            continue
        same = next((group for group in MEANINGS if key in group), ())
        means_target = TARGET in same
        source = next(
            (
                name
                for name in ((key, *same) if same else ())
                if stated.get(name) is not None and (name in said or means_target)
            ),
            None,
        )
        if means_target and target is not None:
            carried[key] = target
            notes.append(f"{key} {target:g}: as asked for all")
        elif source is not None:
            found = stated[source]
            carried[key] = found.model_dump() if isinstance(found, Chapter) else found
            value = _written(stated[source])
            notes.append(
                f"{key} {value}: the protocol's own"
                if source == key
                else f"{key} {value}: an assumption, the protocol's {source}"
            )
    return carried, tuple(notes)


def _written(value: Any) -> str:
    """Write a setting on one line, as YAML does."""
    if value is None:
        return "null"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {_written(one)}' for key, one in value.items())}}}"
    if isinstance(value, Chapter):
        return " ".join(f"{key} {_written(v)}" for key, v in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _complaint(name: str, error: ValidationError) -> str:
    """Say what a design's settings lack, or what is wrong with them."""
    lacking, wrong = [], []
    for detail in error.errors():
        path = ".".join(str(step) for step in detail["loc"] if step not in (name, "settings"))
        if detail["type"] == "missing":
            lacking.append(path)
        else:
            message = detail["msg"]
            wrong.append(f"{path or 'its settings'}: {message[:1].lower()}{message[1:]}")
    parts = []
    if lacking:
        keys, tree = ", ".join(lacking), dict[str, Any]()
        for path in lacking:
            *above, last = path.split(".")
            place = tree
            for step in above:
                place = place.setdefault(step, {})
            place[last] = "…"
        example = _written(tree)[1:-1]
        parts.append(f"needs {keys}, which the protocol does not give; write {name}{{{example}}}")
    if wrong:
        parts.append(f"has settings that do not fit ({'; '.join(wrong)})")
    return f"{name} {' and '.join(parts)}."


def _alias(use: type) -> str:
    """Return the name under which protocols know a method."""
    return str(use.model_fields["settings"].alias)  # type: ignore[attr-defined]


def _settings_class(name: str) -> type[Chapter]:
    """Return the class of a method's settings."""
    union = get_args(DoseMethod)[0]
    uses = (get_args(member)[0] for member in get_args(union))
    use = next(use for use in uses if _alias(use) == name)
    found: type[Chapter] = use.model_fields["settings"].annotation
    return found


def _adapter() -> TypeAdapter[Any]:
    return TypeAdapter(DoseMethod)
