"""Rare outcomes that laws look at in any case: they break one that is marked."""

from typing import Final

EXAMPLES: Final[dict[str, tuple[str, ...]]] = {
    "BOIN12": ("1ENE 1BET", "1ENN 2TTE 1NNN"),
    "BOIN12 joint": ("1EEN 1ENN",),
    "BOIN-ET": ("1TTN 1NTN 1NTN 1NNN",),
    "BOIN-ET as boinet": ("1NEN 2BBT 1TNN",),
    "TEPI": ("1TNN 1NNN", "1NNN 2NTT 1NET"),
    "TEPI by posterior mean": ("1NEN 2NNN 3NNN",),
    "U-BOIN": (
        "1NNN 2NTT 1NTN",
        "1NNN 2NNN 3TNN 2NNN",
        "1NNN 2NNT 1TNT",
        "1EEE 2EEB 1BBE",
    ),
    "U-BOIN at random": (
        "1NNN 2NTT 1NTN",
        "1NNN 2NNN 3TNN 2NNN",
        "1NNN 2NTE 1TTT",
        "1NNE 2BBN 1BNB",
    ),
    "U-BOIN joint": ("1NNT 1TNN",),
    "cap of U-BOIN at random": ("1NNN 2NEN 3NNN", "1NNN 2NTT 1NTN", "1NNN 2TNN 1TTN"),
    "cap of stop": ("1TNN 2NNB 3NNT",),
    "TITE-BOIN12": ("1EEN 1ENN",),
}
"""By the name of a design, for three doses."""
