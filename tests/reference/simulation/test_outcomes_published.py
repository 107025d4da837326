"""Outcomes of simulated trials beside what trials reported, within exact 95 % intervals.

Sources: Lichtenstein2021 (40 patients, by two scales), TisaSafety2021 (137), WuBlood2025 (26 and
13), ALLO715 (43), Neelapu2020 (9), Tan2023 (20), WangX2024 and WangD (6). CRS was calibrated to
Lichtenstein2021, GvHD to Tan2023, and the power of the burden was chosen over the CRS of all of
them, so that none of these tests CRS on its own. What misses is listed as missing, strictly: it
must be taken off the list once it does not.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binomtest, spearmanr

from protocyte.protocol.product import Product
from protocyte.simulation.population.follow import simulate_patients
from protocyte.simulation.population.outcome.icans import PARAMETERS as ICANS
from protocyte.simulation.population.outcome.icans import judge_icans
from protocyte.simulation.population.outcome.table import Outcomes
from protocyte.simulation.population.setting import Arm

N = 3000

Trial = Callable[..., Outcomes]


def product(*cars: str, edits: tuple[str, ...] = (), donor: Any = "healthy donor") -> Product:
    return Product(name="x", donor=donor, cars=cars, edits=edits)


OWN = "autologous"
TRIALS: dict[str, dict[str, Any]] = {
    "Lichtenstein2021": {"product": product("CD22", donor=OWN), "disease": "B-ALL"},
    "TisaSafety2021": {"product": product("CD19", donor=OWN), "disease": "B-ALL"},
    "WuBlood2025": {"product": None, "disease": "T-ALL", "dose": 9e8},
    "WuBlood2025 RP2D": {"product": None, "disease": "T-ALL", "dose": 9e8, "depth": "enhanced"},
    "Tan2023": {
        "product": product("CD7", edits=("CD7",), donor="related donor"),
        "disease": "T-ALL",
        "dose": 6e7,
    },
    "Neelapu2020": {
        "product": product("CD19", edits=("TRAC", "CD52")),
        "disease": "lymphoma",
        "depth": "with alemtuzumab",
        "dose": 1.2e8,
    },
    "ALLO715": {
        "product": product("BCMA", edits=("TRAC", "CD52")),
        "disease": "myeloma",
        "depth": "with alemtuzumab",
        "dose": 3.2e8,
    },
    "WangX2024": {
        "product": product("CD19", edits=("TRAC", "HLA-A", "HLA-B", "CIITA")),
        "disease": "SLE",
        "dose": 6e7,
    },
}


@pytest.fixture(scope="module")
def trial(seed_trial: Any) -> Trial:
    """A simulated trial of a product, with everything else as in a protocol that is at hand."""
    found: dict[tuple[str, str], Outcomes] = {}

    def _trial(name: str, scale: str = "ASTCT 2019") -> Outcomes:
        if (name, scale) not in found:
            told = TRIALS[name]
            base = "udcar-sle" if told["disease"] == "SLE" else "wu-cart-007"
            plan, rehearsal = seed_trial(base)
            biology = rehearsal.biology.model_copy(
                update={
                    "disease": told["disease"],
                    "lymphodepletion": told.get("depth", "standard"),
                    "edits": None,
                }
            )
            scales = plan.safety.scales.model_copy(update={"crs": scale})
            safety = plan.safety.model_copy(update={"scales": scales})
            plan = plan.model_copy(
                update={"safety": safety, "product": told["product"] or plan.product}
            )
            rehearsal = rehearsal.model_copy(update={"biology": biology})
            arm = replace(Arm(name, plan, rehearsal), dose=told.get("dose"))
            rng = np.random.default_rng(20261201)
            found[name, scale] = simulate_patients(arm, N, rng=rng).outcomes
        return found[name, scale]

    return _trial


def missed(*values: Any, why: str, narrowly: bool = False) -> Any:
    return pytest.param(*values, marks=pytest.mark.xfail(strict=not narrowly, reason=why))


def at_least(grades: NDArray[np.int8], grade: int) -> float:
    return float(np.mean(grades >= grade))


def assert_inside(share: float, events: int, n: int) -> None:
    interval = binomtest(events, n).proportion_ci(0.95, method="exact")
    assert interval.low <= share <= interval.high


OTHERS = "the patients of the calibration had more CRS than those of tisagenlecleucel"
FEW_TARGETS = "the logit of B-ALL gives too much CRS where few targets are met"


@pytest.mark.parametrize(
    ("name", "scale", "grade", "seen"),
    [
        ("Lichtenstein2021", "Lee 2014", 1, (35, 40)),
        ("Lichtenstein2021", "Lee 2014", 2, (20, 40)),
        ("Lichtenstein2021", "Lee 2014", 3, (4, 40)),
        ("Lichtenstein2021", "Lee 2014", 4, (2, 40)),
        ("Lichtenstein2021", "ASTCT 2019", 1, (35, 40)),
        ("Lichtenstein2021", "ASTCT 2019", 2, (23, 40)),
        ("Lichtenstein2021", "ASTCT 2019", 3, (8, 40)),
        ("Lichtenstein2021", "ASTCT 2019", 4, (2, 40)),
        ("WuBlood2025", "ASTCT 2019", 1, (23, 26)),
        ("WuBlood2025", "ASTCT 2019", 3, (5, 26)),
        ("WuBlood2025 RP2D", "ASTCT 2019", 1, (13, 13)),
        ("WuBlood2025 RP2D", "ASTCT 2019", 3, (4, 13)),
        ("Tan2023", "ASTCT 2019", 3, (2, 20)),
        ("ALLO715", "ASTCT 2019", 3, (1, 43)),
        ("WangX2024", "ASTCT 2019", 3, (0, 6)),
        missed("TisaSafety2021", "ASTCT 2019", 1, (108, 137), why=OTHERS, narrowly=True),
        missed("ALLO715", "ASTCT 2019", 1, (24, 43), why=FEW_TARGETS),
        missed("Neelapu2020", "ASTCT 2019", 1, (2, 9), why=FEW_TARGETS),
        missed("WangX2024", "ASTCT 2019", 1, (0, 6), why=FEW_TARGETS),
    ],
)
def test_crs(trial: Trial, name: str, scale: str, grade: int, seen: tuple[int, int]) -> None:
    assert_inside(at_least(trial(name, scale).crs, grade), *seen)


def test_peak_il6_does_not_follow_peak_cells(trial: Trial) -> None:
    # Lichtenstein2021: Spearman -0.13 in 31 patients with CRS; blasts and grade, 0.02 in 39.
    found = trial("Lichtenstein2021")
    crs = found.crs > 0
    rho = spearmanr(found.peak[crs], found.il6_peak[crs]).statistic
    assert abs(rho + 0.13) < 1.96 / np.sqrt(31 - 3)


def test_peak_il6_is_as_high_and_spreads_as_wide_as_calibrated(trial: Trial) -> None:
    # Calibration: 251 pg/mL (120 to 570) and SD of ln 2.17 (1.7 to 2.9) in 35 with CRS; as
    # sampled, with a ceiling, 210 and 1.87.
    found = trial("Lichtenstein2021")
    logs = np.log(found.il6_peak[found.crs > 0])
    assert 210 < np.exp(logs.mean()) < 300
    assert 1.87 < logs.std() < 2.5


def test_crs_comes_a_week_after_the_infusion(trial: Trial) -> None:
    # Lichtenstein2021: day 8 (7 to 9); calibration: 7.5 (6.7 to 8.4).
    first = np.nanmedian(trial("Lichtenstein2021").crs_day)
    assert 6 <= first <= 9


def test_icans_at_the_crs_of_the_pooled_patients_is_as_often_as_theirs() -> None:
    # 26 + 9 + 43 patients: CRS grade 0 in 29, 3 and more in 6; grades 1 and 2 in halves, assumed.
    crs = np.repeat(np.arange(5, dtype=np.int8), [2900, 2150, 2150, 480, 120])
    luck = np.random.default_rng(1).standard_normal((200, crs.size))
    grades = judge_icans(np.broadcast_to(crs, luck.shape), luck)
    assert np.mean(grades > 0) == pytest.approx(9 / 78, abs=0.001)
    assert np.mean(grades >= 3) == pytest.approx(0.5 / 78, abs=0.0005)
    assert ICANS["any"].status == "derived"


@pytest.mark.parametrize(
    ("name", "grade", "events", "n"),
    [
        ("WuBlood2025", 1, 2, 26), ("WuBlood2025 RP2D", 1, 1, 13), ("Neelapu2020", 1, 1, 9),
        ("ALLO715", 1, 6, 43), ("ALLO715", 3, 0, 43), ("WangX2024", 1, 0, 6),
    ],
)  # fmt: skip
def test_icans(trial: Trial, name: str, grade: int, events: int, n: int) -> None:
    assert_inside(at_least(trial(name).icans, grade), events, n)


@pytest.mark.parametrize(
    ("name", "grade", "events", "n"),
    [
        ("Tan2023", 1, 12, 20), ("WuBlood2025", 2, 1, 26), ("Neelapu2020", 1, 0, 9),
        ("ALLO715", 1, 0, 43), ("WangX2024", 1, 0, 6), ("Lichtenstein2021", 1, 0, 40),
    ],
)  # fmt: skip
def test_gvhd(trial: Trial, name: str, grade: int, events: int, n: int) -> None:
    assert_inside(at_least(trial(name).gvhd, grade), events, n)


@pytest.mark.parametrize(
    ("name", "events", "n"),
    [("WuBlood2025 RP2D", 10, 11), ("Neelapu2020", 7, 9), ("WangX2024", 3, 3)],
)
def test_response(trial: Trial, name: str, events: int, n: int) -> None:
    assert_inside(float(trial(name).responds.mean()), events, n)
