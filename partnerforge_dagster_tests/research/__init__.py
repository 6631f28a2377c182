"""Mirrors partnerforge_dagster/research."""
