"""Designs of one dose: stages, boundaries and what is estimated after them."""
