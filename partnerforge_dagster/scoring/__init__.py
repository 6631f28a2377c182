"""Pure functions: facts and signals -> scores with their parts. No input/output, no clock."""
