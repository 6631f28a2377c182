"""One file per section of the brief: findings -> cited statements."""
