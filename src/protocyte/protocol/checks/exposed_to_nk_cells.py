"""PRD003: cells without HLA class I and with nothing against NK cells."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    product = protocol.product
    edits = product.edits or ()
    if not product.is_autologous and "B2M" in edits and not product.armour:
        yield Defect(
            ("product", "edits", edits.index("B2M")),
            "B2M is deleted and `armour` names nothing against NK cells.",
            "Name under `armour` what answers them, such as `NKG2A CAR`; otherwise expect NK cells "
            "to reject the product and say so in the objectives.",
            lacks=("product", "armour"),
        )


CHECK = Check(
    code="PRD003",
    severity="warning",
    title="B2M deleted, nothing against NK cells",
    why=(
        "Without B2M a cell shows no HLA class I. The participant's CD8 T cells no longer see it, "
        "but NK cells attack what shows no HLA class I, which limits expansion and persistence."
    ),
    wrong="""
product:
  edits: [TRAC, B2M]
""",
    right="""
product:
  edits: [TRAC, B2M]
  armour: [NKG2A CAR]
""",
    find=_find,
)
