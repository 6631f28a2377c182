"""Tests that see the Dagster UI as a person does."""
