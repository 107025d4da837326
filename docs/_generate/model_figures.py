"""Draw the figures of docs/reference/models.md into docs/_static.

Run from the root: ``python docs/_generate/model_figures.py``. A folder given after it takes PNG
copies to look at.
"""

import sys
from pathlib import Path

import altair as alt
import numpy as np
import polars as pl

from protocyte.kinetics import kimmel_2021_axicabtagene as kimmel
from protocyte.kinetics import stein_2019_tisagenlecleucel as stein
from protocyte.simulation.virtual_patients import sample_kimmel_patients, sample_stein_patients

STATIC = Path(__file__).resolve().parents[1] / "_static"
SEED, PATIENTS = 2019, 1000
BLUE, GREEN, INK, FAINT = "#2166ac", "#1b7837", "#222222", "#e6e6e6"
FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"

#: Kimmel2021, section 3d: day, median and quartiles of 19, 23, 22 and 22 patients [cells/µL].
MEASURED = [(7, 27.5, 16.5, 57.5), (14, 9.1, 3.8, 31.1), (28, 2.1, 0.6, 6.1), (90, 0.1, 0.01, 0.4)]

#: 0.1, 1, 10, 100, then 1,000 and so on.
LABELS = "datum.value < 1 ? format(datum.value, '~r') : format(datum.value, ',.0f')"


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
    for name, draw in (("stein_2019", stein_figure), ("kimmel_2021", kimmel_figure)):
        figure = styled(draw())
        figure.save(STATIC / f"{name}.svg")
        if len(sys.argv) > 1:
            figure.save(Path(sys.argv[1]) / f"{name}.png", scale_factor=2)
