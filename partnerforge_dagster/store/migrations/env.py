"""Alembic's entry: run the migrations on the connection (and in the transaction) that `migrate` opened."""

from alembic import context

from partnerforge_dagster.store.tables import metadata
from partnerforge_dagster.store.versions import VERSION_TABLE, take_over

connection = context.config.attributes["connection"]
take_over(connection)
context.configure(connection=connection, target_metadata=metadata, version_table=VERSION_TABLE)
with context.begin_transaction():
    context.run_migrations()
