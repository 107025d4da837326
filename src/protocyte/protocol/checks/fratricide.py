"""PRD002: a CD7 receptor on cells that carry CD7."""

import re
from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    product = protocol.product
    is_hidden = any(re.search(r"\bCD7\b", part) for part in product.armour)
    if (
        "CD7" in product.cars
        and product.edits is not None
        and "CD7" not in product.edits
        and not is_hidden
    ):
        yield Defect(
            ("product", "edits"),
            "The receptor binds CD7, and CD7 is not among the deleted genes "
            f"({', '.join(product.edits) or 'none'}): the cells would kill each other.",
            "Add CD7 to `edits`, or name under `armour` what keeps CD7 from the surface, such as "
            "`CD7 blocker`.",
            lacks=("product", "edits"),
        )


CHECK = Check(
    code="PRD002",
    severity="error",
    title="CD7 receptor without a CD7 edit",
    why=(
        "CD7 sits on T cells, and so on the product itself. Cells that bind it and carry it kill "
        "each other (fratricide); deleting CD7 prevents that."
    ),
    wrong="""
product:
  cars: [CD7]
  edits: [TRAC]
""",
    right="""
product:
  cars: [CD7]
  edits: [CD7, TRAC]
""",
    find=_find,
)
