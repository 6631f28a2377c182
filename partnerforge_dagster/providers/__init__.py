"""One file per provider: endpoint -> typed record. `sandbox/` serves the same wire formats."""
