"""What speaks Dagster and is not a module: partitions, decorator, executor, IO manager, resources, checks, jobs."""
