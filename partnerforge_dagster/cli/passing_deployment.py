"""A deployment that lasts as long as a command: a store and a Dagster instance of its own in a temporary folder.

What a recording or its replay makes must come of the recorded answers alone: a store that holds anything else would
add what changed since, and reuse what is fresh.
Not for: what is run in it (recording.py, enrich.py).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from partnerforge_dagster.cli.common import Deployment, prepare_home
from partnerforge_dagster.models.base import Mode
from partnerforge_dagster.providers.clients import Tape
from partnerforge_dagster.settings import Settings


@contextmanager
def passing_deployment(
    main: Settings, *, tape: Tape, mode: Mode, as_of: datetime, briefs: Path, books: bool = True
) -> Iterator[Deployment]:
    """For the block. Calls that the tape lets out are limited, paid and noted by the main store; results go here.

    Without `books` the main store is not even opened: the tape lets nothing out.
    """
    with TemporaryDirectory(prefix="partnerforge-") as folder:
        url = f"sqlite:///{Path(folder, 'partnerforge.db')}"
        # Dagster's storages read these for themselves (orchestration/storage.py).
        os.environ.update(DAGSTER_HOME=folder, PARTNERFORGE_DATABASE_URL=url)
        prepare_home()
        from partnerforge_dagster import definitions
        from partnerforge_dagster.providers.clients import build_clients
        from partnerforge_dagster.store.database import open_engine

        own = main.model_copy(update={"mode": mode, "database_url": url, "briefs": briefs.absolute()})
        engine = definitions.open_store(own)
        ledger = open_engine(main.database_url) if books else engine
        clients = build_clients(main, ledger, tape=tape)
        definitions.work_with(settings=own, engine=engine, clients=clients, as_of=as_of)
        deployment = Deployment(own, engine, ledger)
        with deployment.instance:
            yield deployment
        engine.dispose()
        ledger.dispose()
