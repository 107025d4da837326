"""STA003: a planned number that the parts of the trial do not add up to."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.methods.sample import UseFixedSample
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    planned, dosing = protocol.population.planned, protocol.dosing
    sample = protocol.statistics.sample
    finding = dosing.participants if dosing and dosing.method is not None else None
    if finding is not None and dosing and dosing.expansion:
        finding += dosing.expansion.participants
    looks = getattr(sample.settings, "looks", None) if sample else None
    fixed = sample.settings.participants if isinstance(sample, UseFixedSample) else None
    fixed = fixed if looks is None else looks[-1]
    # The size of a two-stage design is computed, not written. Too many in dose finding: DOS011.
    if planned is None or (sample and fixed is None) or (finding or 0) > planned:
        return
    parts = [part for part in (finding, fixed) if part is not None]
    if not parts or planned in (sum(parts), fixed):
        return
    told = " and ".join(
        f"{count} in {what}"
        for count, what in (
            (finding, "dose finding" + (" and expansion" if dosing and dosing.expansion else "")),
            (fixed, "the fixed sample" if looks is None else "the sample"),
        )
        if count is not None
    )
    where = ("dosing", "participants") if fixed is None else ("statistics", "sample")
    yield Defect(
        where,
        f"{planned} participants are planned, and there are {told}.",
        "Correct one of the numbers; or add what the others are for, such as `sample: {fixed "
        "sample: {participants: N}}` under `statistics`.",
        lacks=("statistics", "sample"),
    )


CHECK = Check(
    code="STA003",
    severity="warning",
    title="Participants that do not add up",
    why=(
        "The planned number is what is approved and paid for. If dose finding and the sample do "
        "not add up to it, either some participants have no purpose or a part of the trial is "
        "missing from the file."
    ),
    wrong="""
population: {planned: 48}
dosing: {participants: 30}
""",
    right="""
population: {planned: 48}
dosing: {participants: 30}
statistics:
  sample:
    fixed sample: {participants: 18, endpoint: orr}
""",
    find=_find,
)
