"""Write what words switch, and every number, into docs/explanation/allogeneic.md.

Run from the root: ``python docs/_generate/allogeneic.py``. The text between two marks is replaced;
everything else on the page is written by hand.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from protocyte.kinetics.allogeneic import parameters, target, terms
from protocyte.kinetics.parameter import Parameter, ParameterTable

PAGE = Path(__file__).resolve().parents[1] / "explanation" / "allogeneic.md"
SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def render_number(printed: str) -> str:
    """Write a number as print does: 2.50e11 becomes 2.50 × 10¹¹."""
    mantissa, e, exponent = printed.partition("e")
    if not e:
        return printed
    return f"{mantissa} × 10{exponent.translate(SUPERSCRIPTS)}"


def render_words(heads: str, rows: Mapping[str, str]) -> str:
    """Write a table of two columns."""
    lines = [heads, "|---|---|", *(f"| {word} | {says} |" for word, says in rows.items())]
    return "\n".join(lines)


def render_genes() -> str:
    """Write what each deletion takes, and what that molecule does."""
    rows = {}
    for gene, taken in terms.GENES.items():
        says = (
            f"{molecule}{'' if share == 1 else f' ({100 * share:.0f} %)'}, which "
            f"{terms.ACTS[molecule]}"
            for molecule, share in taken.items()
        )
        rows[f"`{gene}`"] = "; ".join(says)
    return render_words("| gene deleted | takes away |", rows)


def render_spread(one: Parameter) -> str:
    """Write the range or the quartiles."""
    if one.spread is None:
        return ""
    numbers = " to ".join(render_number(number) for number in one.spread.printed)
    return f"{one.spread.kind} {numbers}"


def render_table(*tables: ParameterTable) -> str:
    """Write tables of parameters as one table of Markdown."""
    lines = [
        "| name | symbol | meaning | value | unit | spread | status | source or reason |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| `{p.name}` | {'–' if p.symbol == '–' else f'${p.symbol}$'} | {p.meaning} "
        f"| {render_number(p.printed)} | {p.unit} | {render_spread(p)} | {p.status} | {p.source} |"
        for table in tables
        for p in table
    ]
    return "\n".join(lines)


def render_count() -> str:
    """Count the numbers by status."""
    found = [p.status for table in (parameters.PARAMETERS, target.PARAMETERS) for p in table]
    return (
        f"Of {len(found)} typical values {found.count('sourced')} are sourced, "
        f"{found.count('derived')} derived and {found.count('assumed')} assumed."
    )


PARTS: Mapping[str, Callable[[], str]] = {
    "genes": render_genes,
    "cars": lambda: render_words(
        "| receptor | does, beside killing its target |",
        {f"`{car}` CAR": says for car, says in terms.CARS.items()},
    ),
    "armour": lambda: render_words(
        "| armour | does |", {f"`{one}`": says for one, says in terms.ARMOUR.items()}
    ),
    "donors": lambda: render_words(
        "| donor | mismatch |", {f"`{one}`": f"{share:g}" for one, share in terms.DONORS.items()}
    ),
    "count": render_count,
    "values": lambda: render_table(parameters.PARAMETERS),
    "targets": lambda: render_table(target.PARAMETERS),
    "variability": lambda: render_table(parameters.VARIABILITY),
}


def render_page(page: str) -> str:
    """Replace every generated part of the page."""
    for name, part in PARTS.items():
        pattern = re.compile(rf"(<!-- {name} -->\n)(.*?)(<!-- end -->)", re.DOTALL)
        page, found = pattern.subn(
            lambda mark, part=part: f"{mark[1]}\n{part()}\n\n{mark[3]}", page
        )
        if found != 1:
            raise SystemExit(f'{PAGE.name} has {found} parts marked "{name}"; it needs one')
    return page


if __name__ == "__main__":
    PAGE.write_text(render_page(PAGE.read_text("utf-8")), "utf-8")
