"""How figures look: one theme, drawn to SVG without a browser."""

from collections.abc import Mapping
from typing import Any, Final

from protocyte.errors import MissingExtraError

#: Labels of a logarithmic axis: 100k and 10, but 0.1 instead of 100m.
LOG_LABELS: Final = "datum.value >= 1 ? format(datum.value, '~s') : format(datum.value, '~g')"
#: Ink, quiet ink, lines.
INK: Final = "#1f2933"
QUIET: Final = "#66727f"
RULE: Final = "#d9dee3"
#: Dose is an order, so its colours run from light to dark.
_RAMP: Final = ("#8cc5d4", "#4fa3bb", "#1d7d9c", "#0c5a78", "#083b52", "#04222f")
#: Different things of one kind.
KIND_COLOURS: Final = ("#0b6e8f", "#e08e2b", "#7a4fa3", "#3d8f5a", "#b5475d", "#5a6b7b")
GRADE_COLOURS: Final = ("#cfe3ea", "#f2d18b", "#e79a4b", "#cc4f3b", "#7d1d2d")
#: What nobody recorded.
UNKNOWN_COLOUR: Final = "#c9d1d8"
WIDTH: Final = 840

_THEME: Final[dict[str, Any]] = {
    "background": "transparent",
    "font": "Liberation Sans, Arial, Helvetica, sans-serif",
    "padding": 4,
    "view": {"stroke": None},
    "axis": {
        "labelColor": QUIET,
        "titleColor": INK,
        "titleFontWeight": "normal",
        "titleFontSize": 12,
        "labelFontSize": 11,
        "gridColor": RULE,
        "gridOpacity": 0.7,
        "domainColor": RULE,
        "tickColor": RULE,
    },
    "legend": {
        "labelColor": INK,
        "titleColor": INK,
        "titleFontWeight": "normal",
        "labelFontSize": 11,
        "titleFontSize": 12,
        "orient": "top",
        "direction": "horizontal",
        "symbolStrokeWidth": 2,
    },
    "header": {
        "labelColor": INK,
        "labelFontSize": 12,
        "labelFontWeight": "bold",
        "title": None,
        "labelAnchor": "start",
    },
    "title": {"color": INK, "fontSize": 13, "anchor": "start", "fontWeight": "bold"},
    "range": {"category": list(KIND_COLOURS)},
}


def render_values(rows: list[dict[str, Any]]) -> Any:
    """Give rows to a chart.

    Parameters
    ----------
    rows : list of dict
        One mapping of column to value a row.

    Returns
    -------
    altair.Data
        Data of a chart.

    Examples
    --------
    >>> render_values([{"x": 1}]).values[0]["x"]
    1
    """
    import altair as alt

    return alt.Data(values=rows)  # type: ignore[no-untyped-call]


def render_level_colours(levels: int) -> list[str]:
    """Give a colour a dose level, darker with the dose.

    Parameters
    ----------
    levels : int
        Number of levels.

    Returns
    -------
    list of str
        Colours.

    Examples
    --------
    >>> len(render_level_colours(4))
    4
    """
    if levels == 1:
        return ["#0b6e8f"]
    last = len(_RAMP) - 1
    return [_RAMP[round(number * last / max(levels - 1, 1))] for number in range(levels)]


def render_svg(chart: Any) -> str:
    """Draw a chart as SVG.

    Parameters
    ----------
    chart : altair.Chart, mapping or callable
        The chart, its Vega-Lite specification, or a function that makes either.

    Returns
    -------
    str
        SVG text that scales to the width of its place.

    Raises
    ------
    MissingExtraError
        If the packages that draw are not installed.

    Examples
    --------
    >>> import altair as alt
    >>> chart = alt.Chart(render_values([{"x": 1}])).mark_point().encode(x="x:Q")
    >>> render_svg(chart)[:4]
    '<svg'
    """
    drawer = _drawer()
    svg: str = drawer.vegalite_to_svg(_specify(chart))
    return svg


def render_png(chart: Any, *, scale: float = 2) -> bytes:
    """Draw a chart as PNG on white, for slides.

    Parameters
    ----------
    chart : altair.Chart, mapping or callable
        The chart, its Vega-Lite specification, or a function that makes either.
    scale : float
        Pixels a unit of the chart [1].

    Returns
    -------
    bytes
        The image.

    Raises
    ------
    MissingExtraError
        If the packages that draw are not installed.

    Examples
    --------
    >>> import altair as alt
    >>> chart = alt.Chart(render_values([{"x": 1}])).mark_point().encode(x="x:Q")
    >>> render_png(chart)[1:4]
    b'PNG'
    """
    drawer = _drawer()
    specification = _specify(chart)
    specification["config"]["background"] = "white"
    png: bytes = drawer.vegalite_to_png(specification, scale=scale)
    return png


def _drawer() -> Any:
    """Give the library that draws."""
    try:
        import vl_convert
    except ImportError as error:
        raise MissingExtraError(
            "Figures need the extra `report`; install it with `pip install protocyte[report]`."
        ) from error
    return vl_convert


def _specify(chart: Any) -> dict[str, Any]:
    """Write a chart out, with the look of all figures."""
    drawn = chart() if callable(chart) else chart
    specification: dict[str, Any] = (
        dict(drawn) if isinstance(drawn, Mapping) else drawn.properties().to_dict()
    )
    specification["config"] = _merged(_THEME, specification.get("config", {}))
    specification["config"]["view"] = {"stroke": None}
    return specification


def _merged(base: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    both = dict(base)
    for key, value in more.items():
        known = both.get(key)
        both[key] = (
            _merged(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
        )
    return both
