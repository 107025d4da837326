"""Time ensembles of the allogeneic model, beside other solvers of the same patients.

    .venv/bin/python benchmarks/kinetics.py [--quick] [--million]

The same patients, days, and tolerance of 1e-6; one year. Peers: scipy's `solve_ivp` (LSODA) on the
plain and on a compiled right-hand side; numbalsoda and diffrax (JAX on the CPU, `vmap`) if they are
installed (`pip install numbalsoda jax diffrax`). Each solves the logarithms of the same six
populations. Before anything is timed, its CAR-T cells must agree with ours above the limit of
detection. `--million` follows a million patients for their summaries alone, and prints the memory.
"""

import os
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numba import njit
from scipy.integrate import solve_ivp

from protocyte.kinetics.allogeneic import kernel
from protocyte.kinetics.allogeneic.assemble import Setting, assemble_rows
from protocyte.kinetics.allogeneic.patient import Patients
from protocyte.kinetics.allogeneic.solve import solve_patients
from protocyte.kinetics.allogeneic.target import Target
from protocyte.kinetics.allogeneic.terms import find_terms
from protocyte.kinetics.parameter import Floats
from protocyte.protocol.product import Product
from protocyte.protocol.rehearsal import Patients as Arriving
from protocyte.protocol.rehearsal import Spread
from protocyte.simulation.population.draw import sample_patients

DAYS = np.array([3.0, 7.0, 10.0, 14.0, 21.0, 28.0, 60.0, 90.0, 180.0, 365.0])
TOLERANCE = 1e-6
LOGS = kernel.LOGS
RELATIVE = 1e-13
"""Beside the tolerance, which is on the logarithm itself: an error of a cell count, relative."""
SEEN = 5e6
"""Cells in the body that are 0.01 cells/µL of blood."""


def draw_rows(n: int) -> Patients:
    """Draw patients of KJ-C2320's product in AML."""
    product = Product(
        name="uCAR",
        donor="healthy donor",
        cars=("CD38",),
        edits=("TCR", "B2M"),
        armour=("NKG2A CAR",),
    )
    spread = Spread(mean=60, sd=12, low=30, high=110)
    drawn = sample_patients(
        n,
        disease="AML",
        patients=Arriving(age=spread, weight=spread, female=0.5),
        rng=np.random.default_rng(1),
    )
    setting = Setting(find_terms(product), "standard", Target.of("AML"), 1e8)
    return assemble_rows(setting, drawn.values, n=n)


def start(row: Patients) -> Floats:
    """Give the logarithms at the infusion."""
    state = np.empty(kernel.STATES)
    kernel._start(row, state)
    return state[:LOGS]


@njit(cache=True)
def compiled(day: float, state: Floats, row: Patients, whole: Floats, out: Floats) -> Floats:
    """Change of the six logarithms, from the compiled right-hand side."""
    whole[:LOGS] = state
    kernel._change(day, whole, row, out)
    return out[:LOGS].copy()


def with_scipy(rows: Patients, *, plain: bool) -> Floats:
    """Solve one patient after the other with LSODA."""
    change = compiled.py_func if plain else compiled
    found = []
    for row in rows:
        whole, out = np.zeros(kernel.STATES), np.zeros(kernel.STATES)
        solved = solve_ivp(
            change,
            (0, DAYS[-1]),
            start(row),
            method="LSODA",
            rtol=RELATIVE,
            atol=TOLERANCE,
            t_eval=DAYS,
            args=(row, whole, out),
        )
        found.append(np.exp(solved.y[3]) + np.exp(solved.y[4]))
    return np.array(found)


def with_numbalsoda(rows: Patients) -> Floats:
    """Solve one patient after the other with LSODA in C++, called from compiled code."""
    import numbalsoda  # type: ignore[import-not-found]

    order = tuple(rows.dtype.names or ())
    table = np.column_stack([rows[name] for name in order])
    position = {name: order.index(name) for name in order}
    source = _plain_source([f"p[{position[name]}]" for name in order], order)
    space: dict[str, object] = {"np": np, "math": __import__("math")}
    exec(source, space)
    inner: Any = njit(space["change"])

    @numba.cfunc(numbalsoda.lsoda_sig)
    def change(day, state, out, p):  # type: ignore[no-untyped-def]
        carray: Any = numba.carray  # type: ignore[attr-defined]
        inner(day, carray(state, (LOGS,)), carray(out, (LOGS,)), carray(p, (64,)))

    address = change.address
    grid = np.concatenate([[0.0], DAYS])

    @njit(parallel=True)
    def every(starts, table):  # type: ignore[no-untyped-def]
        found = np.empty((starts.shape[0], grid.size - 1))
        for i in numba.prange(starts.shape[0]):
            y, _ = numbalsoda.lsoda(address, starts[i], grid, table[i], RELATIVE, TOLERANCE)
            found[i] = np.exp(y[1:, 3]) + np.exp(y[1:, 4])
        return found

    starts = np.array([start(row) for row in rows])
    padded = np.zeros((rows.size, 64))
    padded[:, : table.shape[1]] = table
    with_numbalsoda.again = lambda: every(starts, padded)  # type: ignore[attr-defined]
    return np.asarray(every(starts, padded))


def _plain_source(terms: list[str], names: tuple[str, ...]) -> str:
    """Write the right-hand side over a flat array of parameters, for solvers that take no rows."""
    lines = [f"    {name} = {term}" for name, term in zip(names, terms, strict=True)]
    return "def change(day, y, out, p):\n" + "\n".join(lines) + _BODY


_BODY = """
    n, kp, kn = np.exp(y[0]), np.exp(y[1]), np.exp(y[2])
    e, m, b = np.exp(y[3]), np.exp(y[4]), np.exp(y[5])
    touch = e / (k_b + e)
    rejected = h_t * n + h_k * (kp + kn)
    u = 1 / (1 + np.exp((day - t_max) / width))
    begun = 1 / (1 + np.exp((lag - day) / width))
    regrowth = r_k * np.log(k_k / (kp + kn)) - k7 * touch
    killers = e + w * m
    out[0] = -r_n * np.log((n + e + m) / k_n) - k7 * touch
    out[1] = regrowth - k_a * touch
    out[2] = regrowth
    out[3] = (rho * u * begun * (b + b_n) / (b50 + b + b_n) - alpha * (1 - u) - rejected
              - k_f * touch)
    out[4] = to_memory * (1 - u) * np.exp(y[3] - y[4]) - beta - rejected
    out[5] = r_b - loss_b - gamma_b * killers / (k_b + killers) - mu + inflow / (1 + e / c50) / b
"""


def with_diffrax(rows: Patients) -> Floats:
    """Solve all patients at once with Dormand-Prince in JAX, on the CPU."""
    import diffrax  # type: ignore[import-not-found]
    import jax  # type: ignore[import-not-found]
    import jax.numpy as jnp  # type: ignore[import-not-found]

    jax.config.update("jax_enable_x64", True)  # noqa: FBT003
    order = tuple(rows.dtype.names or ())
    source = _plain_source([f"p[{place}]" for place in range(len(order))], order)
    source = source.replace("def change(day, y, out, p):", "def change(day, y, p):\n    out = {}")
    source += "    return np.stack([out[i] for i in range(6)])\n"
    space: dict[str, object] = {"np": jnp}
    exec(source, space)
    term = diffrax.ODETerm(space["change"])

    def one(begin, p):  # type: ignore[no-untyped-def]
        return diffrax.diffeqsolve(
            term,
            diffrax.Dopri5(),
            0.0,
            DAYS[-1],
            0.05,
            begin,
            args=p,
            saveat=diffrax.SaveAt(ts=jnp.asarray(DAYS)),
            stepsize_controller=diffrax.PIDController(rtol=RELATIVE, atol=TOLERANCE),
            max_steps=20_000,
        ).ys

    every = jax.jit(jax.vmap(one))
    starts = jnp.asarray(np.array([start(row) for row in rows]))
    table = jnp.asarray(np.column_stack([rows[name] for name in order]))
    with_diffrax.again = lambda: every(starts, table).block_until_ready()  # type: ignore[attr-defined]
    y = np.asarray(every(starts, table))
    return np.asarray(np.exp(y[..., 3]) + np.exp(y[..., 4]))


def check(name: str, found: Floats, ours: Floats) -> None:
    """Refuse to time a peer that solves something else."""
    seen = ours > SEEN
    worst = np.abs(found / np.where(seen, ours, 1) - 1)[seen].max()
    if worst > 1e-3:
        raise SystemExit(f"{name} differs from ours by {worst:.1e} of the CAR-T cells")
    print(f"  {name}: agrees within {worst:.0e} where cells can be seen")


def median_time(job: Callable[[], object], repeats: int) -> float:
    """Time a job a few times; give the median [s]."""
    times = []
    for _ in range(repeats):
        begun = time.perf_counter()
        job()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def main() -> None:
    """Print the table."""
    quick = "--quick" in sys.argv
    rows = draw_rows(4_000 if quick else 40_000)
    few = rows[: 20 if quick else 100]
    some = rows[: 500 if quick else 4_000]
    print(f"{platform.machine()}, {os.cpu_count()} cores, numba {numba.__version__}")
    solve_patients(rows[:10], days=DAYS)
    ours = solve_patients(rows, days=DAYS).car
    print("agreement:")
    check("scipy, compiled right-hand side", with_scipy(few, plain=False), ours[: few.size])
    speeds = {
        "Protocyte, 10 days and summary": rows.size
        / median_time(lambda: solve_patients(rows, days=DAYS), 5),
        "Protocyte, summary alone": rows.size / median_time(lambda: solve_patients(rows), 5),
        "scipy LSODA, compiled right-hand side": few.size
        / median_time(lambda: with_scipy(few, plain=False), 3),
        "scipy LSODA, plain Python": 5 / median_time(lambda: with_scipy(few[:5], plain=True), 1),
    }
    for name, solve in (("numbalsoda", with_numbalsoda), ("diffrax on JAX", with_diffrax)):
        try:
            check(name, solve(some), ours[: some.size])
        except ImportError:
            print(f"  {name}: not installed")
            continue
        speeds[name] = some.size / median_time(solve.again, 3)  # type: ignore[attr-defined]
    fastest = speeds["Protocyte, 10 days and summary"]
    print("\none-year patients a second, all cores              rate    ours over it")
    for name, speed in speeds.items():
        print(f"  {name:42} {speed:12,.0f} {fastest / speed:12.1f}")
    if "--million" in sys.argv:
        follow_a_million()


def follow_a_million() -> None:
    """Follow a million patients in pieces, for bands and outcomes; print time and memory."""
    begun = time.perf_counter()
    for _ in range(250):
        solve_patients(draw_rows(4_000))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"\na million patients: {time.perf_counter() - begun:.0f} s, {peak:.2f} GB at most")


if __name__ == "__main__":
    main()
