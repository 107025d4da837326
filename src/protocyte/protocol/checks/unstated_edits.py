"""PRD006: edits of an allogeneic product that nobody states."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol


def _find(protocol: Protocol) -> Iterator[Defect]:
    product = protocol.product
    if not product.is_autologous and product.edits is None:
        yield Defect(
            ("product", "edits"),
            f"The cells come from another person ({product.donor}) and their edits are not stated.",
            "Ask the sponsor and add `edits`; simulations cannot tell rejection and "
            "graft-versus-host disease until then.",
            lacks=("product", "edits"),
        )


CHECK = Check(
    code="PRD006",
    severity="note",
    title="Edits not stated",
    why=(
        "Which genes are deleted decides whether the cells attack the participant, are rejected by "
        "T cells, or by NK cells. An absent list says that no source tells; an empty list says "
        "that nothing is edited. They are not the same."
    ),
    wrong="""
product:
  edits: null
""",
    right="""
product:
  edits: [TRAC]
""",
    find=_find,
)
