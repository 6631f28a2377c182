"""Search engines behind `WebSearch`: one file per engine, each request -> records and status -> failure."""
