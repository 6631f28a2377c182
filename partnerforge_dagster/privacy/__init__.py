"""Forgetting people: finding a name in whatever is kept, and taking it out."""
