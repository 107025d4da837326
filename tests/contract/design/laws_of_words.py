"""Laws of a protocol's words: what is written and read back is the same design."""

from tests.contract.design.designs import Case
from tests.contract.design.law import law
from tests.contract.design.words import WORDS, find_designs, find_plan, find_read_back

from protocyte.design.plan import find_dose_design


@law("protocol in JSON", asks=lambda case: case.name in WORDS and case.doses == _usual(case))
def protocol_survives_json(case: Case) -> None:
    """A protocol that names the design, written to JSON and read back, builds an equal design."""
    plan = find_plan(WORDS[case.name])
    again = find_read_back(plan)
    assert again == plan
    assert again.digest == plan.digest
    designs = find_designs(plan)
    assert designs
    assert find_designs(again) == designs
    named = designs[0] if find_dose_design(plan) is not None else designs[-1]
    assert type(named) is type(case.design)


def _usual(case: Case) -> int:
    """One test a design: that of the most doses."""
    return case.make(3).n_doses if case.make(3).n_doses == 1 else 3
