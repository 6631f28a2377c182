"""Mirrors partnerforge_dagster/scoring."""
