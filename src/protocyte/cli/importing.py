"""`protocyte import`: foreign data into a record."""

import typer

app = typer.Typer(
    help="Bring foreign data into a record.", no_args_is_help=True, rich_markup_mode="markdown"
)


@app.callback()
def importing() -> None:
    """Bring foreign data into a record.

    Example: `protocyte import table mapping.yaml data/ -o record/`
    """
