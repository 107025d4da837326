"""What becomes of virtual patients as tables for other programs: bands, outcomes.

One law: a number keeps its unit in the name of its row, and what is not defined is empty, not zero.
"""

from dataclasses import astuple

import polars as pl

from protocyte.analysis.contrast import QUANTILES, Contrast


def render_contrast_tables(contrast: Contrast) -> dict[str, pl.DataFrame]:
    """Give bands and outcomes of every arm as tables.

    Parameters
    ----------
    contrast : Contrast
        Arms in which the same patients were followed.

    Returns
    -------
    dict of str to polars.DataFrame
        ``bands``, a row an arm, quantity and day [d]: car, host_t, host_nk [cells/µL], target
        [cells], inflammation [pg/mL], activity [1]; and ``outcomes``, a row an arm and outcome:
        quantiles of a number [its unit], or the share [1] of an event with its Monte Carlo error.

    Examples
    --------
    >>> import numpy as np
    >>> from protocyte.analysis.contrast import PatientArm
    >>> arm = PatientArm("a", "AML", "standard", "gated", (), False, 0.1, np.array([0.0, 28.0]),
    ...     {name: np.ones((5, 2)) for name in ("car", "host_t", "host_nk", "target")},
    ...     {"CRS": np.array([True, False])}, {"Peak": np.array([1.0, 3.0])},
    ...     np.array([9.0, 40.0]), np.array([True, True]))
    >>> render_contrast_tables(Contrast((arm,)))["outcomes"]["share"].to_list()
    [None, 0.5]
    """
    return {"bands": _bands(contrast), "outcomes": _outcomes(contrast)}


def _bands(contrast: Contrast) -> pl.DataFrame:
    names = [f"q{round(100 * share):02d}" for share in QUANTILES]
    return pl.concat(
        pl.DataFrame(
            {
                "arm": arm.label,
                "quantity": quantity,
                "day": arm.days,
                **dict(zip(names, band, strict=True)),
            }
        )
        for arm in contrast.arms
        for quantity, band in arm.bands.items()
    )


def _outcomes(contrast: Contrast) -> pl.DataFrame:
    rows: list[tuple[object, ...]] = []
    for number, arm in enumerate(contrast.arms):
        rows += [
            (arm.label, name, *contrast.spread(name, number), *(None,) * 4) for name in arm.numbers
        ]
        for name in contrast.events:
            found = contrast.share(name, number)
            share = (None,) * 4 if found is None else astuple(found)
            rows.append((arm.label, name, *(None,) * 3, *share))
    numbers = ("q05", "q50", "q95", "share", "error", "difference", "difference_error")
    schema = {"arm": pl.String, "outcome": pl.String, **dict.fromkeys(numbers, pl.Float64)}
    return pl.DataFrame(rows, schema=schema, orient="row").fill_nan(None)
