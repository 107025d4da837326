"""Every number behind outcomes has a source that can be found, or says that it is assumed."""

import re

import pytest

from protocyte.kinetics.parameter import Parameter
from protocyte.simulation.population.outcome.numbers import REFERENCES, TABLES

KEYS = {reference.key for reference in REFERENCES}
ROWS = [(name, one) for name, table in TABLES.items() for one in table]
INSTRUMENTS = ("SRI-4", "LLDAS", "ELN ALL 2024")


@pytest.mark.parametrize(("name", "one"), ROWS, ids=[f"{n}-{p.name}" for n, p in ROWS])
def test_a_number_is_sourced_or_assumed_within_what(name: str, one: Parameter) -> None:
    cited = set(re.findall(r"\b[A-Z][A-Za-z]+\d{3,4}\b|\bCancerVic\b", one.source))
    assert cited <= KEYS
    if one.status == "assumed":
        assert one.spread is not None or one.name == "quiet"
    else:
        assert cited or one.source.startswith(INSTRUMENTS), f"{name}: {one.name}"
    if one.spread is not None:
        assert one.spread.holds(one.value)


def test_every_reference_is_cited() -> None:
    text = " ".join(one.source for _, one in ROWS)
    assert {key for key in KEYS if key not in text} == set()
