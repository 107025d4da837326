"""A YAML text with the place of every key and value.

The text is composed into nodes and read from there, so that one pass sees all duplicate keys and
every later finding can name its line.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from protocyte.protocol.finding import Finding, Path, Severity

_TOO_DEEP: Final = (
    "The text is not a protocol: it is nested without end.",
    "Close the brackets, and remove aliases (`*name`) that stand inside what they name.",
)
# A value, with the sign that it begins with, if that sign means something in YAML.
_VALUE: Final = re.compile(r"(?:^\s*(?:-\s+)?|[{,]\s*)(\w+):\s+(?=([>*&%@|`\[{\"']))")


@dataclass(frozen=True, slots=True)
class Source:
    """A YAML text as plain data, with places.

    Parameters
    ----------
    file : str
        The file's name as it was given.
    data : object
        Mappings, lists and scalars; None if the text is not YAML.
    places : dict of path to (int, int)
        Line and column, counted from 1, of every key (list items: of the value).
    findings : tuple of Finding
        What is wrong with the text as YAML.
    """

    file: str
    data: Any
    places: dict[Path, tuple[int, int]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @staticmethod
    def dotted(path: Path) -> str:
        """Write a path as text: ``dosing.levels[1]``."""
        text = ""
        for step in path:
            text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
        return text

    def place(self, path: Path) -> tuple[int, int]:
        """Return line and column of a path, or of its nearest parent that has one."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.places:
                return self.places[path[:length]]
        return (1, 1)

    def finding(  # noqa: D102 - the parameters are those of Finding
        self, code: str, severity: Severity, path: Path, message: str, remedy: str
    ) -> Finding:
        line, column = self.place(path)
        return Finding(
            code, severity, self.file, line, column, self.dotted(path) or "(file)", message, remedy
        )


def parse_source(text: str, *, file: str) -> Source:
    r"""Read a YAML text and remember where everything stands.

    Parameters
    ----------
    text : str
        The text.
    file : str
        The file's name, for findings.

    Returns
    -------
    Source
        Data, places and what is wrong with the text as YAML.

    Examples
    --------
    >>> source = parse_source("trial:\n  id: NCT1\n", file="p.yaml")
    >>> source.data, source.place(("trial", "id"))
    ({'trial': {'id': 'NCT1'}}, (2, 3))
    """
    yaml = YAML(typ="safe", pure=True)
    reader = _Reader(yaml, file)
    try:
        node = yaml.compose(text)
        data = reader.read(node, ()) if node is not None else None
    except MarkedYAMLError as error:
        return Source(file, None, findings=(_not_yaml(error, text, file),))
    except YAMLError as error:
        return Source(file, None, findings=(_not_text(error, text, file),))
    except RecursionError:
        finding = Finding("SYN001", "error", file, 1, 1, "(file)", *_TOO_DEEP)
        return Source(file, None, findings=(finding,))
    return Source(file, {} if data is None else data, reader.places, tuple(reader.findings))


def _not_yaml(error: MarkedYAMLError, text: str, file: str) -> Finding:
    mark = error.problem_mark or error.context_mark
    lines = text.splitlines() or [""]
    # A text that ends too early is blamed on the line after its last one.
    line = min(mark.line + 1, len(lines)) if mark else 1
    column = mark.column + 1 if mark and mark.line < len(lines) else 1
    problem = " ".join(str(error.problem or error.context or error).split())
    return Finding(
        "SYN001",
        "error",
        file,
        line,
        column,
        "(file)",
        f"The text is not YAML: {problem}; nothing below could be read.",
        _mend(problem, lines[line - 1], column),
    )


def _mend(problem: str, line: str, column: int) -> str:
    """Say what to do about a place, for the traps that clinical texts step into."""
    if "\t" in line[:column]:
        return "Indent with spaces; YAML does not take tabs."
    generic = "Mend the indentation, quotes or brackets at this place."
    return _mend_quotes(problem, line, column) or generic


def _mend_quotes(problem: str, line: str, column: int) -> str:
    """Say which text needs quotes, or nothing if none seems to."""
    begun = [found.groups() for found in _VALUE.finditer(line) if found.end() <= column]
    key, sign = begun[-1] if begun else ("", "")
    has_more_words = "<scalar>" in problem
    if sign in ("'", '"') and has_more_words:
        return (
            f"Use the other kind of quotes for the text after `{key}:`; it holds a {sign} itself."
        )
    # A bracket begins a text only if words follow where it closes.
    if sign and (sign not in "[{" or has_more_words):
        return f'Put the text after `{key}:` in quotes, because it begins with "{sign}".'
    if line[column - 1 : column] == ":":
        if line[: column - 1].strip().isidentifier():
            return "Close the bracket or brace that is open above, or mend the indentation."
        return 'Put the text in quotes, because it holds a colon and a space (": ").'
    if re.search(r"\w[\[{]$", line[:column]):
        return f'Put the text in quotes, because inside braces it holds "{line[column - 1]}".'
    return ""


def _not_text(error: YAMLError, text: str, file: str) -> Finding:
    position = getattr(error, "position", 0)
    before = text[:position] if isinstance(position, int) else ""
    return Finding(
        "SYN001",
        "error",
        file,
        before.count("\n") + 1,
        len(before) - before.rfind("\n"),
        "(file)",
        "The text is not YAML: it holds a character that no text has.",
        "Remove the character, and save the file as UTF-8.",
    )


class _Reader:
    """Walks nodes once; keeps places and duplicate keys."""

    def __init__(self, yaml: YAML, file: str) -> None:
        self._constructor = yaml.constructor
        self._file = file
        self.places: dict[Path, tuple[int, int]] = {}
        self.findings: list[Finding] = []

    def read(self, node: Node, path: Path) -> Any:
        match node:
            case MappingNode():
                return self._mapping(node, path)
            case SequenceNode():
                for index, item in enumerate(node.value):
                    self.places[(*path, index)] = _mark(item)
                return [self.read(item, (*path, index)) for index, item in enumerate(node.value)]
            case ScalarNode():
                return self._scalar(node)
            case _:
                return None

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, ScalarNode) else "?"
            here = (*path, key)
            if key in data:
                self.findings.append(self._duplicate(key_node, here))
                continue
            self.places[here] = _mark(key_node)
            data[key] = self.read(value_node, here)
        return data

    def _duplicate(self, node: Node, path: Path) -> Finding:
        line, column = _mark(node)
        first = self.places[path][0]
        return Finding(
            "SYN002",
            "error",
            self._file,
            line,
            column,
            Source.dotted(path),
            f'The key "{path[-1]}" stands twice; the first is on line {first}.',
            "Rename one of the two, or remove it; the second is not read.",
        )

    def _scalar(self, node: ScalarNode) -> Any:
        try:
            return self._constructor.construct_object(node)
        except (KeyError, ValueError, MarkedYAMLError):
            return node.value


def _mark(node: Node) -> tuple[int, int]:
    return (node.start_mark.line + 1, node.start_mark.column + 1)
