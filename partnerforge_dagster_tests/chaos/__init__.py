"""Tests of partnerforge_dagster.chaos."""
