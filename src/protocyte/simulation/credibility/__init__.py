"""How far the cell-kinetics model can be believed: what it says beside what trials published.

One law: a target is marked by whether the model was fitted to it, and a miss stays in the table.
"""
