"""The one path of every provider call: cache, budget, breaker, limiter, request, retry, ledger."""
