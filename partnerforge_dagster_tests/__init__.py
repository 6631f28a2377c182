"""Mirrors the package. Fakes sit on the wire; databases, Dagster instances, processes and browsers are real."""
