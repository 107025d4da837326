"""3+3: every form's moves, and closed forms by hand."""

import numpy as np
import pytest

from protocyte.design import Outcomes, Scenario, ThreePlusThree, find_characteristics
from protocyte.design.state import Floats
from protocyte.errors import DesignError


@pytest.mark.parametrize(
    ("form", "text", "action", "dose", "size", "selected"),
    [
        ("A", "1NNN", "escalate", 2, 3, 1),
        ("A", "1NNT", "stay", 1, 3, None),
        ("A", "1NNT 1NNN", "escalate", 2, 3, 1),
        ("A", "1NNT 1NNT", "stop", None, 0, None),
        ("A", "1NNN 2NTT", "stop", None, 0, 1),
        ("A", "1NNN 2NNN", "stop", None, 0, 2),
        ("A", "1NN", "stay", 1, 1, None),
        ("A", "1NNNN", "escalate", 2, 3, 1),
        ("A", "1NNTN", "stay", 1, 2, None),
        ("B", "1NNN 2NTT", "de-escalate", 1, 3, None),
        ("B", "1NNN 2NTT 1NNT", "stop", None, 0, 1),
        ("B", "1NNN 2NTT 1NTT", "stop", None, 0, None),
        ("B", "1NNT 1NNN 2NTT", "stop", None, 0, 1),
        ("B", "1NNN 2NNN", "stop", None, 0, 2),
        ("C", "1NNN 2NNN", "stay", 2, 3, None),
        ("C", "1NNN 2NNN 2NNT", "stop", None, 0, 2),
        ("C", "1NNN 2NNN 2NTT", "de-escalate", 1, 3, None),
        ("C", "1TT", "stop", None, 0, None),
    ],
)
def test_moves_of_two_doses(
    *, form: str, text: str, action: str, dose: int | None, size: int, selected: int | None
) -> None:
    design = ThreePlusThree(2, form)  # type: ignore[arg-type]
    outcomes = Outcomes.from_notation(text, n_doses=2)
    decision = design.decide(outcomes)
    assert (decision.action, decision.dose, decision.size) == (action, dose, size)
    assert design.select(outcomes).dose == selected


@pytest.mark.parametrize("form", ["B", "C"])
def test_an_untried_dose_below_the_start_is_filled_to_six(form: str) -> None:
    design = ThreePlusThree(2, form, start_dose=2)  # type: ignore[arg-type]
    three = design.decide(Outcomes.from_notation("2NTT 1NNN", n_doses=2))
    assert (three.why, three.dose, three.size) == ("fill", 1, 3)
    six = Outcomes.from_notation("2NTT 1NNN 1NNT", n_doses=2)
    assert design.decide(six).why == "found"
    assert design.select(six).dose == 1


def _tolerated(p: Floats) -> Floats:
    """P(0 of 3, or 1 of 3 and then 0 of 3)."""
    return (1 - p) ** 3 + 3 * p * (1 - p) ** 5


@pytest.mark.parametrize("truth", [(0.05, 0.15, 0.3, 0.45, 0.6), (0.3, 0.3), (0.2,), (0.0, 1.0)])
def test_form_a_equals_its_closed_form(truth: tuple[float, ...]) -> None:
    """Dose d is selected if doses up to d are tolerated and the next is not (Storer 1989)."""
    s = _tolerated(np.array(truth))
    reached = np.concatenate([[1.0], np.cumprod(s)])
    selected = reached[1:] * np.append(1 - s[1:], 1.0)
    found = find_characteristics(ThreePlusThree(len(truth), "A"), [Scenario(truth)])
    assert found.selection[0] == pytest.approx(selected, abs=1e-15)
    assert found.none[0] == pytest.approx(1 - s[0], abs=1e-15)
    p = np.array(truth)
    cohorts = 1 + 3 * p * (1 - p) ** 2
    assert found.participants[0] == pytest.approx(reached[:-1] * 3 * cohorts, abs=1e-14)


@pytest.mark.parametrize("truth", [(0.1, 0.3), (0.25, 0.25), (0.05, 0.6)])
def test_form_c_of_two_doses_equals_its_closed_form(truth: tuple[float, float]) -> None:
    """With a = P(0 of 3), b = P(1 of 3): MTD 1 is (1 - s2) s1 and MTD 2 is a1 (1 + b1) s2."""
    p = np.array(truth)
    a, b = (1 - p) ** 3, 3 * p * (1 - p) ** 2
    s = a**2 + 2 * a * b
    found = find_characteristics(ThreePlusThree(2, "C"), [Scenario(truth)])
    exact = [(1 - s[1]) * s[0], a[0] * (1 + b[0]) * s[1]]
    assert found.selection[0] == pytest.approx(exact, abs=1e-15)


def test_the_word_says_which_form() -> None:
    decision = ThreePlusThree(2, "B").decide(Outcomes.from_notation("1NNN 2NTT", n_doses=2))
    assert decision.arithmetic == (
        "2 DLTs in 3 at dose 2: ≥ 2, closed",
        "0 DLTs in 3 at the dose below",
        "form B: de-escalates until six were treated; the highest dose may be the MTD on three",
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_doses": 0}, "n_doses is 0"),
        ({"form": "D"}, "3+3 has no form 'D'; name A, B or C."),
        ({"start_dose": 4}, "The trial starts at dose level 4 of 3"),
        ({"start_dose": 2}, "Form A never de-escalates and so cannot start at dose level 2"),
    ],
)
def test_bad_settings_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(DesignError) as refused:
        ThreePlusThree(**({"n_doses": 3} | settings))  # type: ignore[arg-type]
    assert str(refused.value).startswith(message)
