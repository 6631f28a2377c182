"""Tests of partnerforge_dagster.brief."""
