"""PRD005: armour against NK cells on cells that NK cells leave alone."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    product = protocol.product
    if product.edits is None or any(
        gene == "B2M" or gene.startswith("HLA-") for gene in product.edits
    ):
        return
    for index, part in enumerate(product.armour):
        if "NKG2A" in part:
            yield Defect(
                ("product", "armour", index),
                f"{part} answers NK cells, but HLA class I is intact: the edits "
                f"({', '.join(product.edits) or 'none'}) do not remove B2M.",
                "Add B2M to `edits` if it is deleted, or remove the armour.",
                lacks=("product", "edits"),
            )


CHECK = Check(
    code="PRD005",
    severity="warning",
    title="Armour against NK cells without the edit that needs it",
    why=(
        "NK cells spare a cell that shows HLA class I. A receptor against NKG2A-positive NK cells "
        "earns its place only on cells that lost it, most often by deleting B2M."
    ),
    wrong="""
product:
  edits: [TRAC]
  armour: [NKG2A CAR]
""",
    right="""
product:
  edits: [TRAC, B2M]
  armour: [NKG2A CAR]
""",
    find=_find,
)
