"""PRD004: an edit against rejection or graft-versus-host disease in own cells."""

from collections.abc import Iterator

from protocyte.protocol.checks.check import Check, Defect
from protocyte.protocol.plan import Protocol
from protocyte.protocol.product import RECEPTOR_GENES

_ALLOGENEIC_ONLY = RECEPTOR_GENES | {"B2M", "CIITA", "RFX5"}


def _find(protocol: Protocol) -> Iterator[Defect]:
    product = protocol.product
    for index, gene in enumerate(product.edits or ()):
        if product.is_autologous and gene in _ALLOGENEIC_ONLY:
            yield Defect(
                ("product", "edits", index),
                f"{gene} is deleted in the participant's own cells, which are neither rejected nor "
                "attack their owner.",
                "Check `donor`. If the cells are autologous, remove the edit, or say under "
                "`describes` what it is for.",
            )


CHECK = Check(
    code="PRD004",
    severity="warning",
    title="Edit that own cells do not need",
    why=(
        "Deleting the T-cell receptor prevents graft-versus-host disease; deleting B2M, CIITA or "
        "RFX5 hides cells from another person's immune system. In an autologous product neither "
        "threatens: the edit, or the donor, is probably copied from another protocol."
    ),
    wrong="""
product:
  donor: autologous
  edits: [TRAC]
schedule:
  activities:
    leukapheresis: {when: after enrolment}
""",
    right="""
product:
  donor: autologous
  edits: []
schedule:
  activities:
    leukapheresis: {when: after enrolment}
""",
    find=_find,
)
