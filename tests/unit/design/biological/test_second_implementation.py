"""A second, plain implementation of each rule, written from its description alone.

No table, no vector, no shared code: one trial at a time, with whole numbers and scipy's beta
distribution. Every path of a small trial is followed, and ends where the exact walk says.
"""

import functools
import itertools
import math
from collections.abc import Callable

import pytest
from scipy.integrate import quad
from scipy.stats import beta

from protocyte.design import BOINET, TEPI, UBOIN, Design, Scenario, find_characteristics

Dose = list[int]
"""Participants, DLTs, responses, both."""
Next = list[tuple[int | None, float]]
"""Doses from 0, or None to stop and select; each with its probability. Empty: stop without one."""

TOX, EFF, BOTH = (0.15, 0.35, 0.5), (0.2, 0.45, 0.55), (0.05, 0.2, 0.3)
UTILITIES = (100, 40, 60, 0)


def _follow(
    rule: Callable[[list[Dose], int], Next],
    select: Callable[[list[Dose]], int | None],
    doses: int,
    size: int,
) -> tuple[list[float], list[float]]:
    """Return the probability of selecting none, dose 1, 2, …, and expected participants."""
    selected, treated = [0.0] * (doses + 1), [0.0] * doses
    cells = [
        {(1, 1): b, (1, 0): t - b, (0, 1): e - b, (0, 0): 1 - t - e + b}
        for t, e, b in zip(TOX[:doses], EFF[:doses], BOTH[:doses], strict=True)
    ]
    paths = [([[0, 0, 0, 0] for _ in range(doses)], 0, 1.0)]
    while paths:
        counts, dose, mass = paths.pop()
        for (t, e, b), share in _cohort(cells[dose], size).items():
            chance = mass * share
            after = [row[:] for row in counts]
            after[dose] = [c + x for c, x in zip(after[dose], (size, t, e, b), strict=True)]
            treated[dose] += chance * size
            following = rule(after, dose)
            if not following:
                selected[0] += chance
            for goal, part in following:
                if goal is None:
                    best = select(after)
                    selected[0 if best is None else best + 1] += chance * part
                else:
                    paths.append((after, goal, chance * part))
    return selected, treated


def _cohort(cells: dict[tuple[int, int], float], size: int) -> dict[tuple[int, int, int], float]:
    """Return how probable DLTs, responses and both are among a cohort, person by person."""
    found: dict[tuple[int, int, int], float] = {}
    for people in itertools.product(cells.items(), repeat=size):
        tox, eff = sum(t for (t, _), _ in people), sum(e for (_, e), _ in people)
        key = tox, eff, sum(t * e for (t, e), _ in people)
        found[key] = found.get(key, 0.0) + math.prod(p for _, p in people)
    return found


@functools.cache
def _below(x: float, a: float, b: float) -> float:
    return float(beta.cdf(x, a, b))


@functools.cache
def _above(x: float, a: float, b: float) -> float:
    return float(beta.sf(x, a, b))


def _isotonic(values: list[float], weights: list[float]) -> list[float]:
    """Pool neighbours that fall, until none does."""
    blocks = [[v, w, 1.0] for v, w in zip(values, weights, strict=True)]
    while True:
        fall = [i for i in range(len(blocks) - 1) if blocks[i][0] > blocks[i + 1][0] + 1e-14]
        if not fall:
            return [value for value, _, length in blocks for _ in range(int(length))]
        i = fall[0]
        (v, w, m), (x, y, k) = blocks[i], blocks[i + 1]
        blocks[i : i + 2] = [[(v * w + x * y) / (w + y), w + y, m + k]]


def _boin_limits(target: float) -> tuple[float, float]:
    low, high = 0.6 * target, 1.4 * target
    up = math.log((1 - low) / (1 - target)) / math.log(target * (1 - low) / (low * (1 - target)))
    down = math.log((1 - target) / (1 - high)) / math.log(
        high * (1 - target) / (target * (1 - high))
    )
    return up, down


# ── U-BOIN ───────────────────────────────────────────────────────────────────
def _utility(row: Dose) -> float:
    n, t, e, b = row
    seen = [e - b, n - t - e + b, b, t - b]
    return sum((0.25 + c) * u for c, u in zip(seen, UTILITIES, strict=True)) / (1 + n)


def _u_boin(planned: int, stages: tuple[int, int], how: str) -> Callable[[list[Dose], int], Next]:
    up, down = _boin_limits(0.25)

    def closed(counts: list[Dose]) -> int:
        for j, (n, t, _, _) in enumerate(counts):
            if n >= 3 and _above(0.3, 1 + t, 1 + n - t) > 0.95:
                return j
        return len(counts)

    def rule(counts: list[Dose], here: int) -> Next:  # noqa: PLR0911 - one return a line of the rule
        ceiling, top = closed(counts), len(counts) - 1
        if ceiling == 0:
            return []
        if sum(row[0] for row in counts) >= planned or max(r[0] for r in counts) >= stages[1]:
            return [(None, 1.0)]
        if max(row[0] for row in counts) < stages[0]:
            n, t, _, _ = counts[here]
            wanted = here + (t / n <= up) - (t / n >= down)
            return [(max(0, min(wanted, top, ceiling - 1)), 1.0)]
        highest = max(j for j, row in enumerate(counts) if row[0])
        n, t, _, _ = counts[highest]
        if t / n <= up and highest < top and highest + 1 < ceiling:
            return [(highest + 1, 1.0)]
        good = _good(counts, ceiling)
        if not good:
            return []
        worth = {j: _utility(counts[j]) for j in good}
        if how == "best":
            return [(min(j for j in good if worth[j] > max(worth.values()) - 1e-9), 1.0)]
        return [(j, worth[j] / sum(worth.values())) for j in good]

    def _good(counts: list[Dose], ceiling: int) -> list[int]:
        return [
            j
            for j, (n, t, e, _) in enumerate(counts)
            if n
            and j < ceiling
            and _above(0.3, 0.5 + t, 0.5 + n - t) <= 0.95
            and _below(0.2, 0.5 + e, 0.5 + n - e) <= 0.9
        ]

    def select(counts: list[Dose]) -> int | None:
        good = _good(counts, closed(counts))
        if not good:
            return None
        best = max(_utility(counts[j]) for j in good)
        return min(j for j in good if _utility(counts[j]) > best - 1e-9)

    rule.select = select  # type: ignore[attr-defined]
    return rule


# ── TEPI ─────────────────────────────────────────────────────────────────────
def _tepi(planned: int, target: float, floor: float, how: str) -> Callable[[list[Dose], int], Next]:
    tox, eff = (0, 0.15, 0.25, 0.35, 1), (0, 0.25, 0.45, 0.65, 1)
    moves = ("EEEE", "EEES", "DSSS", "DDDD")

    def shut(counts: list[Dose]) -> list[bool]:
        found, above = [], False
        for n, t, e, _ in counts:
            above = above or (n >= 3 and _above(target, 1 + t, 1 + n - t) > 0.95)
            found.append(above or (n >= 3 and _above(floor, 1 + e, 1 + n - e) < 0.3))
        return found

    def rule(counts: list[Dose], here: int) -> Next:
        n, t, e, _ = counts[0]
        if n >= 3 and _above(target, 1 + t, 1 + n - t) > 0.95:
            return []
        closed = shut(counts)
        if all(closed):
            return []
        if sum(row[0] for row in counts) >= planned:
            return [(None, 1.0)]
        n, t, e, _ = counts[here]
        best: list[tuple[float, str]] = []
        for i, j in itertools.product(range(4), range(4)):
            mass = 1.0
            for edges, k, hit in ((tox, i, t), (eff, j, e)):
                low, high = edges[k], edges[k + 1]
                law = 1 + hit, 1 + n - hit
                mass *= (_below(high, *law) - _below(low, *law)) / (high - low)
            best.append((mass, moves[i][j]))
        most = max(mass for mass, _ in best)
        letter = min((m for mass, m in best if mass > most - 1e-9), key="DSE".index)
        wanted = min(max(here + {"D": -1, "S": 0, "E": 1}[letter], 0), len(counts) - 1)
        if not closed[wanted]:
            return [(wanted, 1.0)]
        below = [j for j in range(min(wanted, here) + 1) if not closed[j]]
        return [(max(below), 1.0)] if below else [(None, 1.0)]

    def select(counts: list[Dose]) -> int | None:
        closed = shut(counts)
        tried = [j for j, row in enumerate(counts) if row[0] and not closed[j]]
        if not tried:
            return None
        if how == "posterior mean":
            worth = [_mean_worth(*counts[j][:3]) for j in tried]
        else:
            p = [(counts[j][1] + 0.05) / (counts[j][0] + 0.1) for j in tried]
            variances = [x * (1 - x) / (counts[j][0] + 1.1) for x, j in zip(p, tried, strict=True)]
            p = _isotonic(p, [1 / v for v in variances])
            q = [(counts[j][2] + 0.05) / (counts[j][0] + 0.1) for j in tried]
            worth = [_falls(x) * _rises(y) for x, y in zip(p, q, strict=True)]
        if max(worth) < 1e-12:
            return None
        return min(j for j, w in zip(tried, worth, strict=True) if w > max(worth) - 1e-9)

    rule.select = select  # type: ignore[attr-defined]
    return rule


def _falls(p: float) -> float:
    return min(max(1 - (p - 0.15) / 0.25, 0.0), 1.0)


def _rises(q: float) -> float:
    return min(max((q - 0.3) / 0.3, 0.0), 1.0)


@functools.cache
def _mean_worth(n: int, t: int, e: int) -> float:
    """Average the two worths by numerical integration."""
    means = []
    for line, kinks, hit in ((_falls, (0.15, 0.4), t), (_rises, (0.3, 0.6), e)):
        law = beta(1 + hit, 1 + n - hit)
        edges = (0.0, *kinks, 1.0)
        means.append(
            sum(
                quad(lambda x, line=line, law=law: line(x) * law.pdf(x), low, high)[0]
                for low, high in itertools.pairwise(edges)
            )
        )
    return float(means[0] * means[1])


# ── BOIN-ET ──────────────────────────────────────────────────────────────────
def _boin_et(planned: int, conduct: str) -> Callable[[list[Dose], int], Next]:
    first, second, few = 0.14, 0.35, 0.48

    def fine(counts: list[Dose]) -> list[bool]:
        found, above = [], False
        for n, t, e, _ in counts:
            toxic = bool(_below(0.3, 1 + t, 1 + n - t) < 0.05)
            above = above or toxic
            found.append(
                not (above if conduct == "careful" else toxic)
                and bool(_above(0.36, 1 + e, 1 + n - e) >= 0.01)
            )
        return found

    def wants(counts: list[Dose], here: int) -> list[int]:
        n, t, e, _ = counts[here]
        if t / n >= second:
            return [here - 1]
        if e / n > few:
            return [here]
        if t / n <= first:
            return [here + 1]
        if here + 1 < len(counts) and counts[here + 1][0] == 0:
            return [here + 1]
        near = [j for j in (here - 1, here, here + 1) if 0 <= j < len(counts)]
        rates = [counts[j][2] / max(counts[j][0], 1) for j in near]
        return [j for j, rate in zip(near, rates, strict=True) if rate == max(rates)]

    def place(wanted: int, here: int, good: list[bool]) -> int | None:
        if wanted > here:
            above = [j for j in range(wanted, len(good)) if good[j]]
            if above:
                return above[0]
            if conduct == "boinet":
                return here
            wanted = here
        below = [j for j in range(max(wanted, 0) + 1) if good[j]]
        return below[-1] if below else None

    def rule(counts: list[Dose], here: int) -> Next:
        good = fine(counts)
        if not any(good):
            return []
        goals = wants(counts, here)
        ended = sum(row[0] for row in counts) >= planned
        found: Next = []
        for wanted in goals:
            goal = place(wanted, here, good)
            if goal is not None:
                found.append((None if ended else goal, 1 / len(goals)))
        return found

    def select(counts: list[Dose]) -> int | None:
        good = fine(counts)
        tried = [j for j, row in enumerate(counts) if row[0]]
        p = _isotonic([counts[j][1] / counts[j][0] for j in tried], [1.0] * len(tried))
        able = {j: x for j, x in zip(tried, p, strict=True) if good[j]}
        if not able:
            return None
        nearest = min(abs(x - 0.3) for x in able.values())
        mtd = max(j for j, x in able.items() if abs(x - 0.3) < nearest + 1e-9)
        rates = {j: counts[j][2] / counts[j][0] for j in able if j <= mtd}
        return min(j for j, rate in rates.items() if rate == max(rates.values()))

    rule.select = select  # type: ignore[attr-defined]
    return rule


CASES = [
    (
        UBOIN(3, cohorts=5, cohort_size=1, stage_one=2, stage_two=4),
        _u_boin(5, (2, 4), "best"),
    ),
    (
        UBOIN(2, cohorts=3, cohort_size=3, stage_one=3, stage_two=9),
        _u_boin(9, (3, 9), "best"),
    ),
    (
        UBOIN(2, cohorts=4, cohort_size=2, stage_one=4, stage_two=8, next_dose="proportional"),
        _u_boin(8, (4, 8), "proportional"),
    ),
    (
        TEPI(2, 0.3, 0.2, cohorts=3),
        _tepi(9, 0.3, 0.2, "plug-in"),
    ),
    (
        TEPI(3, cohorts=2, cohort_size=4),
        _tepi(8, 0.2, 0.4, "plug-in"),
    ),
    (
        TEPI(3, 0.3, 0.3, cohorts=2, cohort_size=4, estimate="posterior mean"),
        _tepi(8, 0.3, 0.3, "posterior mean"),
    ),
    (BOINET(3, cohorts=5, cohort_size=1), _boin_et(5, "careful")),
    (BOINET(2, cohorts=3), _boin_et(9, "careful")),
    (BOINET(3, cohorts=4, cohort_size=2, conduct="boinet"), _boin_et(8, "boinet")),
]


@pytest.mark.parametrize(
    ("design", "rule"), CASES, ids=[f"{type(d).__name__}-{i}" for i, (d, _) in enumerate(CASES)]
)
def test_every_path_ends_where_the_walk_says(
    design: Design, rule: Callable[[list[Dose], int], Next]
) -> None:
    doses, size = design.n_doses, design.start().size
    known: dict[tuple[tuple[tuple[int, ...], ...], int], Next] = {}

    def remembered(counts: list[Dose], here: int) -> Next:
        key = (tuple(map(tuple, counts)), here)
        if key not in known:
            known[key] = rule(counts, here)
        return known[key]

    truth = Scenario(TOX[:doses], EFF[:doses], BOTH[:doses])
    select: Callable[[list[Dose]], int | None] = rule.select  # type: ignore[attr-defined]
    selected, treated = _follow(remembered, select, doses, size)
    found = find_characteristics(design, [truth])
    assert [found.none[0], *found.selection[0]] == pytest.approx(selected, abs=1e-12)
    assert found.participants[0] == pytest.approx(treated, abs=1e-11)
    # Something happens in each of these trials: no dose, or one, is never the only ending.
    assert sum(share > 1e-6 for share in selected) >= 3
