"""A document as one self-contained HTML page: no script, no request, prints as it reads."""

import functools
from importlib import resources

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from protocyte import __version__
from protocyte.report.document import Block, Document, Figure
from protocyte.report.figure import render_svg


def render_html(document: Document) -> str:
    """Render a document as an HTML page.

    Parameters
    ----------
    document : Document
        The document.

    Returns
    -------
    str
        The page.

    Raises
    ------
    MissingExtraError
        If it holds a figure and the packages that draw are not installed.

    Examples
    --------
    >>> page = render_html(Document("Title", "", "", (), (("Version", "1"),)))
    >>> page.startswith("<!doctype html>"), "http" in page
    (True, False)
    """
    page = _environment().get_template("page.html.j2")
    return page.render(
        document=document,
        draw=_drawn,
        style=Markup(_template("page.css")),
        version=__version__,
    )


def _drawn(block: Block) -> Markup:
    svg = Markup(render_svg(block.chart)) if isinstance(block, Figure) else ""
    template = _environment().get_template("block.html.j2")
    return Markup(template.render(block=block, kind=type(block).__name__, svg=svg))


@functools.cache
def _environment() -> Environment:
    return Environment(
        loader=FunctionLoader(_template),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@functools.cache
def _template(name: str) -> str:
    folder = resources.files("protocyte.report").joinpath("templates")
    return folder.joinpath(name).read_text(encoding="utf-8")
