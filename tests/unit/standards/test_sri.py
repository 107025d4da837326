"""SRI-4: each component at its edge."""

from typing import Any

import pytest

from protocyte.standards.bilag_2004 import SYSTEMS
from protocyte.standards.grade import Classification
from protocyte.standards.sri import classify_sri4

QUIET: dict[str, str | None] = dict.fromkeys(SYSTEMS, "D")


def sri4(**values: Any) -> Classification:
    """Classify a participant who responds, but for the values."""
    responder: dict[str, Any] = {
        "sledai_baseline": 10,
        "sledai_now": 6,
        "bilag_baseline": QUIET,
        "bilag_now": QUIET,
        "pga_baseline": 1.2,
        "pga_now": 1.2,
    }
    return classify_sri4(**(responder | values))


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ({}, True),
        ({"sledai_now": 7}, False),
        ({"bilag_now": QUIET | {"renal": "A"}}, False),
        ({"bilag_now": QUIET | {"renal": "B"}}, True),
        ({"bilag_now": QUIET | {"renal": "B", "ophthalmic": "B"}}, False),
        (
            {
                "bilag_baseline": QUIET | {"renal": "A"},
                "bilag_now": QUIET | {"renal": "B", "ophthalmic": "B"},
            },
            True,
        ),
        ({"pga_now": 1.49}, True),
        ({"pga_now": 1.5}, False),
        ({"pga_baseline": 1.0, "pga_now": 1.3}, False),
        ({"pga_baseline": 0.0, "pga_now": 0.30000000000000004}, False),
        ({"pga_baseline": 0.0, "pga_now": 0.29}, True),
        ({"sledai_now": None}, None),
        ({"pga_baseline": None}, None),
        ({"pga_now": 45.0}, None),
        ({"bilag_now": QUIET | {"renal": None}}, None),
        (
            {
                "bilag_baseline": QUIET | {"renal": None},
                "bilag_now": QUIET | {"renal": "B", "ophthalmic": "B"},
            },
            None,
        ),
        ({"bilag_baseline": QUIET | {"renal": None}, "bilag_now": QUIET | {"renal": "B"}}, True),
        ({"sledai_now": None, "pga_now": 2.0}, False),
        ({"bilag_baseline": QUIET | {"renal": "A"}, "bilag_now": QUIET | {"renal": None}}, True),
    ],
)
def test_verdict(values: dict[str, Any], verdict: bool | None) -> None:
    assert sri4(**values).verdict is verdict


def test_binary_noise_of_a_difference_does_not_count() -> None:
    """In binary 1.5 − 1.2 is 0.30000000000000004 and 0.7 − 0.4 is 0.29999999999999993."""
    assert 0.7 - 0.4 < 0.3 < 1.5 - 1.2
    for before, now in ((1.2, 1.5), (1.0, 1.3), (0.4, 0.7)):
        assert sri4(pga_baseline=before, pga_now=now).verdict is False


def test_the_deciding_lines_are_named() -> None:
    result = sri4(bilag_now=QUIET | {"renal": "A"}, pga_now=2.0)
    assert [(part.name, part.because) for part in result.decided_by] == [
        ("no new BILAG A", "renal"),
        ("PGA rise < 0.3", "PGA rise is 0.8"),
    ]


def test_the_index_is_named() -> None:
    part = sri4(index="SLEDAI-2K").components[0]
    assert (part.name, part.because) == ("SLEDAI-2K fall ≥ 4", "SLEDAI-2K fall is 4")
