"""The syntax of a criterion's rule: one line, such as ``ANC >= 1 10*9/L and age 18..75 years``.

Here a rule is only read: whether it is well formed, and which values it compares. What it means
for a patient is the business of `eligibility`.
"""

import functools
from dataclasses import dataclass
from typing import Final

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from protocyte.protocol.comparison import Comparison

_KEYWORDS: Final = (
    "and|or|not|within|ever|before|after|where|active|ongoing|stopped|at|least|ULN|LLN|any|every"
    "|count|latest|first|lowest|highest|days?|weeks?|months?|years?|hours?|half-lives"
)
_GRAMMAR: Final = rf"""
start: _or
_or: any_of | _and
any_of: _and ("or" _and)+
_and: all_of | _not
all_of: _not ("and" _not)+
_not: negation | _test
negation: "not" _not
_test: windowed | _core
windowed: _core window
_core: "(" _or ")" | comparison | between | presence
comparison: _term OP value
between: _term NUMBER ".." NUMBER unit?
_term: count | reduced | name
count: "count" "(" name (OP value)? ("where" _or)? ")"
reduced: REDUCER "(" _or ")"
presence: STATE? name | reduced
value: NUMBER unit? | NUMBER LIMIT | name
unit: UNIT | SPAN
window: "within" span anchor? | "ever" anchor? | "at" "least" span anchor
anchor: SIDE name?
span: NUMBER SPAN
name: NAME
STATE: "active" | "ongoing" | "stopped"
REDUCER: "any" | "every" | "latest" | "first" | "lowest" | "highest"
LIMIT: "ULN" | "LLN"
SIDE: "before" | "after"
OP: ">=" | "<=" | "!=" | ">" | "<" | "="
SPAN.2: /(?:hours?|days?|weeks?|months?|years?|half-lives)\b/
NUMBER: /\d+(?:\.\d+)?/
UNIT: /(?:10\*\d+\/[A-Za-z]+|(?!(?:{_KEYWORDS})\b)[A-Za-z%\/\[\{{][^\s(),]*)/
NAME: /(?!(?:{_KEYWORDS})\b)[A-Za-z_][\w.\-]*(?: (?!(?:{_KEYWORDS})\b)[A-Za-z_][\w.\-]*)*/
%import common.WS
%ignore WS
"""
_WORDS: Final = {
    "OP": "a comparison (>=, <=, >, <, =, !=)",
    "NUMBER": "a number",
    "NAME": "a name",
    "UNIT": "a unit",
    "SPAN": "hours, days, weeks, months, years or half-lives",
    "LIMIT": "ULN or LLN",
    "RPAR": '")"',
    "LPAR": '"("',
    "SIDE": "before or after",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as read: its tree, or why it cannot be read.

    Parameters
    ----------
    text : str
        The rule as written.
    tree : lark.Tree or None
        The syntax tree; None if the rule is not well formed.
    column : int
        Where reading stopped, counted from 1; 0 if it did not.
    problem : str
        Why it stopped; empty if it did not.
    """

    text: str
    tree: "Tree[Token] | None"
    column: int = 0
    problem: str = ""

    @property
    def required(self) -> tuple[Comparison, ...]:
        """Comparisons without a window of their own that must all hold for the rule to hold."""
        return _required(self.tree.children[0]) if self.tree is not None else ()

    @property
    def alternatives(self) -> tuple[tuple[Comparison, ...], ...]:
        """Groups of comparisons, each of which is enough for the rule to hold."""
        return _alternatives(self.tree.children[0]) if self.tree is not None else ()

    @property
    def unwindowed(self) -> tuple[Comparison, ...]:
        """Every comparison without a window of its own, whether it must hold or may."""
        own = ("windowed", "count")
        return _everywhere(self.tree, beyond=own) if self.tree is not None else ()

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Every comparison with a number, wherever it stands."""
        return _everywhere(self.tree) if self.tree is not None else ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names that the rule uses, in order."""
        if self.tree is None:
            return ()
        found = [str(tree.children[0]) for tree in self.tree.find_data("name")]
        return tuple(dict.fromkeys(found))


def parse_rule(text: str) -> Rule:
    """Read the rule of a criterion.

    Parameters
    ----------
    text : str
        The rule, one line.

    Returns
    -------
    Rule
        Its tree, or the column and reason at which reading stopped.

    Examples
    --------
    >>> parse_rule("age 18..75 years and ALT <= 3 ULN").required[1].high
    3.0
    >>> parse_rule("age >= ").problem
    'the rule ends where a name or a number is expected'
    """
    try:
        return Rule(text, _parser().parse(text))
    except UnexpectedCharacters as error:
        problem = f'"{text[error.pos_in_stream :][:12]}" is not expected here'
        return Rule(text, None, error.column, problem)
    except UnexpectedToken as error:
        return Rule(text, None, *_explain(error, text))
    except UnexpectedInput as error:
        return Rule(text, None, max(error.column, 1), "the rule cannot be read")


@functools.cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", maybe_placeholders=False, propagate_positions=True)


def _explain(error: UnexpectedToken, text: str) -> tuple[int, str]:
    expected = sorted({_WORDS[name] for name in error.accepts or error.expected if name in _WORDS})
    wanted = " or ".join(expected) or "something else"
    if error.token.type == "$END":
        return len(text) + 1, f"the rule ends where {wanted} is expected"
    return error.column, f'"{error.token}" stands where {wanted} is expected'


def _required(node: "Tree[Token] | Token") -> tuple[Comparison, ...]:
    if isinstance(node, Token):
        return ()
    match node.data:
        case "all_of":
            return tuple(found for child in node.children for found in _required(child))
        case "comparison":
            return _comparison(node)
        case "between":
            return _between(node)
        case _:
            return ()


def _alternatives(node: "Tree[Token] | Token") -> tuple[tuple[Comparison, ...], ...]:
    if isinstance(node, Token):
        return ()
    if node.data == "any_of":
        return tuple(group for child in node.children for group in _alternatives(child))
    parts = node.children if node.data == "all_of" else [node]
    # A part that bounds no number, such as a condition, may fail: the group is then not enough.
    found = [_required(part) for part in parts if _is_numeric(part)]
    return (tuple(c for group in found for c in group),) if len(found) == len(parts) else ()


def _is_numeric(node: "Tree[Token] | Token") -> bool:
    """Tell whether a part of a rule is nothing but comparisons that must all hold."""
    if isinstance(node, Token):
        return False
    if node.data == "all_of":
        return all(_is_numeric(child) for child in node.children)
    found = _required(node)
    return bool(found) and all(comparison.is_bounded for comparison in found)


def _everywhere(
    node: "Tree[Token] | Token", *, beyond: tuple[str, ...] = ()
) -> tuple[Comparison, ...]:
    """List the comparisons of a tree, without those below some kinds of node."""
    if isinstance(node, Token) or node.data in beyond:
        return ()
    own = _required(node) if node.data in ("comparison", "between") else ()
    return own or tuple(c for child in node.children for c in _everywhere(child, beyond=beyond))


def _comparison(node: "Tree[Token]") -> tuple[Comparison, ...]:
    term, operator, value = node.children
    if not isinstance(term, Tree) or term.data != "name" or not isinstance(value, Tree):
        return ()
    number = next((item for item in value.children if getattr(item, "type", "") == "NUMBER"), None)
    if number is None:
        return ()
    tokens = value.scan_values(lambda leaf: isinstance(leaf, Token) and leaf.type != "NUMBER")
    unit = " ".join(str(token) for token in tokens)
    at, sign = float(str(number)), str(operator)
    low = at if sign in (">", ">=", "=") else None
    high = at if sign in ("<", "<=", "=") else None
    return (Comparison(str(term.children[0]), low, high, sign == ">", sign == "<", unit),)


def _between(node: "Tree[Token]") -> tuple[Comparison, ...]:
    term, first, last, *rest = node.children
    if not isinstance(term, Tree) or term.data != "name":
        return ()
    unit = " ".join(str(t) for part in rest if isinstance(part, Tree) for t in part.children)
    low, high = float(str(first)), float(str(last))
    return (Comparison(str(term.children[0]), low, high, False, False, unit),)  # noqa: FBT003
