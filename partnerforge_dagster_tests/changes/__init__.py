"""Mirrors partnerforge_dagster/changes."""
