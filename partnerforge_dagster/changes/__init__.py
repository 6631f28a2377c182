"""What changed: each good result against what was believed before, field by field. Pure: no store, no clock."""
