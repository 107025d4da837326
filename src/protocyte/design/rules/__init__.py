"""Rules that wrap a design: each holds one and answers the same questions."""
