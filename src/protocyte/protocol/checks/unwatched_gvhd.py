"""SAF002: cells from another person, and nobody watches for graft-versus-host disease."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    if protocol.product.is_autologous:
        return
    donor = protocol.product.donor
    if "GvHD" not in protocol.safety.of_interest:
        yield Defect(
            ("safety", "of_interest"),
            f"The cells come from another person ({donor}), and graft-versus-host disease is not "
            "an event of special interest.",
            "Add GvHD to `of_interest`.",
            lacks=("safety", "of_interest"),
        )
    if protocol.safety.scales.gvhd is None:
        yield Defect(
            ("safety", "scales"),
            f"The cells come from another person ({donor}), and no scale grades graft-versus-host "
            "disease.",
            "Add `GvHD: MAGIC 2016` to `scales`, or the scale that the site uses.",
            lacks=("safety", "scales", "GvHD"),
        )


CHECK = Check(
    code="SAF002",
    severity="warning",
    title="Donor cells without a watch on graft-versus-host disease",
    why=(
        "Deleting the T-cell receptor lowers the risk of graft-versus-host disease and does not "
        "abolish it: with TRAC deleted, 1 of 26 participants had acute disease of grade 2. Scales "
        "differ, so the one in use must be named."
    ),
    wrong="""
safety:
  of_interest: [CRS, ICANS]
""",
    right="""
safety:
  of_interest: [CRS, ICANS, GvHD]
""",
    find=_find,
)
