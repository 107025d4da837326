"""What every kind of test shares: the reference data, and virtual trials of the five protocols."""

import functools
import hashlib
import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from protocyte.protocol.plan import Protocol
    from protocyte.protocol.rehearsal import Rehearsal
    from protocyte.record import Event
    from protocyte.simulation.casebook import Casebook
    from protocyte.simulation.trial import VirtualTrial

SEED = 20260121

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "src" / "protocyte"
SHARED = Path(os.environ.get("PROTOCYTE_SHARED_DATA", ROOT.parent / "shared" / "data"))


def _compiled_sources() -> str:
    """Return a digest of every module that compiles functions, or holds what they call."""
    digest = hashlib.sha256()
    for path in sorted(SOURCES.rglob("*.py")):
        text = path.read_bytes()
        if b"njit" in text:
            digest.update(text)
    return digest.hexdigest()[:16]


# numba keeps compiled code by the file of a function and does not see changes in those it calls.
os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / "build" / "numba" / _compiled_sources()))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if SHARED.is_dir() or os.environ.get("CI") == "true":
        return
    absent = pytest.mark.skip(reason=f"reference data not found at {SHARED}")
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(absent)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data that lies beside the project."""
    assert SHARED.is_dir(), f"reference data are required under CI=true and not found at {SHARED}"
    return SHARED


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's own folder."""
    return ROOT


class Rehearsed(NamedTuple):
    """A virtual trial, and what is behind its record."""

    plan: "Protocol"
    rehearsal: "Rehearsal"
    trial: "VirtualTrial"
    cases: "tuple[Casebook, ...]"
    events: "tuple[Event, ...]"


@pytest.fixture(scope="session")
def seed_trial(root: Path) -> "Callable[[str], tuple[Protocol, Rehearsal]]":
    """Plan and rehearsal of a trial under `protocols/`."""
    from protocyte.files import read_protocol, read_rehearsal

    @functools.cache
    def _seed_trial(name: str) -> "tuple[Protocol, Rehearsal]":
        folder = root / "protocols" / name
        plan = read_protocol(folder).plan
        assert plan is not None
        rehearsal = read_rehearsal(folder, protocol=plan)
        assert rehearsal is not None
        assert rehearsal.plan is not None
        return plan, rehearsal.plan

    return _seed_trial


@pytest.fixture(scope="session")
def rehearse() -> "Callable[..., Rehearsed]":
    """Run a virtual trial, and keep the casebooks of everybody who came and all events."""
    import numpy as np

    from protocyte.record import About
    from protocyte.simulation import trial
    from protocyte.simulation.accrual import Recruiter

    def _rehearse(
        plan: "Protocol", rehearsal: "Rehearsal", *, seed: int = SEED, scenario: int = 0
    ) -> Rehearsed:
        cases: list[Casebook] = []
        events: list[Event] = []

        class Watched(Recruiter):
            def next_case(self, **options: Any) -> "Casebook":
                case = super().next_case(**options)
                cases.append(case)
                return case

        def fold(known: "list[Event]", **options: Any) -> Any:
            events[:] = known
            return fold_events(known, **options)

        fold_events = trial.fold_events  # type: ignore[attr-defined]
        study = plan.trial.id or plan.trial.acronym
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(trial, "Recruiter", Watched)
            patch.setattr(trial, "fold_events", fold)
            virtual = trial.simulate_trial(
                plan,
                rehearsal,
                scenario=rehearsal.scenarios[scenario],
                about=About(study, "rehearsal", protocol_digest=plan.digest, seed=seed),
                start=date(2027, 1, 4),
                rng=np.random.default_rng(seed),
            )
        return Rehearsed(plan, rehearsal, virtual, tuple(cases), tuple(events))

    return _rehearse


@pytest.fixture(scope="session")
def rehearsed(
    seed_trial: "Callable[[str], tuple[Protocol, Rehearsal]]",
    rehearse: "Callable[..., Rehearsed]",
) -> "Callable[[str], Rehearsed]":
    """One virtual trial of each protocol under `protocols/`."""

    @functools.cache
    def _rehearsed(name: str) -> Rehearsed:
        return rehearse(*seed_trial(name))

    return _rehearsed
