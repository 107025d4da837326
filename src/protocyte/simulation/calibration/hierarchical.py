r"""A population of gated courses, fitted by Metropolis within Gibbs over all patients at once.

.. math::

    \ln y_{ij} &\sim N(f(\theta_i, t_{ij}), \sigma^2), \quad
        \text{or } \ln y_{ij} < \ln L \text{ where censored} \\
    \theta_i &\sim N(\mu - z_i \delta e_1, \Omega), \quad z_i \sim \mathrm{Bernoulli}(\pi)

where :math:`\theta` holds the logarithms of `gated.NAMES` and :math:`z` marks patients in whom the
cells hardly expand. One law: patients and population move in turn, and together
where samples hardly tell patients apart.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats import truncnorm

from protocyte.errors import RecordError
from protocyte.kinetics.parameter import Floats
from protocyte.simulation.calibration.cohort import Samples
from protocyte.simulation.calibration.gated import Fixed
from protocyte.simulation.calibration.moves import find_levels, find_likelihoods, sample_moves
from protocyte.simulation.calibration.population import SIZE, Effort, Fit, Population, Prior

_LEAST_SHIFT: Final = 1.0
_STEPS: Final = 3
_SCALES: Final = (0.4, 1.0, 1.6)
_ADAPT: Final = 2.38 / np.sqrt(SIZE)
_LEAST_PATIENTS: Final = 5


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be fitted, and how hard."""

    mixture: bool
    prior: Prior
    fixed: Fixed
    effort: Effort


class _State:
    """Where the chains are."""

    def __init__(self, c: int, n: int, prior: Prior, rng: np.random.Generator) -> None:
        self.mean = np.array(prior.mean) + 0.3 * np.array(prior.sd) * rng.normal(size=(c, SIZE))
        self.omega = np.tile(np.diag(np.array(prior.scale) ** 2), (c, 1, 1))
        self.sigma = np.exp(0.3 * rng.normal(size=c) - 0.3)
        self.share, self.shift = np.full(c, 0.25), np.full(c, prior.shift[0])
        self.z = np.zeros((c, n), np.bool_)
        self.theta = self.mean[:, None] + 0.3 * rng.normal(size=(c, n, SIZE))


def sample_population(
    samples: Samples,
    *,
    mixture: bool = True,
    prior: Prior | None = None,
    fixed: Fixed | None = None,
    effort: Effort | None = None,
    progress: Callable[[int], object] | None = None,
    rng: np.random.Generator,
) -> Fit:
    """Sample the posterior of a population from CAR-T samples.

    Parameters
    ----------
    samples : Samples
        Samples of patients numbered from 0; those without samples are left out by the caller.
    mixture : bool
        Whether there may be patients in whom cells hardly expand.
    prior : Prior, optional
        Priors.
    fixed : Fixed, optional
        What is not fitted.
    effort : Effort, optional
        How long chains run.
    progress : callable, optional
        Told how many iterations are done, of ``2 warm + kept``.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    Fit
        The posterior.

    Raises
    ------
    RecordError
        If there are fewer than five patients.

    References
    ----------
    .. [1] Huang A, Wand MP. Simple marginally noninformative prior distributions for covariance
       matrices. *Bayesian Anal* 2013;8:439-452. doi:10.1214/13-BA815

    Examples
    --------
    >>> from protocyte.simulation.calibration.result import load_calibration
    >>> from protocyte.simulation.calibration.virtual import simulate_cohort
    >>> rng = np.random.default_rng(1)
    >>> samples = simulate_cohort(load_calibration(), 12, rng=rng).samples
    >>> sample_population(samples, effort=Effort.of(100), rng=rng).population.size
    400
    """
    n = int(samples.patient.max()) + 1 if samples.size else 0
    if n < _LEAST_PATIENTS:
        raise RecordError(
            f"{n} patients with CAR-T samples are too few to fit a population; bring at least "
            f"{_LEAST_PATIENTS}"
        )
    walk = _Walk(
        samples, n, _Plan(mixture, prior or Prior(), fixed or Fixed(), effort or Effort()), rng
    )
    return walk.run(progress or (lambda _: None))


class _Walk:
    """One fit while it runs."""

    def __init__(self, samples: Samples, n: int, plan: _Plan, rng: np.random.Generator) -> None:
        self.n, self.c, self.rng = n, plan.effort.chains, rng
        self.mixture, self.prior, self.effort = plan.mixture, plan.prior, plan.effort
        self.fixed = plan.fixed
        order = np.argsort(samples.patient, kind="stable")
        self.owner = samples.patient[order]
        self.day, self.value = samples.day[order], samples.value[order]
        self.below = samples.below[order].astype(float)
        self.first = np.searchsorted(self.owner, np.arange(n + 1))
        self.state = _State(self.c, n, plan.prior, rng)
        self.precision = np.linalg.inv(self.state.omega)
        self.scale = np.ones((self.c, SIZE))
        self.warming, self._reach = True, np.full((2, SIZE), 0.2)

    def run(self, progress: Callable[[int], object]) -> Fit:
        """Warm up twice, the second time with proposals of each patient's own; then keep."""
        warm, kept, done = self.effort.warm, self.effort.kept, 0
        chol: Floats | None = None
        for _ in range(2):
            seen = np.empty((warm, self.c, self.n, SIZE))
            for i in range(warm):
                self._iterate(chol)
                seen[i] = self.state.theta
                done += 1
                progress(done)
            chol = self._proposal(seen[warm // 2 :])
        self.warming = False
        every = max(kept // 500, 1)
        rows: list[tuple[Floats, ...]] = []
        patients: list[Floats] = []
        failed = np.zeros((self.c, self.n))
        for i in range(kept):
            self._iterate(chol)
            s = self.state
            share = s.share if self.mixture else np.zeros(self.c)
            rows.append(
                (s.mean.copy(), s.omega.copy(), s.sigma.copy(), share.copy(), s.shift.copy())
            )
            failed += s.z
            if i % every == 0:
                patients.append(s.theta.copy())
            done += 1
            progress(done)
        return self._fit(rows, patients, failed / kept)

    def _fit(self, rows: list[tuple[Floats, ...]], patients: list[Floats], failed: Floats) -> Fit:
        """Put the chains one after the other."""

        def joined(parts: list[Floats]) -> Floats:
            stack = np.stack(parts, axis=1)
            return stack.reshape(-1, *stack.shape[2:])

        columns = [joined([row[k] for row in rows]) for k in range(5)]
        mean, covariance, residual, share, shift = columns
        population = Population(mean, covariance, residual, share, shift, self.fixed)
        return Fit(population, self.c, joined(patients), failed.mean(axis=0))

    @staticmethod
    def _proposal(seen: Floats) -> Floats:
        """Give each patient proposals shaped as the posterior was in the warm-up."""
        pooled = seen.reshape(-1, *seen.shape[2:])
        centred = pooled - pooled.mean(axis=0)
        covariance = np.einsum("sni,snj->nij", centred, centred) / len(pooled)
        covariance += 1e-4 * np.eye(SIZE)
        return np.asarray(_ADAPT * np.linalg.cholesky(covariance))

    def _iterate(self, chol: Floats | None) -> None:
        """Move patients, then the population."""
        s, rng, c, n = self.state, self.rng, self.c, self.n
        if chol is None:
            base = _ADAPT * np.linalg.cholesky(s.omega)
            chols = np.broadcast_to(base[:, None], (c, n, SIZE, SIZE))
        else:
            chols = np.broadcast_to(chol, (c, n, SIZE, SIZE))
        steps = rng.normal(size=(_STEPS, c, n, SIZE))
        steps *= np.array(_SCALES)[:, None, None, None]
        moves = np.einsum("cnij,kcnj->kcni", chols, steps)
        centre = np.repeat(s.mean[:, None], n, axis=1)
        centre[..., 0] -= s.z * s.shift[:, None]
        sample_moves(
            s.theta, centre, self.precision, s.sigma, moves, np.log(rng.random((_STEPS, c, n))),
            self.first, self.day, self.value, self.below, self.fixed.as_array(),
        )  # fmt: skip
        if self.mixture:
            self._move_failed()
        self._move_mean()
        self._move_covariance()
        self._move_together()
        self._move_residual()

    def _move_failed(self) -> None:
        """Draw who failed to expand, and the share of them."""
        s = self.state
        ahead = s.theta - s.mean[:, None]
        behind = ahead.copy()
        behind[..., 0] += s.shift[:, None]
        gap = _mahalanobis(ahead, self.precision) - _mahalanobis(behind, self.precision)
        odds = np.log(s.share) - np.log1p(-s.share)
        s.z = self.rng.random(gap.shape) < expit(odds[:, None] + 0.5 * gap)
        failed = s.z.sum(axis=1)
        a, b = self.prior.share
        s.share = np.clip(self.rng.beta(a + failed, b + self.n - failed), 1e-9, 1 - 1e-9)

    def _move_mean(self) -> None:
        """Draw the means, and how far those behind are behind."""
        s, prior, d = self.state, self.prior, SIZE + 1
        precision = np.zeros((self.c, d, d))
        right = np.zeros((self.c, d))
        failed = s.z.sum(axis=1)
        total = np.einsum("cij,cnj->ci", self.precision, s.theta)
        behind = np.einsum("cj,cnj->cn", self.precision[:, 0], s.theta)
        precision[:, :SIZE, :SIZE] = self.n * self.precision
        precision[:, :SIZE, SIZE] = -failed[:, None] * self.precision[:, 0]
        precision[:, SIZE, :SIZE] = precision[:, :SIZE, SIZE]
        precision[:, SIZE, SIZE] = failed * self.precision[:, 0, 0]
        right[:, :SIZE], right[:, SIZE] = total, -(behind * s.z).sum(axis=1)
        middle = np.array([*prior.mean, prior.shift[0]])
        weight = 1 / np.array([*prior.sd, prior.shift[1]]) ** 2
        precision += np.diag(weight)
        right += weight * middle
        chol = np.linalg.cholesky(precision)
        at = np.linalg.solve(precision, right[..., None])
        noise = np.linalg.solve(np.swapaxes(chol, 1, 2), self.rng.normal(size=(self.c, d, 1)))
        drawn = (at + noise)[..., 0]
        # The draw is from the conditional without its cut: outside the cut it is refused.
        inside = drawn[:, SIZE] > _LEAST_SHIFT if self.mixture else np.ones(self.c, bool)
        s.mean[inside] = drawn[inside, :SIZE]
        if self.mixture:
            s.shift[inside] = drawn[inside, SIZE]

    def _move_covariance(self) -> None:
        """Draw the covariance by its inverse, a Wishart, and the scales of its prior."""
        s, nu, rng = self.state, 2.0, self.rng
        away = s.theta - s.mean[:, None]
        away[..., 0] += s.z * s.shift[:, None]
        spread = np.einsum("cni,cnj->cij", away, away)
        diagonal = np.diagonal(self.precision, axis1=1, axis2=2)
        rate = nu * diagonal + 1 / np.array(self.prior.scale) ** 2
        inverse_scale = rng.gamma(0.5 * (nu + SIZE), 1 / rate)
        self.scale = inverse_scale
        spread += 2 * nu * inverse_scale[:, :, None] * np.eye(SIZE)
        freedom = nu + self.n + SIZE - 1
        self.precision = _wishart(freedom, np.linalg.inv(spread), rng)
        s.omega = np.linalg.inv(self.precision)

    def _move_together(self) -> None:
        """Move all patients with the population: every mean, or every spread, along one axis.

        Where the samples hardly tell patients apart, means and spreads would otherwise creep.
        """
        s, rng = self.state, self.rng
        k = int(rng.integers(SIZE))
        step = self._reach[0, k] * rng.normal(size=self.c)
        moved = s.theta.copy()
        moved[..., k] += step[:, None]
        middle, sd = self.prior.mean[k], self.prior.sd[k]
        gain = ((s.mean[:, k] - middle) ** 2 - (s.mean[:, k] + step - middle) ** 2) / (2 * sd**2)
        now = self._total(s.theta)
        taken = self._try(moved, now, gain)
        s.mean[taken, k] += step[taken]
        self._tune(0, k, taken)

        step = self._reach[1, k] * rng.normal(size=self.c)
        centre = s.mean[:, None, k] - (s.z * s.shift[:, None] if k == 0 else 0.0)
        moved = s.theta.copy()
        moved[..., k] = centre + (s.theta[..., k] - centre) * np.exp(step)[:, None]
        # Prior of the covariance given its scales, with the Jacobian of stretching one axis.
        shrunk = self.precision[:, k, k] * np.expm1(-2 * step)
        gain = -(2 * SIZE + 2) * step + (SIZE + 1) * step - 2.0 * self.scale[:, k] * shrunk
        taken = self._try(moved, now, gain)
        stretch = np.ones((self.c, SIZE))
        stretch[taken, k] = np.exp(step[taken])
        s.omega = s.omega * stretch[:, :, None] * stretch[:, None, :]
        self.precision = self.precision / stretch[:, :, None] / stretch[:, None, :]
        self._tune(1, k, taken)

    def _total(self, theta: Floats) -> Floats:
        """Give the log-likelihood of all samples, shape (n_chains,)."""
        found = np.empty(self.c)
        find_likelihoods(
            theta, self.state.sigma, self.first, self.day, self.value, self.below,
            self.fixed.as_array(), found,
        )  # fmt: skip
        return found

    def _try(self, moved: Floats, now: Floats, gain: Floats) -> NDArray[np.bool_]:
        """Take moves of all patients of a chain, or not; ``now`` follows."""
        s, then = self.state, self._total(moved)
        taken = np.log(self.rng.random(self.c)) < then - now + gain
        s.theta[taken], now[taken] = moved[taken], then[taken]
        return np.asarray(taken)

    def _tune(self, kind: int, k: int, taken: NDArray[np.bool_]) -> None:
        """While warming up, reach so far that about four moves of ten are taken."""
        if self.warming:
            self._reach[kind, k] *= np.exp(0.05 * (taken.mean() - 0.44))

    def _move_residual(self) -> None:
        """Draw censored samples, then the residual SD."""
        s = self.state
        level = np.empty((self.c, self.day.size))
        find_levels(s.theta, self.owner, self.day, self.fixed.as_array(), level)
        z = (self.value - level) / s.sigma[:, None]
        below = self.below > 0
        if below.any():
            z[:, below] = truncnorm.ppf(
                self.rng.random((self.c, below.sum())), -np.inf, z[:, below]
            )
        a, b = self.prior.residual
        squares = (z**2).sum(axis=1) * s.sigma**2
        gamma = self.rng.gamma(a + 0.5 * self.day.size, size=self.c)
        s.sigma = np.sqrt((b + 0.5 * squares) / gamma)


def _mahalanobis(away: Floats, precision: Floats) -> Floats:
    """Give squared distances, shape (n_chains, n_patients)."""
    return np.asarray(np.einsum("cni,cij,cnj->cn", away, precision, away))


def _wishart(freedom: float, scale: Floats, rng: np.random.Generator) -> Floats:
    """Draw a Wishart matrix a chain by Bartlett's decomposition."""
    c, d = scale.shape[:2]
    lower = np.tril(rng.normal(size=(c, d, d)), -1)
    at = np.arange(d)
    lower[:, at, at] = np.sqrt(rng.chisquare(freedom - at, size=(c, d)))
    factor = np.linalg.cholesky(scale) @ lower
    return np.asarray(factor @ np.swapaxes(factor, 1, 2))
