"""Questions that several modules ask alike, in terms of providers and records."""
