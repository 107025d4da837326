"""A record with holes is analysed: what was not recorded is unknown, and nothing breaks."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from protocyte.analysis.endpoint import estimate_endpoints
from protocyte.derivation import derive_analysis_data
from protocyte.record import DOMAINS, Record
from protocyte.report.html import render_html
from protocyte.report.trial import render_trial


def with_holes(record: Record, rng: np.random.Generator) -> Record:
    """Lose tables, rows and values that are not required."""
    tables = {}
    for name, table in DOMAINS.items():
        frame = record[name]
        if name != "DM" and rng.random() < 0.2:
            frame = frame.clear()
        elif name != "DM" and rng.random() < 0.3:
            frame = frame.filter(pl.Series(rng.random(frame.height) < 0.6))
        units = {column.unit_in for column in table.columns}
        for column in table.columns:
            if column.required or column.name in units or rng.random() > 0.25:
                continue
            share = float(rng.choice([0.3, 1.0]))
            kept = pl.Series(rng.random(frame.height) >= share, dtype=pl.Boolean)
            frame = frame.with_columns(pl.when(kept).then(pl.col(column.name)).alias(column.name))
        tables[name] = frame.unique(table.keys, keep="first", maintain_order=True)
    return Record(record.about, tables)


@pytest.mark.parametrize("name", ["ex02", "kj-c2320", "udcar-sle"])
@pytest.mark.parametrize("seed", range(5))
def test_a_record_with_holes_gives_a_report(rehearsed: Any, name: str, seed: int) -> None:
    found = rehearsed(name)
    record = with_holes(found.trial.record, np.random.default_rng(seed))
    data = derive_analysis_data(record, found.plan)
    results = estimate_endpoints(data)
    assert len(results) == len(found.plan.endpoints.ranked())
    for result in results:
        for line in result.lines:
            estimate = line.estimate
            values = [v for v in (estimate.lower, estimate.value, estimate.upper) if v is not None]
            assert values == pytest.approx(sorted(values)), (result.name, line)
            assert estimate.events is None or 0 <= estimate.events <= estimate.n
    document = render_trial(data, results, characteristics=None, origin=())
    if seed == 0:
        assert render_html(document).startswith("<!doctype html>")
