"""Names of events: what is haematological, and that scales have their publications."""

from typing import get_args

import pytest

from protocyte.protocol.safety import AdverseEventScale, CrsScale, GvhdScale, IcansScale
from protocyte.standards.adverse_event import COUNT_TERMS, TERMS, classify_haematological
from protocyte.standards.citation import CITATIONS


@pytest.mark.parametrize(
    ("term", "system", "blood"),
    [
        ("Anaemia", "Blood and lymphatic system disorders", True),
        ("ANAEMIA", "BLOOD AND LYMPHATIC SYSTEM DISORDERS", True),
        ("Neutrophil count decreased", "Investigations", True),
        ("PLATELET COUNT DECREASED", None, True),
        ("Alanine aminotransferase increased", "Investigations", False),
        ("Nausea", None, False),
        ("Nausea", "", False),
    ],
)
def test_haematological(term: str, system: str | None, blood: bool) -> None:
    assert classify_haematological(term, system) is blood


def test_short_names_are_those_of_their_terms() -> None:
    assert set(TERMS) == {"CRS", "ICANS", "GvHD", "IEC-HS"}
    assert len({term.name.lower() for term in TERMS.values()}) == len(TERMS)
    assert all(classify_haematological(term, "Investigations") for term in COUNT_TERMS)


def test_every_scale_that_a_protocol_may_name_has_its_publication() -> None:
    scales = {
        name
        for kind in (AdverseEventScale, CrsScale, IcansScale, GvhdScale)
        for name in get_args(kind)
    }
    assert scales <= set(CITATIONS)
