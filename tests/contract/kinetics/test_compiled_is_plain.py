"""The compiled allogeneic model is its plain equations: scipy solves those as tightly as it can.

Two implementations of one law: numbers of cells in plain Python under LSODA with tolerances near
the limit of double precision, against logarithms in compiled code at the usual tolerance.
"""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from protocyte.kinetics.allogeneic import equation
from protocyte.kinetics.allogeneic.assemble import Setting, assemble_rows
from protocyte.kinetics.allogeneic.patient import Patients
from protocyte.kinetics.allogeneic.solve import solve_patients
from protocyte.kinetics.allogeneic.target import Target
from protocyte.kinetics.allogeneic.terms import find_terms
from protocyte.kinetics.parameter import Floats
from protocyte.protocol.biology import Depth, Disease, Expansion
from protocyte.protocol.product import Donor, Product
from protocyte.protocol.rehearsal import Patients as Arriving
from protocyte.protocol.rehearsal import Spread
from protocyte.simulation.population.draw import sample_patients

DAYS = np.array([0.0, 0.5, 2.0, 5.0, 8.0, 9.5, 12.0, 14.0, 21.0, 28.0, 45.0, 90.0, 180.0, 365.0])
SEEN = 1e4
"""Cells in the body, far below what any assay sees (0.00002 cells/µL)."""
WHO = Arriving(
    age=Spread(mean=40, sd=12, low=18, high=75),
    weight=Spread(mean=70, sd=12, low=40, high=120),
    female=0.5,
)

PRODUCTS = {
    "unedited": ((), (), ("CD38",), "healthy donor"),
    "uCAR": (("TCR", "B2M"), ("NKG2A CAR",), ("CD38",), "healthy donor"),
    "CD7, fratricidal": (("TRAC",), (), ("CD7",), "healthy donor"),
    "CD7, resistant": (("CD7", "TRAC"), (), ("CD7",), "healthy donor"),
    "own": ((), (), ("CD19",), "autologous"),
    "CD52 deleted": (("TRAC", "CD52"), (), ("CD19",), "healthy donor"),
}

CASES: tuple[tuple[str, Disease, Depth, Expansion], ...] = (
    ("unedited", "AML", "standard", "gated"),
    ("uCAR", "AML", "none", "gated"),
    ("uCAR", "myeloma", "enhanced", "competition"),
    ("CD7, fratricidal", "T-ALL", "standard", "gated"),
    ("CD7, resistant", "T-ALL", "enhanced", "gated"),
    ("own", "SLE", "standard", "gated"),
    ("own", "lymphoma", "enhanced", "competition"),
    ("CD52 deleted", "B-ALL", "with alemtuzumab", "gated"),
)


def draw_rows(product: str, disease: Disease, depth: Depth, expansion: Expansion) -> Patients:
    """Draw two patients of a case."""
    edits, armour, cars, donor = PRODUCTS[product]
    made = Product(name=product, donor=_donor(donor), cars=cars, edits=edits, armour=armour)
    drawn = sample_patients(2, disease=disease, patients=WHO, rng=np.random.default_rng(7))
    setting = Setting(find_terms(made), depth, Target.of(disease), 1e8, expansion)
    return assemble_rows(setting, drawn.values, n=2)


def _donor(word: str) -> Donor:
    return word  # type: ignore[return-value]


def solve_plainly(patient: Patients) -> Floats:
    """Solve one patient in plain numbers of cells, as tightly as scipy can."""
    solved = solve_ivp(
        lambda day, state: equation.find_change(day, list(np.maximum(state, 1e-300)), patient),
        (0, DAYS[-1]),
        equation.find_start(patient),
        method="LSODA",
        rtol=1e-10,
        atol=1e-20,
        t_eval=DAYS,
    )
    assert solved.success, solved.message
    n, kp, kn, e, m, b, x, i, s = solved.y
    return np.column_stack([n, kp + kn, e + m, b, x, i, s])


@pytest.mark.parametrize("case", CASES, ids=", ".join)
def test_every_observable_is_that_of_the_plain_equations(
    case: tuple[str, Disease, Depth, Expansion],
) -> None:
    rows = draw_rows(*case)
    course = solve_patients(rows, days=DAYS)
    assert course.is_solved.all()
    for row, values, cells in zip(rows, course.values, course.car, strict=True):
        plain = solve_plainly(row)
        found = np.column_stack([values[:, :2], cells, values[:, 4:8]])
        limits = np.array([SEEN, SEEN, SEEN, SEEN, 1.0, 0.1, 1e-3])
        visible = plain > limits
        error = np.abs(found / np.where(visible, plain, 1) - 1)[visible]
        assert error.max() < 1e-5


@pytest.mark.parametrize("case", CASES[:3], ids=", ".join)
def test_the_summary_is_that_of_a_fine_grid(case: tuple[str, Disease, Depth, Expansion]) -> None:
    rows = draw_rows(*case)
    fine = np.concatenate([np.linspace(0, 0.5, 1001), np.linspace(0.5, 90, 8951)[1:]])
    course = solve_patients(rows, days=fine, horizon=90, tolerance=1e-9)
    summary = solve_patients(rows, horizon=90).summary
    assert np.allclose(summary["peak_day"], fine[course.car.argmax(axis=1)], atol=0.02)
    for place, found in enumerate(summary):
        near = found["peak_day"] + np.linspace(-0.02, 0.02, 401)
        around = solve_patients(rows[[place]], days=near[near >= 0], horizon=90, tolerance=1e-9)
        assert found["peak"] == pytest.approx(around.car.max(), rel=1e-5)
    assert np.allclose(
        summary["i_peak"], course.inflammation.max(axis=1) - rows["i_base"], rtol=1e-4
    )
    assert np.allclose(np.exp(summary["b_low"]), course.target.min(axis=1), rtol=1e-4)
    for days, name in ((28, "auc_28"), (90, "auc_90")):
        area = np.trapezoid(course.car[:, fine <= days], fine[fine <= days], axis=1)
        assert np.allclose(summary[name], area, rtol=1e-4)
    for cells, row, last in zip(course.car, rows, summary["last_seen"], strict=True):
        seen = fine[cells >= row["seen"]]
        assert abs(seen[-1] - last) < 0.02 if seen.size else np.isnan(last)
