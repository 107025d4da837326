"""Rows become estimates: numbers that carry their uncertainty."""
