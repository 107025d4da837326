"""Designs that decide while outcomes are pending, and those that backfill lower doses."""
