"""Draw the figures of virtual patients into docs/_static, by the command that readers use.

Run from the root: ``python docs/_generate/virtual_patients.py``. A folder given after it takes PNG
copies to look at.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from protocyte.cli import main

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "docs" / "_static"
#: What is typed, beside seed and number; the pages show the same.
FIGURES = {"knobs_kj-c2320": "protocols/kj-c2320", "knobs_wu-cart-007": "protocols/wu-cart-007"}
WHITE = '<rect width="100%" height="100%" fill="white"/>'


def draw(protocol: str, folder: Path) -> str:
    """Run the command, and give its figure on white."""
    words = ["protocyte", "simulate", str(ROOT / protocol), "--population", "4000", "--seed", "1"]
    with patch.object(sys, "argv", [*words, "-o", str(folder), "--json"]):
        try:
            main()
        except SystemExit as left:
            if left.code:
                raise
    start, end, rest = (folder / "population.svg").read_text("utf-8").partition(">")
    return f"{start}{end}{WHITE}{rest}"


if __name__ == "__main__":
    for name, protocol in FIGURES.items():
        with TemporaryDirectory() as place:
            (STATIC / f"{name}.svg").write_text(draw(protocol, Path(place)), "utf-8")
            if len(sys.argv) > 1:
                picture = (Path(place) / "population.png").read_bytes()
                (Path(sys.argv[1]) / f"{name}.png").write_bytes(picture)
