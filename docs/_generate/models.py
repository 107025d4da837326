"""Write the tables of parameters and the references into docs/reference/models.md.

Run from the root: ``python docs/_generate/models.py``. The text between two marks is replaced;
everything else on the page is written by hand.
"""

import re
from pathlib import Path

from protocyte.kinetics import hanson_2016_crs as hanson
from protocyte.kinetics import kimmel_2021_axicabtagene as kimmel
from protocyte.kinetics import leon_triana_2021_leukaemia as leon
from protocyte.kinetics import ogasawara_2021_lisocabtagene as ogasawara
from protocyte.kinetics import stein_2019_tisagenlecleucel as stein
from protocyte.kinetics.parameter import Parameter, ParameterTable
from protocyte.kinetics.reference import Reference

PAGE = Path(__file__).resolve().parents[1] / "reference" / "models.md"


def render_number(printed: str) -> str:
    """Write a number as print does: 2.50e11 becomes 2.50 × 10¹¹."""
    mantissa, e, exponent = printed.partition("e")
    return (
        rf"{mantissa} × 10{exponent.translate(str.maketrans('0123456789', '⁰¹²³⁴⁵⁶⁷⁸⁹'))}"
        if e
        else printed
    )


def render_spread(parameter: Parameter) -> str:
    """Write the spread, and say where a printed range does not hold the value."""
    spread = parameter.spread
    if spread is None:
        return ""
    numbers = " to ".join(render_number(number) for number in spread.printed)
    doubt = "" if spread.holds(parameter.value) else "; does not hold the value"
    words = {"log-normal": "random effect", "confidence": "95 % CI of the mean"}
    kind = words.get(spread.kind, spread.kind)
    return f"{kind} {numbers}{doubt}"


def render_table(*tables: ParameterTable) -> str:
    """Write tables of parameters as one table of Markdown."""
    lines = [
        "| name | symbol | meaning | value | unit | spread, as printed | status | source |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| `{p.name}` | ${p.symbol}$ | {p.meaning} | {render_number(p.printed)} | {p.unit} "
        f"| {render_spread(p)} | {p.status} | {p.source} |"
        for table in tables
        for p in table
    ]
    return "\n".join(lines)


def render_cv(table: ParameterTable) -> str:
    """Write what the random effects mean under both readings."""
    varied = [(p, p.spread) for p in table if p.spread and p.spread.kind == "log-normal"]
    rows = [
        f"| {words} | "
        + " | ".join(f"{100 * spread.geometric_cv(reading):.0f}" for _, spread in varied)
        + " |"
        for reading, words in (("variance", "variances"), ("sd", "SDs"))
    ]
    head = "| read as | " + " | ".join(f"${p.symbol}$" for p, _ in varied) + " |"
    return "\n".join([head, "|---" * (len(varied) + 1) + "|", *rows])


def render_references(references: tuple[Reference, ...]) -> str:
    """Write references as a list."""
    lines = []
    for reference in references:
        address = f"https://doi.org/{reference.doi}" if reference.doi else reference.url
        lines.append(f"- **{reference.key}** {reference.citation} <{address}>")
    return "\n".join(lines)


PARTS = {
    "stein parameters": lambda: render_table(stein.PARAMETERS, stein.FURTHER),
    "stein spread": lambda: render_cv(stein.PARAMETERS),
    "stein references": lambda: render_references(stein.REFERENCES),
    "ogasawara parameters": lambda: render_table(ogasawara.PARAMETERS, ogasawara.FURTHER),
    "ogasawara references": lambda: render_references(ogasawara.REFERENCES),
    "kimmel parameters": lambda: render_table(kimmel.PARAMETERS),
    "kimmel references": lambda: render_references(kimmel.REFERENCES),
    "leon parameters": lambda: render_table(leon.PARAMETERS, leon.FURTHER),
    "leon references": lambda: render_references(leon.REFERENCES),
    "hanson parameters": lambda: render_table(hanson.PARAMETERS),
    "hanson references": lambda: render_references(hanson.REFERENCES),
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
