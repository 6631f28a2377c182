"""Programs that print ratios against a reference in the same run. Not for: tests."""
