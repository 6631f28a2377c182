"""Mirrors partnerforge_dagster/assets."""
