"""Outcomes of virtual patients, judged from their courses and their own luck.

One module an outcome, each with a table of its numbers and where they come from.
One law: what a protocol defines (response and its day, dose-limiting toxicity) is judged by the
protocol's own words.
"""
