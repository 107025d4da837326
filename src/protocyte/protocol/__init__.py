"""The plan: one trial, read from a file, with everything that is wrong with it."""
