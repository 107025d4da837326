"""From text to a plan, with every defect of form collected on the way.

What cannot be read is set aside, one part at a time, until the rest makes a plan; so that one run
reports defects of form and of content together, however many there are.
"""

import copy
import difflib
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from protocyte.protocol.finding import Finding, Path
from protocyte.protocol.plan import Protocol
from protocyte.protocol.remainder import Remainder
from protocyte.protocol.shape import Shape
from protocyte.protocol.source import Source, parse_source

_MOST_ROUNDS: Final = 200
_SEE_SCHEMA: Final = "`protocyte schema` lists what each key may hold."

Plan = TypeVar("Plan", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Parsed(Generic[Plan]):
    """What a text gave.

    Parameters
    ----------
    plan : BaseModel or None
        The plan, without the parts that could not be read; None if too little is left.
    findings : tuple of Finding
        Every defect of form, in the order of the lines.
    source : Source
        The text with its places.
    rest : Remainder
        What was left of the file, with the places at which it stood.
    """

    plan: Plan | None
    findings: tuple[Finding, ...]
    source: Source
    rest: Remainder

    @property
    def is_sound(self) -> bool:
        """Whether the whole text was read."""
        return self.plan is not None and not any(f.severity == "error" for f in self.findings)


def parse_protocol(text: str, *, file: str = "protocol.yaml") -> Parsed[Protocol]:
    r"""Read a protocol file.

    Parameters
    ----------
    text : str
        The YAML text.
    file : str
        The file's name, for findings.

    Returns
    -------
    Parsed
        The protocol and every defect of form.

    Examples
    --------
    >>> parsed = parse_protocol("protocyte: 1\ntrail: {}\n")
    >>> [finding.remedy for finding in parsed.findings if finding.where == "trail"]
    ['Did you mean "trial"? Otherwise remove it.']
    """
    return parse_document(text, Protocol, file=file)


def parse_document(text: str, model: type[Plan], *, file: str) -> Parsed[Plan]:
    r"""Read a YAML text as a model, setting aside what cannot be read.

    Parameters
    ----------
    text : str
        The YAML text.
    model : type
        The pydantic model that the text should fit.
    file : str
        The file's name, for findings.

    Returns
    -------
    Parsed
        The model and every defect of form.

    Examples
    --------
    >>> from protocyte.protocol.safety import TreatmentEmergent
    >>> parsed = parse_document("until: 3 moons\n", TreatmentEmergent, file="t.yaml")
    >>> parsed.findings[0].code, parsed.findings[0].line
    ('SYN005', 1)
    """
    source = parse_source(text, file=file)
    if source.data is None:
        return Parsed(None, source.findings, source, Remainder(None))
    if not isinstance(source.data, dict):
        finding = source.finding(
            "SYN005",
            "error",
            (),
            "The file holds no keys.",
            f"Begin with {_first_keys(model)}.",
        )
        return Parsed(None, (*source.findings, finding), source, Remainder(None))
    rest = Remainder(copy.deepcopy(source.data))
    plan, findings = _validate(model, source, rest)
    ordered = sorted((*source.findings, *findings), key=lambda finding: finding.rank)
    return Parsed(plan, tuple(ordered), source, rest)


def _validate(
    model: type[Plan], source: Source, rest: Remainder
) -> tuple[Plan | None, list[Finding]]:
    """Validate, set aside what fails, and validate again until the rest stands."""
    findings: dict[Path, Finding] = {}
    for _ in range(_MOST_ROUNDS):
        try:
            return model.model_validate(rest.data), list(findings.values())
        except ValidationError as error:
            # A schema takes long to build, and a sound file needs none.
            whole, left = Shape.of(model, source.data), Shape.of(model, rest.data)
            defects = [(detail, _written_path(detail, rest.data)) for detail in error.errors()]
            for detail, path in defects:
                place = rest.origin(path)
                # A part is not blamed for what its own parts lost.
                if not any(place == known[: len(place)] for known in findings):
                    findings[place] = _finding(detail, place, whole, source)
            # Last first, so that numbers of list items stay true while items are removed.
            moved = False
            for detail, path in reversed(defects):
                moved |= _set_aside(detail, path, rest, left)
            if not moved:
                break
    return None, list(findings.values())


def _written_path(detail: ErrorDetails, data: Any) -> Path:
    """Keep of pydantic's location what stands in the file; tags of unions do not."""
    path: list[str | int] = []
    steps = detail["loc"]
    for index, step in enumerate(steps):
        is_key = isinstance(data, dict) and step in data
        is_item = isinstance(data, list) and isinstance(step, int) and step < len(data)
        if is_key or is_item:
            path.append(step)
            data = data[step]
        elif index == len(steps) - 1 and detail["type"] == "missing":
            path.append(step)
    return tuple(path)


def _finding(detail: ErrorDetails, path: Path, shape: Shape, source: Source) -> Finding:
    name = path[-1] if path else "(file)"
    match detail["type"]:
        case "extra_forbidden":
            return source.finding(
                "SYN003",
                "error",
                path,
                f'"{name}" is not a key here.',
                _unknown_key(str(name), shape.keys(path[:-1])),
            )
        case "missing":
            return source.finding(
                "SYN004",
                "error",
                path,
                f'"{name}" is missing from {Source.dotted(path[:-1]) or "the file"}.',
                f"Add `{name}:`; {_SEE_SCHEMA}",
            )
        case "union_tag_invalid" | "union_tag_not_found":
            return source.finding("SYN005", "error", path, *_kind_texts(detail, path))
        case _:
            return source.finding("SYN005", "error", path, *_value_texts(detail))


def _unknown_key(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if close:
        return f'Did you mean "{close[0]}"? Otherwise remove it.'
    if not known:
        return "Remove it."
    return (
        f"Remove it, or use one of: {', '.join(known)}. If it is part of a text, quote the text: "
        "inside braces a comma ends it."
    )


def _kind_texts(detail: ErrorDetails, path: Path) -> tuple[str, str]:
    context = detail.get("ctx", {})
    known = [tag.strip(" '") for tag in str(context.get("expected_tags", "")).split(",")]
    if detail["type"] == "union_tag_not_found":
        is_endpoint = "measure" in str(context.get("discriminator", ""))
        return (
            f"{Source.dotted(path)} does not say which kind it is.",
            "Add `measure:` with the kind of endpoint."
            if is_endpoint
            else "Write one key that names the method, and its settings below it.",
        )
    return f'"{context.get("tag", "")}" is not known here.', _choice(
        str(context.get("tag", "")), known
    )


def _choice(given: str, known: list[str]) -> str:
    close = difflib.get_close_matches(given, known, n=1, cutoff=0.6)
    guess = f'Did you mean "{close[0]}"? ' if close else ""
    return f"{guess}Use one of: {', '.join(known)}."


def _value_texts(detail: ErrorDetails) -> tuple[str, str]:
    given, context = detail.get("input"), detail.get("ctx", {})
    written = f'"{given}"' if isinstance(given, str | int | float) else "This value"
    match detail["type"]:
        case "literal_error":
            expected = str(context["expected"]).replace(" or ", ", ")
            known = [word.strip(" '") for word in expected.split("',")]
            return f"{written} is not known here.", _choice(str(given), known)
        case "value_error":
            what, _, remedy = str(context["error"]).partition("; ")
            remedy = remedy or "Mend it"
            return f"{what[:1].upper()}{what[1:]}.", f"{remedy[:1].upper()}{remedy[1:]}."
        case _:
            message = detail["msg"]
            return (
                f"{written} does not fit: {message[:1].lower()}{message[1:]}.",
                f"Write a value of that kind; {_SEE_SCHEMA}",
            )


def _set_aside(detail: ErrorDetails, path: Path, rest: Remainder, shape: Shape) -> bool:
    """Take a defective part out, or fill its gap; tell whether anything changed."""
    is_item = bool(path) and isinstance(path[-1], int)
    is_unknown_key = detail["type"] == "extra_forbidden"
    if is_item or is_unknown_key or (detail["type"] != "missing" and not shape.requires(path)):
        return rest.remove(path)
    filler = shape.filler(path, given=rest.at(path))
    if filler is None or rest.at(path) == filler:
        return rest.remove(path[:-1])
    return rest.put(path, filler)


def _first_keys(model: type[BaseModel]) -> str:
    """Name the keys that a file of this kind cannot do without."""
    fields = model.model_fields.items()
    needed = [field.alias or name for name, field in fields if field.is_required()]
    return ", ".join(f"`{'protocyte: 1' if key == 'protocyte' else key}`" for key in needed)
