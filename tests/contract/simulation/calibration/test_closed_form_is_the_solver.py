"""What is fitted is what is simulated: the closed form against the compiled solver.

Own cells, antigen everywhere, no fratricide: then the model's cells grow and decline by themselves.
"""

import numpy as np
import pytest

from protocyte.kinetics.allogeneic.assemble import Setting, assemble_rows
from protocyte.kinetics.allogeneic.solve import solve_patients
from protocyte.kinetics.allogeneic.target import Target
from protocyte.kinetics.allogeneic.terms import find_terms
from protocyte.kinetics.allogeneic.typical import find_typical_values
from protocyte.protocol.product import Product
from protocyte.simulation.calibration.gated import Fixed, sample_course
from protocyte.simulation.calibration.result import load_calibration

DAYS = np.array([0.0, 1.0, 4.0, 7.0, 10.0, 13.0, 16.0, 21.0, 28.0, 60.0])


@pytest.mark.parametrize("lag", [0.0, 3.27])
def test_closed_form_is_the_solver(lag: float) -> None:
    drawn = load_calibration().sample_patients(60, rng=np.random.default_rng(1))
    # Outside these the solver changes the patient: a rise of at least 5 %, alpha above beta.
    drawn["fold_expansion"] = np.maximum(drawn["fold_expansion"], 3.0)
    drawn["alpha"] = np.maximum(drawn["alpha"], 0.02)
    changes = {"copies_per_cell": 1.0, "normal_antigen": 1e18, "room_power": 0.0, "lag": lag}
    values = find_typical_values("B-ALL", **changes) | drawn
    own = Product(name="CD22", donor="autologous", cars=("CD22",), edits=())
    setting = Setting(find_terms(own), "standard", Target.of("B-ALL"), None)
    course = solve_patients(
        assemble_rows(setting, values, n=60), days=DAYS, horizon=60.0, tolerance=1e-9
    )
    closed = sample_course(np.log(np.stack(list(drawn.values()), axis=1)), DAYS, Fixed(lag=lag))
    away = np.abs(np.log(course.car_per_ul) - closed)
    # Memory that flows while the gate closes is approximate, to less than one cell in a hundred.
    assert away.max() < 0.01
