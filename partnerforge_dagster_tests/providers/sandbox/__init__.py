"""Tests of the emulated providers."""
