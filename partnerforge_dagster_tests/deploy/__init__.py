"""Tests of what a team server is made of: image, compose file, reverse proxy, runbooks."""
