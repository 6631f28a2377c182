"""What a run would do before it does it. Pure: the store is read by the caller, and no provider is asked."""
