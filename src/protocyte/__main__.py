"""`python -m protocyte` is `protocyte`."""

from protocyte.cli import main

main()
