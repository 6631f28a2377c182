"""Which version the store's schema has, and under which name that is kept.

Dagster keeps the version of its own tables in `alembic_version`. In one PostgreSQL database both would write there, and
each would take the other's for a version that it does not know; so ours has a table of its own.
Not for: migrating (database.py), or what a version changes (migrations/versions).
"""

from importlib import resources
from typing import TYPE_CHECKING

from sqlalchemy import Connection, column, inspect, select, table

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

VERSION_TABLE = "partnerforge_version"
_OURS = table(VERSION_TABLE, column("version_num"))
_SHARED = table("alembic_version", column("version_num"))
"""Where stores had their version until it got a table of its own."""


def scripts() -> "ScriptDirectory":
    """The migrations that come with this version of PartnerForge."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "partnerforge_dagster:store/migrations")
    return ScriptDirectory.from_config(config)


def newest() -> str:
    """The version that this PartnerForge works with: the last file's.

    Every command asks for it, and alembic would take a fifth of a second to import.
    """
    files = resources.files("partnerforge_dagster").joinpath("store/migrations/versions").iterdir()
    return max(file.name.partition("_")[0] for file in files if file.name.endswith(".py"))


def version_of(connection: Connection) -> str | None:
    """The version of the store's schema; None where there is none yet."""
    return own_version(connection) or _shared_version(connection)


def own_version(connection: Connection) -> str | None:
    """The same, where it has its own table already."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(select(_OURS.c.version_num)).scalar_one_or_none()


def take_over(connection: Connection) -> None:
    """Give the version of an older store its own table; whatever else is in the old one is Dagster's."""
    version = _shared_version(connection)
    if version is None or inspect(connection).has_table(VERSION_TABLE):
        return
    from alembic.migration import MigrationContext

    MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).stamp(scripts(), version)
    connection.execute(_SHARED.delete().where(_SHARED.c.version_num == version))


def _shared_version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_SHARED.name):
        return None
    ours = {script.revision for script in scripts().walk_revisions()}
    return next((found for found in connection.execute(select(_SHARED.c.version_num)).scalars() if found in ours), None)
