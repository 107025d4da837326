"""What runs the tasks of a grid: this process, others, or a cluster of Dask or Ray."""

import contextlib
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, Protocol, TypeAlias, TypeVar, get_args

from protocyte.errors import DesignError, MissingExtraError

Engine: TypeAlias = Literal["processes", "serial", "dask", "ray"]
Found_co = TypeVar("Found_co", covariant=True)
Found = TypeVar("Found")


class Runs(Protocol[Found_co]):
    """Something that can be run."""

    def run(self) -> Found_co:
        """Do it."""


def simulate_tasks(
    tasks: Sequence[Runs[Found]],
    *,
    engine: Engine,
    workers: int | None = None,
    progress: Callable[[int], object] | None = None,
) -> list[Found]:
    """Run tasks, wherever, and return what they found in their order.

    Parameters
    ----------
    tasks : sequence
        What to run; each knows all that it needs.
    engine : {"processes", "serial", "dask", "ray"}
        Where to. Dask and Ray join the cluster that this process is connected to, or start one on
        this machine and shut it down again.
    workers : int, optional
        How many at a time; all by default.
    progress : callable, optional
        Told how many tasks are done, where they are run one after the other.

    Returns
    -------
    list
        What each found.

    Raises
    ------
    DesignError
        If the engine is not known, or nobody works.
    MissingExtraError
        If it is not installed.

    Examples
    --------
    >>> class Two:
    ...     def run(self):
    ...         return 2
    >>> simulate_tasks([Two(), Two()], engine="serial")
    [2, 2]
    """
    if engine not in get_args(Engine):
        raise DesignError(
            f"There is no engine {engine!r}; name one of {', '.join(get_args(Engine))}."
        )
    if workers is not None and workers < 1:
        raise DesignError(f"{workers} workers do nothing; give at least 1, or leave it open.")
    if engine == "serial" or (engine == "processes" and workers == 1):
        return list(_told(tasks, progress))
    import joblib  # type: ignore[import-untyped]

    with _engine(engine, workers) as backend, warnings.catch_warnings():
        # A worker that grew is restarted by loky, which then says so.
        warnings.filterwarnings("ignore", message="A worker stopped while some jobs were given")
        with joblib.parallel_config(backend=backend, n_jobs=workers or -1):
            found: list[Found] = joblib.Parallel()(joblib.delayed(_run)(task) for task in tasks)
    return found


def _told(
    tasks: Sequence[Runs[Found]], progress: Callable[[int], object] | None
) -> Iterator[Found]:
    for done, task in enumerate(tasks, start=1):
        yield task.run()
        if progress is not None:
            progress(done)


def _run(task: Runs[Found]) -> Found:
    return task.run()


@contextlib.contextmanager
def _engine(engine: Engine, workers: int | None) -> Iterator[str]:
    """Connect to a cluster, or start one for as long as it is needed."""
    if engine == "processes":
        yield "loky"
    elif engine == "dask":
        with _dask(workers):
            yield "dask"
    else:
        with _ray(workers):
            yield "ray"


@contextlib.contextmanager
def _dask(workers: int | None) -> Iterator[None]:
    try:
        from distributed import Client, LocalCluster, get_client
    except ImportError as missing:
        raise _absent("dask") from missing
    try:
        get_client()
    except ValueError:
        pass
    else:
        yield
        return
    settings: dict[str, Any] = {"threads_per_worker": 1, "dashboard_address": None}
    cluster = LocalCluster(n_workers=workers, **settings)  # type: ignore[no-untyped-call]
    with cluster, Client(cluster):  # type: ignore[no-untyped-call]
        yield


@contextlib.contextmanager
def _ray(workers: int | None) -> Iterator[None]:
    try:
        import ray
        from ray.util.joblib import register_ray
    except ImportError as missing:
        raise _absent("ray") from missing
    started = not ray.is_initialized()
    with warnings.catch_warnings():
        # Ray announces changes of its own defaults, which nobody here can act on.
        warnings.simplefilter("ignore")
        if started:
            settings: dict[str, Any] = {"include_dashboard": False, "log_to_driver": False}
            ray.init(num_cpus=workers, configure_logging=False, **settings)
        register_ray()  # type: ignore[no-untyped-call]
        try:
            yield
        finally:
            if started:
                ray.shutdown()


def _absent(engine: str) -> MissingExtraError:
    return MissingExtraError(
        f"The engine {engine} is not installed; install protocyte[cluster], or take the engine "
        f"processes."
    )
