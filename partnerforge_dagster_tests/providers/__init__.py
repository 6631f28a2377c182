"""Mirrors partnerforge_dagster/providers."""
