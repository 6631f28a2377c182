"""Several machines: network namespaces with addresses of their own, one PostgreSQL, one broker, one sandbox."""
