"""Baseline and change: the last value on or before the infusion, and what became of it."""

import polars as pl


def derive_baseline(frame: pl.DataFrame, *, adsl: pl.DataFrame) -> pl.DataFrame:
    """Add level, baseline and change to values by participant, parameter and date.

    Parameters
    ----------
    frame : polars.DataFrame
        Rows with `USUBJID`, `PARAMCD`, `ADT` and `AVAL`.
    adsl : polars.DataFrame
        The participant-level data set.

    Returns
    -------
    polars.DataFrame
        The same rows with `LEVELN`, `LEVEL`, `ADAYS` [d] since the infusion, `ABLFL` (Y on the last
        value on or before the infusion), `BASE` and `CHG` in the unit of `AVAL`, and `PCHG` [%]
        (null for a baseline of 0).

    References
    ----------
    .. [1] CDISC. Analysis Data Model Implementation Guide v1.3, section 3.3.4.

    Examples
    --------
    >>> from datetime import date
    >>> values = pl.DataFrame({"USUBJID": ["1", "1"], "PARAMCD": ["ALT", "ALT"],
    ...     "ADT": [date(2026, 3, 1), date(2026, 3, 8)], "AVAL": [40.0, 50.0]})
    >>> people = pl.DataFrame({"USUBJID": ["1"], "LEVELN": [1], "LEVEL": ["Level 1"],
    ...     "TRTSDT": [date(2026, 3, 2)]})
    >>> derive_baseline(values, adsl=people)["CHG"].to_list()
    [0.0, 10.0]
    """
    people = adsl.select("USUBJID", "LEVELN", "LEVEL", "TRTSDT")
    known = (
        frame.join(people, on="USUBJID", how="left")
        .sort("USUBJID", "PARAMCD", "ADT", maintain_order=True)
        .with_row_index("_row")
    )
    base = (
        known.filter((pl.col("ADT") <= pl.col("TRTSDT")) & pl.col("AVAL").is_not_null())
        .group_by("USUBJID", "PARAMCD", maintain_order=True)
        .agg(pl.col("AVAL").last().alias("BASE"), pl.col("_row").last().alias("_base"))
    )
    change = pl.col("AVAL") - pl.col("BASE")
    return (
        known.join(base, on=["USUBJID", "PARAMCD"], how="left")
        .with_columns(
            (pl.col("ADT") - pl.col("TRTSDT")).dt.total_days().alias("ADAYS"),
            pl.when(pl.col("_row") == pl.col("_base")).then(pl.lit("Y")).alias("ABLFL"),
            change.alias("CHG"),
            pl.when(pl.col("BASE") != 0).then(100 * change / pl.col("BASE").abs()).alias("PCHG"),
        )
        .drop("_row", "_base", "TRTSDT")
    )
