"""Kills processes of a deployment of its own at random moments, and judges by an outside log what came of it."""
