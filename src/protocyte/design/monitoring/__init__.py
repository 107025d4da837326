"""Watching an unwanted event while people are treated: boundaries, and what they do."""
