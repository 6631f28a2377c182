"""The fifteen modules: one file each, named like the asset; one async function about ONE account."""
