"""Tests of the governor against fakes on the wire and real databases."""
