"""How many are treated at one dose: the rule in words, its limits, its exact error rates."""

from protocyte.design.plan import find_sample_design
from protocyte.design.single_arm.simon import SimonTwoStage
from protocyte.design.single_arm.staged import StagedArm
from protocyte.design.single_arm.top import TOP
from protocyte.protocol.methods.sample import UseSimon
from protocyte.protocol.plan import Protocol
from protocyte.report.document import Block, Paragraph, Row, Table
from protocyte.report.word import render_percent


def render_sample(protocol: Protocol) -> list[Block]:
    """Say how many are treated at one dose, and with which error rates.

    Parameters
    ----------
    protocol : Protocol
        The plan.

    Returns
    -------
    list of Block
        Paragraphs, and the limits at each look; empty if the protocol names no number.

    Raises
    ------
    DesignError
        If no design meets the error rates.

    Examples
    --------
    >>> from protocyte.protocol.checks.example import EXAMPLE
    >>> from protocyte.protocol.parse import parse_protocol
    >>> render_sample(parse_protocol(EXAMPLE).plan)
    []
    """
    design, plan = find_sample_design(protocol), protocol.statistics.sample
    if design is None or plan is None:
        return []
    if not isinstance(design, StagedArm):
        text = (
            f"{design.planned} participants are treated at one dose; no rule stops the trial or "
            "decides."
        )
        return [Paragraph(text)]
    if isinstance(design, SimonTwoStage) and isinstance(plan, UseSimon):
        settings = plan.settings
        rule = (
            f"Simon's {settings.kind} two-stage design on `{settings.endpoint}`: treat "
            f"{design.n1}; with {design.r1} responses or fewer, stop. Otherwise treat {design.n} "
            f"in all; with more than {design.r} responses the product is worth pursuing."
        )
        return [Paragraph(rule), *_rates(design)]
    name = type(plan).model_fields["settings"].alias
    told = (
        f"{name} on `{plan.settings.endpoint}`: at most {design.planned} participants are treated "
        f"at one dose."
    )
    awaited = [_awaited(design)] if isinstance(design, TOP) else []
    return [Paragraph(told), _limits(design), *awaited, *_rates(design)]


def _limits(design: StagedArm) -> Table:
    """Print the limits at each look."""
    limits = design.boundary
    rows = [
        Row((str(n), _count("≤", low, most=n), _count("≥", high, most=n)))
        for n, low, high in zip(limits.looks, limits.low, limits.high, strict=True)
    ]
    return Table(
        "Responses that end the trial, by participants",
        ("Participants", "Not worth pursuing", "Worth pursuing"),
        tuple(rows),
        align="rrr",
        footnotes=("A dash: no count ends the trial there.",),
    )


def _count(sign: str, count: int, *, most: int) -> str:
    return f"{sign} {count}" if 0 <= count <= most else "–"


def _awaited(design: TOP) -> Table:
    """Print what a TOP trial does while responses are awaited."""
    rows = []
    for row in design.rows():
        if row.suspend_from is None:
            continue
        futile = "–" if row.futile_above is None else f"> {row.futile_above:.2f}"
        rows.append(Row((str(row.enrolled), str(row.responses), f"≥ {row.suspend_from}", futile)))
    return Table(
        "While responses are awaited",
        ("Enrolled", "Responses", "Suspend at pending", "Stop at effective participants"),
        tuple(rows),
        align="rrrr",
        footnotes=(
            "A pending participant counts as the part of the window that was watched.",
            "With more responses than are listed the trial goes on. The last look waits for all.",
        ),
        folded=True,
    )


def _rates(design: StagedArm) -> list[Block]:
    """Print the exact error rates, where the hypotheses are known."""
    p0, p1 = design.p0, design.p1
    if p0 is None:
        return []
    against = f"Against a response of {render_percent(p0, digits=0)}"
    wanted, power = "", ""
    if p1 is not None:
        wanted = f" and for one of {render_percent(p1, digits=0)}"
        power = f", power {render_percent(design.rejection(p1), digits=1)}"
    early = ""
    if len(design.boundary.looks) > 1:
        early = (
            f" If nothing is to be gained the trial stops early with probability "
            f"{render_percent(design.early_stop(p0), digits=1)} and {design.expected(p0):.1f} "
            f"participants are expected."
        )
    text = (
        f"{against}{wanted}: type I error {render_percent(design.rejection(p0), digits=2)}{power}."
        f"{early} All exact."
    )
    return [Paragraph(text)]
