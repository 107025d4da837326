"""The allogeneic model in compiled code: logarithms of the cells, adaptive steps, dense output.

Dormand and Prince's pair of order 5 and 4 on the logarithms of the six populations that act on
each other, so that none can become negative; what only follows them (exposure, antigen-negative
cells, disease activity, the chance of extinction) is carried along in the same steps.
Inflammation is forgotten within the hour, so it is a weighted mean of its production just before
(two nodes of Gauss and Laguerre), not a state that would force steps of minutes.
One law: a patient who cannot be solved gets a code and NaN; nobody else is touched.

References
----------
Hairer E, Nørsett SP, Wanner G. Solving ordinary differential equations I. 2nd ed. Springer 1993.
Section II.5, table 5.2, and section II.6, equation 6.12 (dense output).
"""

# A compiled function takes its workspace as arguments.
# ruff: noqa: FBT003, PLR0917

import math
from typing import Any, Final

import numpy as np
from numba import njit, prange

from protocyte.kinetics.allogeneic.equation import SWITCH
from protocyte.kinetics.convergence import Convergence

STATES: Final = 10
"""ln N, ln Kp, ln Kn, ln E, ln M, ln B; integrals of r_B/B, of founders of X, of CAR-T cells; S."""
LOGS: Final = 6
_N, _KP, _KN, _E, _M, _B, _BIRTHS, _FOUNDERS, _EXPOSURE, _S = range(STATES)
OBSERVED: Final = 9
"""N, K, E, M, B, X, I, S on the days asked, and ln B."""

SUMMARY: Final = np.dtype(
    [
        ("code", np.int64),
        ("steps", np.int64),
        *(
            (name, np.float64)
            for name in (
                "peak", "peak_day", "auc_28", "auc_90", "last_seen", "i_peak", "i_peak_day",
                "b_low", "b_low_day", "fall_day", "relapse_day", "progress_day",
                "births", "founders", "b_end", "s_end",
            )
        ),
    ],
    align=True,
)  # fmt: skip
"""What is kept of every patient: see `Summary`."""

_DENSE: Final = np.array(
    [
        -12715105075 / 11282082432,
        0,
        87487479700 / 32700410799,
        -10690763975 / 1880347072,
        701980252875 / 199316789632,
        -1453857185 / 822651844,
        69997945 / 29380423,
    ]
)
_FIRST_STEP: Final = 0.05
_LONGEST_STEP: Final = 30.0
_SHORTEST_STEP: Final = 1e-10
_MOST_STEPS: Final = 20_000
_SAFETY: Final = 0.9
_SHARE: Final = 0.5
_LEAST_ERROR: Final = 1e-10
_MOST_BIRTHS: Final = 1e26
_HALVINGS: Final = 40
_GOLDEN: Final = 0.5 * (math.sqrt(5) - 1)
_NODES: Final = (2 - math.sqrt(2), 2 + math.sqrt(2))
_WEIGHTS: Final = ((2 + math.sqrt(2)) / 4, (2 - math.sqrt(2)) / 4)
_SOLVED: Final = int(Convergence.SOLVED)
_TOO_SMALL: Final = int(Convergence.STEP_TOO_SMALL)
_TOO_MANY: Final = int(Convergence.TOO_MANY_STEPS)
_OVERFLOW: Final = int(Convergence.OVERFLOW)

_FAST: Any = {"contract", "reassoc", "arcp"}


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def _change(day: Any, y: Any, p: Any, out: Any) -> None:
    """Write the change of every state; `equation.find_change` has the same in plain numbers."""
    n, kp, kn = math.exp(y[_N]), math.exp(y[_KP]), math.exp(y[_KN])
    e, m, b = math.exp(y[_E]), math.exp(y[_M]), math.exp(y[_B])
    t_cells = n + e + m
    touch = e / (p.k_b + e)
    rejected = p.h_t * n + p.h_k * (kp + kn)
    host = -p.r_n * math.log(t_cells / p.k_n) - p.k7 * touch
    regrowth = p.r_k * math.log(p.k_k / (kp + kn)) - p.k7 * touch
    if p.drug_loss > 0:
        drug = math.exp(-p.drug_loss * day)
        host -= p.drug_t * drug
        regrowth -= p.drug_k * drug
        rejected += p.drug_e * drug
    if p.form == 0:
        u = 1 / (1 + math.exp((day - p.t_max) / p.width))
        growth, shut = p.rho * u, 1 - u
        if p.lag > 0:
            growth /= 1 + math.exp((p.lag - day) / p.width)
    else:
        short = (t_cells - p.k_n) ** 2
        rate = p.rho_c + p.b * short / (p.a * t_cells * t_cells + short)
        growth, shut = rate * math.log(p.k_c / t_cells), 0.0
    killers = e + p.w * m
    out[_N] = host
    out[_KP] = regrowth - p.k_a * touch
    out[_KN] = regrowth
    out[_E] = growth * (b + p.b_n) / (p.b50 + b + p.b_n) - p.alpha * shut - rejected - p.k_f * touch
    out[_M] = p.to_memory * shut * math.exp(y[_E] - y[_M]) - p.beta - rejected
    out[_B] = p.r_b - p.loss_b - p.mu - p.gamma_b * killers / (p.k_b + killers)
    out[_EXPOSURE] = e + m
    out[_BIRTHS] = min(p.r_b / b, _MOST_BIRTHS)
    out[_FOUNDERS] = p.mu * math.exp(y[_B] - p.r_b * day) if p.mu > 0 else 0.0
    out[_S] = 0.0
    if p.inflow > 0:
        out[_B] += p.inflow * p.c50 / ((p.c50 + e) * b)
    if p.s_rate > 0:
        level = b * (p.b_start + p.s_half) / ((b + p.s_half) * p.b_start)
        falling = 1 / (1 + math.exp((level - y[_S]) / SWITCH))
        out[_S] = (p.s_return + (p.s_rate - p.s_return) * falling) * (level - y[_S])


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def _start(p: Any, y: Any) -> None:
    """Write the state at the infusion. Memory begins with what flows into it in a quarter hour."""
    y[_N], y[_KP], y[_KN] = math.log(p.n_start), math.log(p.kp_start), math.log(p.kn_start)
    y[_E], y[_B] = math.log(p.e_start), math.log(p.b_start)
    shut = 1 / (1 + math.exp(p.t_max / p.width))
    y[_M] = math.log(max(1e-3, 0.01 * p.to_memory * shut * p.e_start))
    y[_BIRTHS] = y[_FOUNDERS] = y[_EXPOSURE] = 0.0
    y[_S] = 1.0


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def _within(i: Any, part: Any, h: Any, y: Any, end: Any, k: Any) -> Any:
    """Interpolate one state within a step; ``part`` of it has gone."""
    rise = end[i] - y[i]
    one = h * k[0, i] - rise
    two = rise - h * k[6, i] - one
    three = 0.0
    for stage in range(7):
        three += _DENSE[stage] * k[stage, i]
    rest = 1 - part
    return y[i] + part * (rise + rest * (one + part * (two + rest * h * three)))


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def _inflamed(t: Any, part: Any, h: Any, y: Any, end: Any, k: Any, p: Any) -> Any:
    """Return the inflammation within a step, above its base; it begins at the infusion."""
    total = 0.0
    for node in range(2):
        at = part - _NODES[node] / (p.d_i * h)
        e = math.exp(_within(_E, at, h, y, end, k))
        b = math.exp(_within(_B, at, h, y, end, k))
        total += _WEIGHTS[node] * b * e / (p.k_b + e)
    return p.k_i / p.d_i * total * -math.expm1(-p.d_i * (t + part * h))


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def _cells(part: Any, h: Any, y: Any, end: Any, k: Any) -> Any:
    """Return the CAR-T cells within a step."""
    return math.exp(_within(_E, part, h, y, end, k)) + math.exp(_within(_M, part, h, y, end, k))


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def _height(which: Any, t: Any, part: Any, h: Any, y: Any, end: Any, k: Any, p: Any) -> Any:
    """Return what has a highest point: CAR-T cells, inflammation, or targets upside down."""
    if which == 0:
        return _cells(part, h, y, end, k)
    if which == 1:
        return _inflamed(t, part, h, y, end, k, p)
    return -_within(_B, part, h, y, end, k)


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def _fans(t: Any, y: Any, change: Any, p: Any) -> Any:
    """Return how fast ln of the inflammation changes."""
    begun = p.d_i / math.expm1(p.d_i * max(t, 1e-9))
    return begun + change[_B] + change[_E] * p.k_b / (p.k_b + math.exp(y[_E]))


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def _summit(which: Any, t: Any, h: Any, y: Any, end: Any, k: Any, p: Any) -> Any:
    """Find the highest point within a step by golden section: its place and its height."""
    # Inflammation peaks a little after its production, perhaps just after the step.
    low, high = 0.0, 1 + 1.5 / (p.d_i * h) if which == 1 else 1.0
    left, right = high * (1 - _GOLDEN), high * _GOLDEN
    at_left = _height(which, t, left, h, y, end, k, p)
    at_right = _height(which, t, right, h, y, end, k, p)
    for _ in range(_HALVINGS):
        if at_left > at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = _height(which, t, left, h, y, end, k, p)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = _height(which, t, right, h, y, end, k, p)
    if at_left > at_right:
        return left, at_left
    return right, at_right


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def _crossing(cells: Any, level: Any, h: Any, y: Any, end: Any, k: Any) -> Any:
    """Find where ln of the CAR-T cells (or of the targets) passes a level within a step."""
    low, high = 0.0, 1.0
    first = math.log(_cells(low, h, y, end, k)) if cells else y[_B]
    below = first < level
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        if cells:
            value = math.log(_cells(middle, h, y, end, k))
        else:
            value = _within(_B, middle, h, y, end, k)
        if (value < level) == below:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def _report(row: Any, part: Any, day: Any, h: Any, y: Any, end: Any, k: Any, p: Any) -> None:
    """Write what is observed on one day."""
    b = _within(_B, part, h, y, end, k)
    founders = p.x_start + _within(_FOUNDERS, part, h, y, end, k)
    row[0] = math.exp(_within(_N, part, h, y, end, k))
    row[1] = math.exp(_within(_KP, part, h, y, end, k)) + math.exp(_within(_KN, part, h, y, end, k))
    row[2] = math.exp(_within(_E, part, h, y, end, k))
    row[3] = math.exp(_within(_M, part, h, y, end, k))
    row[4] = math.exp(b)
    row[5] = math.exp(p.r_b * day) * founders
    row[6] = p.i_base + _inflamed(day - part * h, part, h, y, end, k, p)
    row[7] = _within(_S, part, h, y, end, k)
    row[8] = b


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def _begin(p: Any, y: Any, found: Any) -> None:
    """Fill the summary with what holds at the infusion."""
    found.code = found.steps = 0
    found.peak, found.peak_day = p.e_start, 0.0
    found.auc_28 = found.auc_90 = np.nan
    found.last_seen = 0.0 if p.e_start >= p.seen else np.nan
    found.i_peak, found.i_peak_day = 0.0, 0.0
    found.b_low, found.b_low_day = y[_B], 0.0
    found.fall_day = 0.0 if p.b_start < p.relapse else np.nan
    found.relapse_day = found.progress_day = np.nan


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def _note_cells(t: Any, h: Any, y: Any, end: Any, k: Any, p: Any, found: Any) -> None:
    """Note peak, exposure, last sight of the CAR-T cells, and the peak of inflammation."""
    now, then = math.exp(y[_E]) + math.exp(y[_M]), math.exp(end[_E]) + math.exp(end[_M])
    if k[0, _E] > 0 and k[6, _E] <= 0:
        part, height = _summit(0, t, h, y, end, k, p)
        if height > found.peak:
            found.peak, found.peak_day = height, t + part * h
    if then > found.peak:
        found.peak, found.peak_day = then, t + h
    if (now >= p.seen) != (then >= p.seen):
        part = _crossing(True, math.log(p.seen), h, y, end, k)
        found.last_seen = t + part * h
    if then >= p.seen:
        found.last_seen = t + h
    if _fans(t, y, k[0], p) > 0 and _fans(t + h, end, k[6], p) <= 0:
        part, height = _summit(1, t, h, y, end, k, p)
        if height > found.i_peak:
            found.i_peak, found.i_peak_day = height, t + part * h
    if t < 28 <= t + h:
        found.auc_28 = _within(_EXPOSURE, (28 - t) / h, h, y, end, k)
    if t < 90 <= t + h:
        found.auc_90 = _within(_EXPOSURE, (90 - t) / h, h, y, end, k)


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def _note_targets(t: Any, h: Any, y: Any, end: Any, k: Any, p: Any, found: Any) -> None:
    """Note the lowest targets, and the days of remission, relapse and progression."""
    if k[0, _B] < 0 <= k[6, _B]:
        part, depth = _summit(2, t, h, y, end, k, p)
        if -depth < found.b_low:
            found.b_low, found.b_low_day = -depth, t + part * h
    if end[_B] < found.b_low:
        found.b_low, found.b_low_day = end[_B], t + h
    level = math.log(p.relapse)
    if y[_B] >= level > end[_B] and math.isnan(found.fall_day):
        found.fall_day = t + h * _crossing(False, level, h, y, end, k)
    if y[_B] < level <= end[_B] and math.isnan(found.relapse_day):
        found.relapse_day = t + h * _crossing(False, level, h, y, end, k)
    level = math.log(1.2 * p.b_start)
    if y[_B] < level <= end[_B] and math.isnan(found.progress_day):
        found.progress_day = t + h * _crossing(False, level, h, y, end, k)


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def _try_step(t: Any, h: Any, y: Any, p: Any, tolerance: Any, end: Any, k: Any) -> Any:
    """Take one step from ``k[0]``; return its error as a share of what is tolerated."""
    one, two, three, four, five, six = k[0], k[1], k[2], k[3], k[4], k[5]
    # One line a row of the tableau: written out, a row is a few vector instructions.
    for i in range(STATES):
        end[i] = y[i] + h * (1 / 5) * one[i]
    _change(t + h / 5, end, p, two)
    for i in range(STATES):
        end[i] = y[i] + h * (3 / 40 * one[i] + 9 / 40 * two[i])
    _change(t + h * (3 / 10), end, p, three)
    for i in range(STATES):
        end[i] = y[i] + h * (44 / 45 * one[i] - 56 / 15 * two[i] + 32 / 9 * three[i])
    _change(t + h * (4 / 5), end, p, four)
    for i in range(STATES):
        end[i] = y[i] + h * (
            19372 / 6561 * one[i]
            - 25360 / 2187 * two[i]
            + 64448 / 6561 * three[i]
            - 212 / 729 * four[i]
        )
    _change(t + h * (8 / 9), end, p, five)
    for i in range(STATES):
        end[i] = y[i] + h * (
            9017 / 3168 * one[i]
            - 355 / 33 * two[i]
            + 46732 / 5247 * three[i]
            + 49 / 176 * four[i]
            - 5103 / 18656 * five[i]
        )
    _change(t + h, end, p, six)
    for i in range(STATES):
        end[i] = y[i] + h * (
            35 / 384 * one[i]
            + 500 / 1113 * three[i]
            + 125 / 192 * four[i]
            - 2187 / 6784 * five[i]
            + 11 / 84 * six[i]
        )
    _change(t + h, end, p, k[6])
    return _error(h, k) / (_SHARE * tolerance)


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def _error(h: Any, k: Any) -> Any:
    """Return the largest error of a step in what steers it: the logarithms, and S."""
    one, three, four, five, six, seven = k[0], k[2], k[3], k[4], k[5], k[6]
    worst = 0.0
    for i in range(STATES):
        off = (
            71 / 57600 * one[i]
            - 71 / 16695 * three[i]
            + 71 / 1920 * four[i]
            - 17253 / 339200 * five[i]
            + 22 / 525 * six[i]
            - 1 / 40 * seven[i]
        )
        if i < LOGS or i == _S:
            if not math.isfinite(off):
                return np.inf
            worst = max(worst, abs(h * off))
    return worst


@njit(cache=True, error_model="numpy", fastmath=_FAST)
def solve_one(
    p: Any, horizon: Any, tolerance: Any, days: Any, rows: Any, found: Any, y: Any, end: Any, k: Any
) -> Any:
    """Solve one patient up to the horizon; write the asked days and the summary."""
    _start(p, y)
    _begin(p, y, found)
    _change(0.0, y, p, k[0])
    t, h, last, asked = 0.0, _FIRST_STEP, 1e-4, 0
    for step in range(_MOST_STEPS):
        if t >= horizon:
            found.births, found.founders = y[_BIRTHS], p.x_start + y[_FOUNDERS]
            found.b_end, found.s_end, found.steps = y[_B], y[_S], step
            return _SOLVED
        h = min(h, _LONGEST_STEP)
        over = t + h >= horizon
        h = horizon - t if over else h
        error = _try_step(t, h, y, p, tolerance, end, k)
        if error > 1:
            h *= max(0.1, _SAFETY * error**-0.2) if math.isfinite(error) else 0.1
            if h < _SHORTEST_STEP:
                return _TOO_SMALL
            continue
        while asked < days.size and (days[asked] <= t + h or over):
            _report(rows[asked], (days[asked] - t) / h, days[asked], h, y, end, k, p)
            asked += 1
        _note_cells(t, h, y, end, k, p, found)
        _note_targets(t, h, y, end, k, p, found)
        t = horizon if over else t + h
        for i in range(STATES):
            y[i], k[0, i] = end[i], k[6, i]
        error = max(error, _LEAST_ERROR)
        h *= min(8.0, max(0.2, _SAFETY * error**-0.17 * last**0.04))
        last = max(error, 1e-4)
    return _TOO_MANY


@njit(cache=True, error_model="numpy", parallel=True)
def solve_all(
    patients: Any, horizon: Any, tolerance: Any, days: Any, rows: Any, found: Any
) -> None:  # pragma: no cover - compiled
    """Solve every patient, on all cores."""
    for i in prange(patients.size):
        y, end, k = np.empty(STATES), np.empty(STATES), np.empty((7, STATES))
        code = solve_one(patients[i], horizon, tolerance, days, rows[i], found[i], y, end, k)
        found[i].code = code
        if code != _SOLVED:
            rows[i] = np.nan
