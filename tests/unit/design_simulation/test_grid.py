"""Grids: the same numbers from every engine, settings in their order, averages, refusals."""

import numpy as np
import polars as pl
import pytest

from protocyte.design import BOIN, BOIN12, Scenario, ThreePlusThree, find_characteristics
from protocyte.design.correlation import find_linked
from protocyte.design.delivery import Delivery
from protocyte.errors import DesignError, MissingExtraError
from protocyte.simulation.grid import Grid, simulate_grid
from protocyte.simulation.random_scenario import sample_uniform_scenarios

TRUTHS = [
    Scenario((0.1, 0.3, 0.5), (0.2, 0.4, 0.5), name="A"),
    Scenario((0.3, 0.4, 0.6), (0.3, 0.3, 0.4), name="B"),
]
DESIGNS = {"BOIN": BOIN(target=0.3, n_doses=3, cohorts=6), "BOIN12": BOIN12(3, cohorts=4)}


def _grid(**settings: object) -> Grid:
    return simulate_grid(
        DESIGNS,
        TRUTHS,
        **{"engine": "serial", "rng": np.random.default_rng(4), **settings},  # type: ignore[arg-type]
    )


def test_cells_are_what_the_designs_do() -> None:
    frame = _grid(correlations=[None, 0.5]).frame()
    assert frame.height == 8
    assert frame["exact"].all()
    row = frame.filter(
        (pl.col("design") == "BOIN12")
        & (pl.col("correlation") == 0.5)
        & pl.col("scenario").str.starts_with("B")
    )
    alone = find_characteristics(DESIGNS["BOIN12"], [find_linked(TRUTHS[1], 0.5)])
    assert row["selection"][0].to_list() == pytest.approx(alone.selection[0].tolist(), abs=1e-14)


def test_deliveries_are_a_setting() -> None:
    delivery = Delivery(((1, 0, 0), (0.3, 0.7, 0), (0.2, 0.3, 0.5)), (0.9, 0.9, 0.8))
    both = _grid(deliveries={"as planned": None, "short": delivery})
    assert [cell.delivery for cell in both.cells] == ["", "short"] * 2
    assert both.cells[1].found.delivered
    simulated = _grid(deliveries={"short": delivery}, how="simulated", trials=2000)
    gap = simulated.cells[0].found.selection - both.cells[1].found.selection
    assert np.abs(gap).max() < 0.05
    assert not simulated.cells[0].found.exact


def test_what_does_not_fit_is_simulated_and_says_so() -> None:
    found = _grid(memory=1e-5, trials=500)
    assert [cell.found.exact for cell in found.cells] == [True, False]
    with pytest.raises(DesignError, match="memory=1e-05 GB"):
        _grid(memory=1e-5, how="exact")


def test_averages_over_random_curves() -> None:
    truths = sample_uniform_scenarios(20, n_doses=3, target=0.3, rng=np.random.default_rng(1))
    designs = {"BOIN": DESIGNS["BOIN"], "3+3": ThreePlusThree(3)}
    grid = simulate_grid(designs, truths, target=0.3, engine="serial", rng=np.random.default_rng(1))
    mean = grid.average()
    assert mean["design"].to_list() == ["BOIN", "3+3"]
    assert mean["scenarios"].to_list() == [20, 20]
    correct = grid.frame().filter(pl.col("design") == "BOIN")["correct"].to_numpy()
    assert mean["correct"][0] == pytest.approx(correct.mean())
    assert mean["correct_error"][0] == pytest.approx(correct.std(ddof=1) / np.sqrt(20))


def test_the_same_numbers_from_two_processes() -> None:
    settings = {"how": "simulated", "trials": 300, "correlations": [None, 0.3]}
    serial = _grid(**settings)
    again = _grid(**settings, engine="processes", workers=2)
    assert again.frame().equals(serial.frame())


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["dask", "ray"])
def test_the_same_numbers_from_a_cluster_on_this_machine(engine: str) -> None:
    """The cluster is started, used and shut down again."""
    pytest.importorskip({"dask": "distributed", "ray": "ray"}[engine])
    settings = {"how": "simulated", "trials": 200}
    assert _grid(**settings, engine=engine, workers=2).frame().equals(_grid(**settings).frame())
    if engine == "ray":
        import ray

        assert not ray.is_initialized()
    else:
        from distributed import get_client

        with pytest.raises(ValueError, match="client"):
            get_client()


@pytest.mark.parametrize("engine", ["dask", "ray"])
def test_an_engine_that_is_absent_is_named(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        __import__("sys").modules, {"dask": "distributed", "ray": "ray"}[engine], None
    )
    with pytest.raises(MissingExtraError, match=f"The engine {engine} is not installed"):
        _grid(engine=engine)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"engine": "slurm"}, "There is no engine 'slurm'"),
        ({"engine": "processes", "workers": 0}, "0 workers do nothing"),
    ],
)
def test_bad_engines_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        _grid(**settings)


def test_bad_grids_are_refused() -> None:
    rng = np.random.default_rng(1)
    with pytest.raises(DesignError, match="A grid of 1 designs and 0 scenarios is empty"):
        simulate_grid({"BOIN": DESIGNS["BOIN"]}, [], engine="serial", rng=rng)
    with pytest.raises(DesignError, match="Scenario 'x' describes 2 doses and design 'BOIN' has 3"):
        simulate_grid(DESIGNS, [Scenario((0.1, 0.2), name="x")], engine="serial", rng=rng)
