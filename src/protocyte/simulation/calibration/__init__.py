"""Parameters from patients: what can be fitted is fitted, with its uncertainty, and scored.

One law: a fitted number comes with its posterior and with the command that makes it again.
"""
