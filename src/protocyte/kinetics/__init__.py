"""Biology as equations, without chance: what becomes of the cells after the infusion.

One module a published model, named by its paper. A model is a table of parameters with their
sources (`PARAMETERS`), a `solve_` function that takes them by name, and its `REFERENCES`.
One law: nothing here draws a random number, and no parameter is without a source.
"""
