"""Samples of CAR-T cells with their times, and the parameters of each profile."""

from datetime import UTC, datetime
from typing import Any

import pytest

from protocyte.analysis.endpoint import estimate_endpoints
from protocyte.errors import RecordError
from protocyte.record import Event
from protocyte.record.event import Consented, Measured, Treated, Value

P: dict[str, Any] = {
    "participant": "P1",
    "by": "site",
    "recorded": datetime(2027, 9, 1, tzinfo=UTC),
}
CONSENT = Consented(happened="2026-02-01", **P)


def infused(on: str = "2026-03-01") -> Treated:
    return Treated(happened=on, treatment="cells", category="CELL INFUSION", **P)


def sample(
    on: str,
    number: float | None = None,
    text: str | None = None,
    *,
    lloq: float | None = 50.0,
    test: str = "CARTG",
    unit: str | None = "copies/ug",
    specimen: str | None = "BLOOD",
) -> Measured:
    more: dict[str, Value] = {"PCSPEC": specimen}
    if lloq is not None:
        more["PCLLOQ"] = lloq
    return Measured(
        happened=on,
        domain="PC",
        test=test,
        name=test,
        text=text,
        number=number,
        unit=unit,
        more=more,
        **P,
    )


def samples(derive: Any, *events: Event, on: str = "2026-03-01") -> list[tuple[Any, ...]]:
    data = derive([CONSENT, infused(on), *events])
    rows: list[tuple[Any, ...]] = data.adpc.select("ADAYS", "AVAL", "BLQFL").rows()
    return rows


@pytest.mark.parametrize(
    ("number", "text", "lloq", "below"),
    [
        (900.0, None, 50.0, "N"),
        (50.0, None, 50.0, "N"),
        (49.9, None, 50.0, "Y"),
        (None, "<50", 50.0, "Y"),
        (None, "< 50 copies", None, "Y"),
        (None, "BLQ", 50.0, "Y"),
        (None, "bloq", None, "Y"),
        (10.0, None, None, "N"),
        (0.0, None, 50.0, "Y"),
        (None, "haemolysed", 50.0, "N"),
    ],
)
def test_below_the_limit(
    derive: Any, number: float | None, text: str | None, lloq: float | None, below: str
) -> None:
    ((_, value, flag),) = samples(derive, sample("2026-03-15", number, text, lloq=lloq))
    assert (value, flag) == (number, below)


@pytest.mark.parametrize(
    ("infusion", "drawn", "days"),
    [
        ("2026-03-01", "2026-03-15", 14.0),
        ("2026-03-01", "2026-02-25", -4.0),
        # Both with their time of day: what has passed.
        ("2026-03-01T10:00", "2026-03-01T08:00", -2 / 24),
        ("2026-03-01T10:00", "2026-03-02T10:00", 1.0),
        ("2026-03-01T22:00", "2026-03-15T10:00", 13.5),
        # One without it: whole days, and a sample keeps its place on its day.
        ("2026-03-01T22:00", "2026-03-15", 14.0),
        ("2026-03-01", "2026-03-15T12:00", 14.5),
        ("2026-03-01", "2026-03-15T12", 14.0),
    ],
)
def test_days_since_the_infusion(derive: Any, infusion: str, drawn: str, days: float) -> None:
    ((found, *_),) = samples(derive, sample(drawn, 900.0), on=infusion)
    assert found == pytest.approx(days)


def test_a_sample_without_a_day_has_no_place(derive: Any) -> None:
    assert samples(derive, sample("2026-03", 900.0)) == []


@pytest.mark.parametrize(
    ("specimen", "kept"),
    [
        ("BLOOD", True),
        ("Whole blood", True),
        ("PBMC", True),
        (None, True),
        ("BONE MARROW", False),
        ("CEREBROSPINAL FLUID", False),
    ],
)
def test_only_blood_makes_the_profile(derive: Any, specimen: str | None, kept: bool) -> None:
    found = samples(derive, sample("2026-03-15", 900.0, specimen=specimen))
    assert len(found) == int(kept)


PROFILE = (
    sample("2026-02-25", None, "<50"),
    sample("2026-03-11", 900.0),
    sample("2026-03-15", 400.0),
    sample("2026-03-29", 90.0),
)


def parameters(derive: Any, *events: Event) -> dict[str, tuple[float | None, str | None]]:
    data = derive([CONSENT, infused(), *events])
    return {
        row["PARAMCD"]: (row["AVAL"], row["AVALCAT"]) for row in data.adpp.iter_rows(named=True)
    }


def test_parameters_of_a_profile(derive: Any) -> None:
    found = parameters(derive, *PROFILE)
    assert found["Cmax"] == (900.0, None)
    assert found["Tmax"] == (10.0, None)
    # 10 x 900/2 + 4 x 650 + 14 x 245
    assert found["AUC0-28d"][0] == pytest.approx(4500 + 2600 + 3430)
    assert found["Clast"] == (90.0, None)
    assert found["Tlast"] == (28.0, "still detectable at the last sample")


def test_cells_that_never_grew_are_no_expansion(derive: Any) -> None:
    days = ("08", "15", "29")
    found = parameters(derive, *(sample(f"2026-03-{day}", None, "<50") for day in days))
    assert found["Cmax"] == (0.0, None)
    assert found["Tmax"] == (None, "no quantifiable sample")


def test_marrow_does_not_mix_with_blood(derive: Any) -> None:
    marrow = sample("2026-03-29", 9e6, specimen="BONE MARROW")
    assert parameters(derive, *PROFILE, marrow) == parameters(derive, *PROFILE)


def test_two_units_are_never_put_together(derive: Any) -> None:
    with pytest.raises(RecordError, match=r"CARTG of P1 is recorded in cells/uL and copies/ug"):
        parameters(derive, *PROFILE, sample("2026-04-10", 5.0, unit="cells/uL"))


def test_two_samples_at_one_time_are_named(derive: Any) -> None:
    twice = Measured(
        happened="2026-03-11",
        domain="PC",
        test="CARTG",
        name="CARTG",
        number=850.0,
        unit="copies/ug",
        visit="Unscheduled",
        **P,
    )
    with pytest.raises(RecordError, match="CARTG of P1: two samples lie on day 10; keep one"):
        parameters(derive, *PROFILE, twice)


@pytest.mark.parametrize(("analyte", "cmax"), [("transgene", 900.0), ("CAR-positive cells", 120.0)])
def test_an_endpoint_takes_the_analyte_that_it_names(
    derive: Any, analyte: str, cmax: float
) -> None:
    flow = [
        sample("2026-03-11", 120.0, test="CARFLOW", unit="cells/uL", lloq=None),
        sample("2026-03-29", 12.0, test="CARFLOW", unit="cells/uL", lloq=None),
    ]
    patch = f"endpoints: {{secondary: {{kinetics: {{analyte: {analyte}}}}}}}"
    data = derive([CONSENT, infused(), *PROFILE, *flow], patch=patch)
    kinetics = next(r for r in estimate_endpoints(data) if r.name == "kinetics")
    assert kinetics.lines[0].label == "Cmax"
    assert kinetics.lines[0].estimate.value == pytest.approx(cmax)
    assert kinetics.lines[0].estimate.n == 1
