"""One CAR-T trial protocol, written once as a file that is checked, simulated and analysed."""

from typing import Final

__version__: Final = "0.1.0"
