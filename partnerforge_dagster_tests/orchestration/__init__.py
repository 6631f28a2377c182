"""Executor, module decorator, enrichment, assets: on real Dagster instances."""
