"""How many are treated at one dose: the rule in words, its limits, its exact error rates."""

from typing import Final

from protocyte.design.exact.walk import find_characteristics
from protocyte.design.monitoring.joint import JointBOP2
from protocyte.design.plan import find_sample_design
from protocyte.design.scenario import Scenario
from protocyte.design.single_arm.fleming import FlemingTwoStage
from protocyte.design.single_arm.simon import SimonTwoStage
from protocyte.design.single_arm.staged import StagedArm
from protocyte.design.single_arm.top import TOP
from protocyte.protocol.methods.sample import (
    UseBOP2WithToxicity,
    UseFleming,
    UseSimon,
)
from protocyte.protocol.plan import Protocol
from protocyte.report.document import Block, Paragraph, Row, Table
from protocyte.report.word import render_percent

#: Letters of a list of looks that a sentence bears.
_MOST_LISTED: Final = 40


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
    if isinstance(design, JointBOP2) and isinstance(plan, UseBOP2WithToxicity):
        return _joint(design, plan.settings.endpoint)
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
    if isinstance(design, FlemingTwoStage) and isinstance(plan, UseFleming):
        return [
            Paragraph(_fleming(design, plan.settings.kind, plan.settings.endpoint)),
            *_rates(design),
        ]
    name = str(type(plan).model_fields["settings"].alias)
    looks = ", ".join(str(look) for look in design.boundary.looks[:-1])
    when = f"; a look after {looks} and at the end" if 0 < len(looks) <= _MOST_LISTED else ""
    told = (
        f"{name[:1].upper()}{name[1:]} on `{plan.settings.endpoint}`: at most {design.planned} "
        f"participants are treated at one dose{when}."
    )
    awaited = [_awaited(design)] if isinstance(design, TOP) else []
    return [Paragraph(told), _limits(design), *awaited, *_rates(design)]


def _fleming(design: FlemingTwoStage, kind: str, endpoint: str) -> str:
    """Tell a two-stage design as a protocol would."""
    futile = f"with {design.r1} responses or fewer, stop for futility" if design.r1 >= 0 else ""
    early = f"with {design.a} or more, stop for efficacy" if design.a <= design.n1 else ""
    ends = "; ".join(part for part in (futile, early) if part)
    return (
        f"Fleming's {kind} two-stage design on `{endpoint}`: treat {design.n1}; {ends}. Otherwise "
        f"treat {design.n} in all; with more than {design.r} responses the product is worth "
        f"pursuing."
    )


def _joint(design: JointBOP2, endpoint: str) -> list[Block]:
    """Tell a design that counts responses and dose-limiting toxicities, with its error rates."""
    told = Paragraph(
        f"BOP2 with toxicity on `{endpoint}` and dose-limiting toxicities: at most "
        f"{design.planned} participants are treated at one dose. Too few responses, or too many "
        "DLTs, stop the trial at a look; at the end both must be good enough."
    )
    rows = tuple(
        Row((str(n), _count("≤", few, most=n), _count("≥", many, most=n)))
        for n, few, many in zip(design.looks, design.futile_at, design.toxic_from, strict=True)
    )
    limits = Table(
        "Counts of which either ends the trial without success, by participants",
        ("Participants", "Responses", "DLTs"),
        rows,
        align="rrr",
        footnotes=("A dash: no count ends the trial there.",),
    )
    return [told, limits, _joint_rates(design)]


def _joint_rates(design: JointBOP2) -> Table:
    """Print what the limits do where none, one or both of the endpoints are good."""
    eff0, tox0 = design.eff0, design.tox0
    eff1, tox1 = design.eff1 or eff0, design.tox1 or tox0
    truths = (
        Scenario((tox1,), (eff1,), name="Both good: power"),
        Scenario((tox0,), (eff1,), name="Response good, too toxic"),
        Scenario((tox1,), (eff0,), name="Tolerated, too few respond"),
        Scenario((tox0,), (eff0,), name="Neither: type I error"),
    )
    found = find_characteristics(design, truths)
    rows = tuple(
        Row(
            (
                truth.name,
                render_percent((truth.eff or (0.0,))[0], digits=0),
                render_percent((truth.tox or (0.0,))[0], digits=0),
                render_percent(float(found.selection[s, 0])),
                render_percent(float(found.early[s])),
                f"{float(found.total[s]):.1f}",
            )
        )
        for s, truth in enumerate(truths)
    )
    return Table(
        "How often the trial succeeds, by what is true",
        ("If true", "Response", "DLT", "Success", "Stops early", "Participants"),
        rows,
        align="lrrrrr",
        footnotes=(
            (
                "Exact. Toxicity and response are independent. The type I error is controlled "
                "where neither is good; the two rows above it are its price where only one is."
            ),
        ),
    )


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
