"""SQL tables and queries: accounts, results, calls; SQLite and PostgreSQL by URL."""
