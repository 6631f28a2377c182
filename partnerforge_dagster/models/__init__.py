"""Frozen pydantic records: facts with provenance, one file per module's result."""
