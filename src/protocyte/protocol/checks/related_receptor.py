"""PRD007: a relative's cells that keep their T-cell receptor."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    product = protocol.product
    if product.donor == "related donor" and product.lacks_t_cell_receptor is False:
        yield Defect(
            ("product", "edits"),
            "The cells come from a relative and keep their T-cell receptor: none of the edits "
            f"({', '.join(product.edits or ()) or 'none'}) removes it.",
            "State in `describes` how donor and participant are matched, and watch for "
            "graft-versus-host disease; or add TRAC to `edits`.",
            lacks=("product", "edits"),
        )


CHECK = Check(
    code="PRD007",
    severity="warning",
    title="A relative's cells with their T-cell receptor",
    why=(
        "T cells that keep their own receptor can attack a relative as well: graft-versus-host "
        "disease. In a trial of donor-derived CD7 cells with the receptor intact, 12 of 20 "
        "participants had it (grade 1 or 2)."
    ),
    wrong="""
product:
  donor: related donor
  edits: []
""",
    right="""
product:
  donor: related donor
  edits: [TRAC]
""",
    find=_find,
)
