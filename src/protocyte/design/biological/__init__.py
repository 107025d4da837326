"""Designs that look for the optimal biological dose, by toxicity and response."""
