"""Forgetting accounts and people."""
