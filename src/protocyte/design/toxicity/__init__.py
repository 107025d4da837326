"""Designs that look for a dose by its toxicity."""
