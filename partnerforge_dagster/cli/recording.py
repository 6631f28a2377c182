"""Deployments over a recording: one that records, one that replays.

Not for: the commands (record.py, enrich.py) or what a recording is (providers/recording.py).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from partnerforge_dagster.cli.common import Deployment, checked_settings, refuse
from partnerforge_dagster.settings import home

REPLAYED = "replayed"
"""Folder of the deployment that replays write their briefs to, each recording's in one of its own."""
BRIEFS = "briefs"
"""Folder of a recording with the briefs that were made as it was recorded."""


@contextmanager
def replaying(folder: Path) -> Iterator[Deployment]:
    """A deployment that takes every answer from the recording, in its mode and as of its moment."""
    from partnerforge_dagster.cli.passing_deployment import passing_deployment
    from partnerforge_dagster.providers.recording import BadRecording, Recording
    from partnerforge_dagster.providers.recording_transports import player

    main = checked_settings()
    try:
        recording = Recording.open(folder)
        recording.answers()  # a broken file is told now and not as fifteen modules' trouble
    except BadRecording as error:
        refuse(f"--replay: {error}")
    told = recording.manifest
    briefs = home().absolute() / REPLAYED / folder.absolute().name
    with passing_deployment(
        main, tape=player(recording), mode=told.mode, as_of=told.as_of, briefs=briefs, books=False
    ) as deployment:
        yield deployment


@contextmanager
def recording_to(folder: Path, accounts: Iterable[str]) -> Iterator[Deployment]:
    """A deployment that records every answer. Limits, budgets, cache and ledger are the main store's."""
    from partnerforge_dagster.cli.passing_deployment import passing_deployment
    from partnerforge_dagster.definitions import open_store
    from partnerforge_dagster.orchestration.enrichment import moment
    from partnerforge_dagster.providers.recording import BadRecording, Recording
    from partnerforge_dagster.providers.recording_transports import recorder
    from partnerforge_dagster.providers.redaction import keys_of
    from partnerforge_dagster.store.database import WrongMode

    main = checked_settings()
    try:
        open_store(main).dispose()
        recording = Recording.begin(folder, mode=main.mode, as_of=moment(main), accounts=accounts)
        recording.answers()
    except (BadRecording, WrongMode) as error:
        refuse(str(error))
    tape, as_of = recorder(recording, keys_of(main.providers)), recording.manifest.as_of
    with passing_deployment(main, tape=tape, mode=main.mode, as_of=as_of, briefs=folder / BRIEFS) as deployment:
        yield deployment
