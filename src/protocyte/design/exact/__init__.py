"""Exact operating characteristics, by walking merged states."""
