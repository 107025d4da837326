"""PRD001: cells of a stranger that keep their T-cell receptor."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    product = protocol.product
    # A related donor may be matched: see PRD007.
    is_stranger = not product.is_autologous and product.donor != "related donor"
    if is_stranger and product.lacks_t_cell_receptor is False:
        yield Defect(
            ("product", "edits"),
            f"The cells come from another person ({product.donor}) and none of their edits "
            f"({', '.join(product.edits or ()) or 'none'}) removes the T-cell receptor.",
            "Add TRAC, TRBC or TCR to `edits`; if no source names the edits, leave `edits` out.",
            lacks=("product", "edits"),
        )


CHECK = Check(
    code="PRD001",
    severity="error",
    title="Another person's cells with their T-cell receptor",
    why=(
        "Donor T cells that keep their own receptor can attack the participant: graft-versus-host "
        "disease. In a trial of donor-derived CD7 cells with the receptor intact, 12 of 20 "
        "participants had it (grade 1 or 2); with TRAC deleted it was 1 of 26 in another trial."
    ),
    wrong="""
product:
  donor: healthy donor
  edits: []
""",
    right="""
product:
  donor: healthy donor
  edits: [TRAC]
""",
    find=_find,
)
