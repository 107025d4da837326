"""Draw the figures of docs/reference/models.md into docs/_static.

Run from the root: ``python docs/_generate/model_figures.py``. A folder given after it takes PNG
copies to look at.
"""

import sys
from pathlib import Path

import altair as alt
import numpy as np
import polars as pl

from protocyte.kinetics import hanson_2016_crs as hanson
from protocyte.kinetics import kimmel_2021_axicabtagene as kimmel
from protocyte.kinetics import leon_triana_2021_leukaemia as leon
from protocyte.kinetics import ogasawara_2021_lisocabtagene as ogasawara
from protocyte.kinetics import stein_2019_tisagenlecleucel as stein
from protocyte.simulation.tumour_extinction import find_extinction, simulate_extinction
from protocyte.simulation.virtual_patients import sample_kimmel_patients, sample_stein_patients

STATIC = Path(__file__).resolve().parents[1] / "_static"
SEED, PATIENTS = 2019, 1000
BLUE, GREEN, RED, INK, FAINT = "#2166ac", "#1b7837", "#b2182b", "#222222", "#e6e6e6"
FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"

#: Kimmel2021, section 3d: day, median and quartiles of 19, 23, 22 and 22 patients [cells/µL].
MEASURED = [(7, 27.5, 16.5, 57.5), (14, 9.1, 3.8, 31.1), (28, 2.1, 0.6, 6.1), (90, 0.1, 0.01, 0.4)]

#: 0.1, 1, 10, 100, then 1,000 and so on.
LABELS = "datum.value < 1 ? format(datum.value, '~r') : format(datum.value, ',.0f')"

#: 1 to 1,000, then 10⁶ and so on.
POWERS = (
    "datum.value < 9e3 ? format(datum.value, ',.0f') : '10' + replace(replace(replace(replace("
    "replace(replace(replace(replace(replace(replace(format(log(datum.value) / log(10), '.0f'), "
    "/0/g, '⁰'), /1/g, '¹'), /2/g, '²'), /3/g, '³'), /4/g, '⁴'), /5/g, '⁵'), /6/g, '⁶'), "
    "/7/g, '⁷'), /8/g, '⁸'), /9/g, '⁹')"
)


def quantiles(days: np.ndarray, levels: np.ndarray) -> pl.DataFrame:
    """Give the median and the 5th and 95th percentile on each day."""
    low, middle, high = np.quantile(levels, [0.05, 0.5, 0.95], axis=0)
    return pl.DataFrame({"day": days, "low": low, "level": middle, "high": high})


def axes(title: str, lowest: int, highest: int, days: list[int]) -> tuple[alt.X, alt.Y]:
    """Give a linear axis of days and a logarithmic one of levels, labelled at powers of ten."""
    x = alt.X(
        "day:Q",
        title="Days since infusion",
        scale=alt.Scale(domain=(days[0], 1.015 * days[-1]), nice=False),
        axis=alt.Axis(grid=False, values=days, labelFlush=False),
    )
    y = alt.Y(
        "level:Q",
        title=title,
        scale=alt.Scale(
            type="log", domain=(0.7 * 10.0**lowest, 10.0**highest), nice=False, clamp=True
        ),
        axis=alt.Axis(values=[10.0**k for k in range(lowest, highest + 1)], labelExpr=LABELS),
    )
    return x, y


def words(text: str, day: float, level: float, colour: str, *, align: str = "left") -> alt.Chart:
    """Put words beside what they name."""
    place = pl.DataFrame({"day": [day], "level": [level]})
    mark = alt.Chart(place).mark_text(
        text=text, align=align, baseline="middle", color=colour, fontSize=12, lineBreak="\n"
    )
    return mark.encode(x="day:Q", y="level:Q")


def band_and_median(table: pl.DataFrame, x: alt.X, y: alt.Y, colour: str) -> alt.LayerChart:
    """Draw the 5–95 % band and the median of virtual patients."""
    chart = alt.Chart(table).encode(x=x)
    band = chart.mark_area(color=colour, opacity=0.17)
    return band.encode(y=alt.Y("low:Q", title=y["title"]), y2="high:Q") + chart.mark_line(
        color=colour, strokeWidth=2.2
    ).encode(y=y)


def stein_figure() -> alt.HConcatChart:
    """Draw the transgene of virtual patients under both readings of the random effects."""
    days = np.arange(0, 180.1, 0.5)
    typical = stein.solve_expansion(days, **stein.PARAMETERS.values())
    course = pl.DataFrame({"day": days, "level": typical})
    x, y = axes("Transgene, copies/µg DNA", 0, 5, [0, 30, 60, 90, 120, 150, 180])
    panels = []
    for reading, meaning in (("variance", "variances (the default)"), ("sd", "SDs")):
        rng = np.random.default_rng(SEED)  # noqa: TID251 - a figure has its own seed
        patients = sample_stein_patients(PATIENTS, spread=reading, rng=rng)
        table = quantiles(days, stein.solve_expansion(days, **patients.parameters))
        dashed = alt.Chart(course).mark_line(color=INK, strokeDash=[5, 4], strokeWidth=1.4)
        layers = band_and_median(table, x, y, BLUE) + dashed.encode(x=x, y=y)
        if reading == "variance":
            layers += words("median and 5–95 % of\n1,000 virtual patients", 64, 6.5e4, BLUE)
            layers += words("dashed: the typical patient", 64, 1.6e4, INK)
        title = f"Random effects read as {meaning}"
        panels.append(layers.properties(width=320, height=280, title=title))
    return alt.hconcat(*panels, spacing=30)


def kimmel_figure() -> alt.LayerChart:
    """Draw CAR-T and host cells in blood, with the medians of the patients they were fitted to."""
    days = np.arange(0, 90.1, 0.25)
    rng = np.random.default_rng(SEED)  # noqa: TID251 - a figure has its own seed
    patients = sample_kimmel_patients(PATIENTS, rng=rng)
    course = kimmel.solve_competition(days, **patients.parameters)
    x, y = axes("Cells in blood, cells/µL", -2, 3, [0, 7, 14, 28, 42, 56, 70, 90])
    measured = pl.DataFrame(MEASURED, schema=["day", "level", "low", "high"], orient="row")
    points = alt.Chart(measured).encode(x=x)
    return (
        band_and_median(quantiles(days, course.host_per_ul), x, y, GREEN)
        + band_and_median(quantiles(days, course.car_per_ul), x, y, BLUE)
        + points.mark_rule(color=INK, strokeWidth=1.2).encode(y="low:Q", y2="high:Q")
        + points.mark_point(color=INK, fill="white", size=46, opacity=1).encode(y=y)
        + words("host T cells", 60, 290, GREEN)
        + words("CAR-T cells", 36, 5.6, BLUE)
        + words("ZUMA-1, median\nand quartiles", 31, 0.28, INK)
    ).properties(width=560, height=320)


def line(
    days: np.ndarray,
    levels: np.ndarray,
    x: alt.X,
    y: alt.Y,
    colour: str,
    *,
    dash: list[int] | None = None,
) -> alt.Chart:
    """Draw one course."""
    table = pl.DataFrame({"day": days, "level": levels})
    mark = alt.Chart(table).mark_line(color=colour, strokeWidth=2, strokeDash=dash or [1, 0])
    return mark.encode(x=x, y=y)


def ogasawara_figure() -> alt.HConcatChart:
    """Draw liso-cel as a share of its peak, with three persisting shares, beside tisa-cel."""
    panels = []
    for last, step, ticks in (
        (30, 0.05, [0, 5, 10, 15, 20, 25, 30]),
        (365, 0.5, [0, 60, 120, 180, 240, 300, 365]),
    ):
        days = np.arange(0, last + step / 2, step)
        x, y = axes("Transgene, share of the peak", -4, 0, ticks)
        typical = stein.solve_expansion(days, **stein.PARAMETERS.values(c_max=1.0))
        layers = line(days, typical, x, y, INK, dash=[5, 4])
        for share in (0.003, 0.01, 0.03):
            levels = ogasawara.solve_expansion(days, c_max=1.0, persisting_fraction=share)
            layers += line(days, levels, x, y, BLUE)
            if last == 365:
                level = (0.7 if share == 0.003 else 1.4) * levels[days == 230][0]
                layers += words(f"{100 * share:g} % persists", 230, level, BLUE)
        if last == 30:
            layers += words("lag", 1.1, 0.0062, BLUE) + words("liso-cel", 2.6, 0.1, BLUE)
            layers += words("dashed: tisa-cel, typical", 5.2, 0.0006, INK)
        title = "The first month" if last == 30 else "The first year"
        panels.append(layers.properties(width=320, height=280, title=title))
    return alt.hconcat(*panels, spacing=30)


def leon_figure() -> alt.HConcatChart:
    """Draw predator and preys with the curated and with the refilled production of B cells."""
    days = np.arange(0, 365.1, 0.5)
    x, y = axes("Cells in the body", 5, 11, [0, 60, 120, 180, 240, 300, 365])
    y["axis"].labelExpr = POWERS
    panels = []
    for production, title in (
        ("refilled", "B cells can refill (the default)"),
        ("curated", "As the curated copy has it"),
    ):
        course = leon.solve_predation(days, production=production, **leon.PARAMETERS.values())
        seen = course.car > 7e4
        layers = line(days[seen], course.car[seen], x, y, BLUE)
        layers += line(days, course.leukaemia, x, y, RED)
        layers += line(days, course.b_cells, x, y, GREEN)
        if production == "curated":
            layers += words("CAR-T cells", 66, 4e9, BLUE)
            layers += words("leukaemia", 205, 6e6, RED)
            layers += words("healthy B cells", 112, 1.9e8, GREEN)
        panels.append(layers.properties(width=320, height=280, title=title))
    return alt.hconcat(*panels, spacing=30)


def hanson_figure() -> alt.HConcatChart:
    """Draw the inflammation, and the cells that make it."""
    days = np.arange(0, 60.1, 0.1)
    course = hanson.solve_inflammation(days, **hanson.PARAMETERS.values())
    x, y = axes("Inflammation, no unit", 0, 3, [0, 10, 20, 30, 40, 50, 60])
    y.scale = alt.Scale(domain=(120, 180), nice=False)
    y.axis = alt.Axis(values=[120, 130, 140, 150, 160, 170, 180])
    settled = hanson.PARAMETERS["p0"].value / hanson.PARAMETERS["d2"].value
    left = line(days, course.inflammation, x, y, RED) + line(
        days, np.full(days.size, settled), x, y, INK, dash=[5, 4]
    )
    left += words("day 6.7", 8.3, 168.5, RED) + words("without leukaemia", 3, 130.5, INK)
    x, y = axes("Cells, no unit", 0, 3, [0, 10, 20, 30, 40, 50, 60])
    right = (
        line(days, course.leukaemia, x, y, INK)
        + line(days, course.cytotoxic_effector, x, y, BLUE)
        + line(days, course.helper_effector, x, y, GREEN)
        + words("leukaemia", 8, 270, INK)
        + words("helper effector", 42, 30, GREEN)
        + words("cytotoxic effector", 40, 3, BLUE)
    )
    panels = (left.properties(title="What it is"), right.properties(title="What makes it"))
    return alt.hconcat(*(p.properties(width=320, height=280) for p in panels), spacing=30)


def extinction_figure() -> alt.HConcatChart:
    """Draw twenty tumours with the same parameters, and how many of 4,000 are extinct."""
    days = np.linspace(0, 160, 1601)
    p = kimmel.PARAMETERS.values(r_b=kimmel.TUMOUR_GROWTH["slow"])
    course = kimmel.solve_competition(days, **p)
    killing = p["gamma_b"] * course.car / (p["k_b"] + course.car)
    first = int(np.argmax(course.tumour < 100))
    later = {"birth": p["r_b"], "cells": np.full(4000, 100.0)}
    rng = np.random.default_rng(SEED)  # noqa: TID251 - a figure has its own seed
    moment, left = simulate_extinction(days[first:], killing[first:], rng=rng, **later)
    x, y = axes("Tumour cells", 0, 11, [0, 20, 40, 60, 80, 100, 120, 140, 160])
    y["axis"].labelExpr, y["axis"].values = POWERS, [1, 100, 1e4, 1e6, 1e8, 1e10]
    before = days <= days[first]
    paths = line(days[before], course.tumour[before], x, y, INK)
    for _ in range(20):
        cells, steps = np.array([100.0]), [(days[first], 100.0)]
        for at in range(first, days.size - 10, 10):
            piece = slice(at, at + 11)
            end, cells = simulate_extinction(
                days[piece], killing[piece], birth=p["r_b"], cells=cells, rng=rng
            )
            steps.append((float(end[0]), max(float(cells[0]), 0.7)))
            if cells[0] == 0:
                break
        colour = GREEN if cells[0] == 0 else RED
        path = np.array(steps)
        paths += line(path[:, 0], path[:, 1], x, y, colour).encode(opacity=alt.value(0.55))
    paths += words("the same for all", 12, 1e10, INK) + words("then by chance", 46, 700, INK)
    paths += words("cure", 38, 2.5, GREEN) + words("regrowth", 104, 900, RED)
    chance = find_extinction(days[first:], killing[first:], birth=p["r_b"], cells=100)
    x2, y2 = axes("Extinct, %", 0, 2, [0, 20, 40, 60, 80, 100, 120, 140, 160])
    y2.scale = alt.Scale(domain=(0, 100), nice=False)
    y2.axis = alt.Axis(values=[0, 20, 40, 60, 80, 100])
    at = np.arange(45, 160, 10.0)
    share = [100 * np.mean((left == 0) & (moment <= day)) for day in at]
    points = alt.Chart(pl.DataFrame({"day": at, "level": share}))
    computed = (
        line(days[first:], 100 * chance, x2, y2, BLUE)
        + points.mark_point(color=INK, fill="white", size=46, opacity=1).encode(x=x2, y=y2)
        + words("line: computed\npoints: of 4,000 drawn", 84, 40, INK)
    )
    titles = ("Twenty tumours with the same parameters", "Probability of cure")
    panels = (c.properties(title=t) for c, t in zip((paths, computed), titles, strict=True))
    return alt.hconcat(*(c.properties(width=320, height=280) for c in panels), spacing=30)


def styled(chart: alt.TopLevelMixin) -> alt.TopLevelMixin:
    """Give the figure the look of all figures."""
    return (
        chart.configure(background="white", font=FONT, padding=12)
        .configure_axis(
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            titleColor=INK,
            labelColor=INK,
            gridColor=FAINT,
            domainColor="#888888",
            tickColor="#888888",
            titlePadding=10,
        )
        .configure_view(stroke=None)
        .configure_title(fontSize=13, fontWeight="normal", color=INK, anchor="start", offset=10)
    )


if __name__ == "__main__":
    for name, draw in (
        ("stein_2019", stein_figure),
        ("ogasawara_2021", ogasawara_figure),
        ("kimmel_2021", kimmel_figure),
        ("kimmel_2021_extinction", extinction_figure),
        ("leon_triana_2021", leon_figure),
        ("hanson_2016", hanson_figure),
    ):
        figure = styled(draw())
        figure.save(STATIC / f"{name}.svg")
        if len(sys.argv) > 1:
            figure.save(Path(sys.argv[1]) / f"{name}.png", scale_factor=2)
