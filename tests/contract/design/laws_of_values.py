"""Laws of the interface itself: designs are values, and answer what they are asked."""

import copy
import dataclasses
import json

import pytest
from tests.contract.design.designs import Case
from tests.contract.design.law import law
from tests.contract.design.reach import find_reached

from protocyte.design import Outcomes
from protocyte.errors import OutcomeError


@law("value")
def is_a_value(case: Case) -> None:
    """A design is a frozen value: a copy is equal, has the same hash, and cannot be changed."""
    design = case.design
    assert copy.deepcopy(design) == design
    assert hash(copy.deepcopy(design)) == hash(design)
    assert case.make(case.doses) == design
    first = dataclasses.fields(design)[0].name  # type: ignore[arg-type]
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(design, first, 99)


@law("start")
def starts_the_trial(case: Case) -> None:
    """Where nobody was treated the decision is the first cohort, and no dose is selected."""
    design, nobody = case.design, Outcomes.none(case.design.n_doses)
    decision, start = design.decide(nobody), design.start()
    assert (decision.action, decision.dose, decision.size) == ("start", start.dose + 1, start.size)
    assert 0 < start.size <= design.planned
    selection = design.select(nobody)
    assert (selection.dose, selection.reason) == (None, "Nobody has been treated yet.")


@law("own doses")
def refuses_another_trial(case: Case) -> None:
    """Outcomes of another number of doses are refused, in words."""
    doses = case.design.n_doses + 1
    with pytest.raises(OutcomeError, match=f"The outcomes have {doses} dose levels"):
        case.design.decide(Outcomes.none(doses))


@law("explained")
def explains_itself(case: Case) -> None:
    """Every decision and selection says why, in a sentence and with its numbers."""
    for outcomes in find_reached(case)[:30]:
        decision, selection = case.design.decide(outcomes), case.design.select(outcomes)
        assert decision.reason.endswith((".", ")."))
        assert "{" not in decision.reason
        assert decision.arithmetic
        assert any(character.isdigit() for character in decision.arithmetic[0])
        assert selection.arithmetic


@law("answers in JSON")
def answers_survive_json(case: Case) -> None:
    """Decisions, selections and outcomes written to JSON and read back are the same."""
    for outcomes in find_reached(case)[:30]:
        decision, selection = case.design.decide(outcomes), case.design.select(outcomes)
        for answer in (decision, selection, outcomes):
            plain = answer.as_dict()
            assert json.loads(json.dumps(plain, allow_nan=False)) == plain
        told = json.loads(json.dumps(outcomes.as_dict()))
        again = Outcomes.from_counts(**told)
        assert dataclasses.replace(again, last=outcomes.last) == outcomes
        read = json.loads(json.dumps(decision.as_dict()))
        assert (read["dose"], read["size"], read["why"]) == (
            decision.dose,
            decision.size,
            decision.why,
        )
        assert json.loads(json.dumps(selection.as_dict()))["dose"] == selection.dose
