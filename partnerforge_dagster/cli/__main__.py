"""`python -m partnerforge_dagster.cli`: the command line without its installed entry point."""

from partnerforge_dagster.cli import main

main()
