"""`partnerforge forget`: take an account or a person out of everything that is kept.

Not for: what is found where (store/forgetting.py, orchestration/forgetting.py), or letting go by age (cleaning.py).
"""

import json
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from partnerforge_dagster.cli.common import Deployment, complain, domains_of, err, open_deployment, out, refuse

if TYPE_CHECKING:
    from partnerforge_dagster.privacy.names import Forgotten

Counting = Callable[[bool], "Counter[str]"]
"""Acts or only counts; what was found, by kind."""


@dataclass(frozen=True)
class Subject:
    """Whom or what it is about."""

    words: str
    account: str | None
    name: str | None


def forget(
    domain: Annotated[str | None, typer.Argument(metavar="DOMAIN", help="The account to forget.")] = None,
    person: Annotated[
        str | None, typer.Option(metavar="NAME", help="The person to forget: first and last name.")
    ] = None,
    account: Annotated[
        str | None, typer.Option(metavar="DOMAIN", help="With --person: in this account only, not in all.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines. Needs --yes.")] = False,
) -> None:
    """Take an account or a person out of results, changes, briefs, stored answers, the ledger and Dagster's records.

    An account goes as a whole; what its calls cost stays counted, without its name. A person's statements go, and
    a keyed hash stays behind, so that no refresh brings the person back. Broken off, the same command goes on. Copies
    that you made (exports, backups, published briefs) are yours to look through.

    [bold]Examples[/]

      partnerforge forget costco.com

      partnerforge forget --person "Jane Doe" --dry-run

      partnerforge forget --person "Jane Doe" --account costco.com --yes
    """
    subject = _subject(domain, person, account)
    if as_json and not (yes or dry_run):
        refuse("--json asks nobody: add --yes, or --dry-run")
    deployment = open_deployment()
    _nothing_under_way(deployment, subject)
    counting = _person(deployment, subject, act=not dry_run) if subject.name else _account(deployment, subject)
    found = counting(False)
    if not dry_run:
        _ask(subject, found, yes=yes)
        counting(True)
    left = found if dry_run else counting(False)
    if not dry_run:
        _compact(deployment)
    _tell(subject, found, left, dry_run=dry_run, as_json=as_json)
    if not dry_run and left.total():
        complain("something was stored meanwhile; give the same command again")
        raise typer.Exit(1)


def _subject(domain: str | None, person: str | None, account: str | None) -> Subject:
    from partnerforge_dagster.privacy.names import BadName, digest

    if (domain is None) == (person is None):
        refuse("say whom to forget: an account (partnerforge forget costco.com) or --person 'Jane Doe'")
    if account is not None and person is None:
        refuse("--account goes with --person; an account as a whole is: partnerforge forget DOMAIN")
    where = next(iter(domains_of([text for text in (domain, account) if text is not None])), None)
    if person is None:
        return Subject(f"{where}", where, None)
    try:
        digest(person, b"only checked")
    except BadName as error:
        refuse(str(error))
    return Subject(f"{person} in {where or 'all accounts'}", where, person)


def _nothing_under_way(deployment: Deployment, subject: Subject) -> None:
    from partnerforge_dagster.orchestration.forgetting import under_way

    busy = under_way(deployment.instance, subject.account)
    if busy:
        ids = " ".join(sorted(work.id for work in busy)[:5])
        refuse(
            f"{len(busy)} runs or backfills are under way and could bring it back; partnerforge cancel {ids}", code=1
        )


def _account(deployment: Deployment, subject: Subject) -> Counting:
    from partnerforge_dagster.orchestration import forgetting as dagster
    from partnerforge_dagster.store import forgetting as store

    domain = subject.account or ""

    def counting(act: bool) -> Counter[str]:
        briefs = _brief_files(deployment, domain)
        if act:
            for path in briefs:
                path.unlink(missing_ok=True)
        found = Counter({"brief files": len(briefs)})
        records = dagster.forget_account(deployment.instance, domain, act=act)
        found.update({f"dagster: {kind}": n for kind, n in records.items()})
        found.update(store.forget_account(deployment.engine, domain, act=act))
        return found

    return counting


def _brief_files(deployment: Deployment, domain: str) -> list[Path]:
    from partnerforge_dagster.brief.files import brief_files

    return [path for path in brief_files(domain, deployment.settings.briefs) if path.exists()]


def _person(deployment: Deployment, subject: Subject, *, act: bool) -> Counting:
    from partnerforge_dagster.orchestration import forgetting as dagster
    from partnerforge_dagster.privacy.names import Forgotten, digest
    from partnerforge_dagster.store import forgetting as store
    from partnerforge_dagster.store.forgotten import new_key, remember, store_key

    name = subject.name or ""
    key = store_key(deployment.engine) if act else new_key()
    known = digest(name, key)
    forgotten = Forgotten(key, frozenset({known}))

    def counting(act: bool) -> Counter[str]:
        if act:
            remember(deployment.engine, known, subject.account)
        found = store.forget_person(deployment.engine, forgotten, subject.account, act=act)
        found["brief files"] = _clean_briefs(deployment, forgotten, subject.account, act=act)
        rest = dagster.forget_person(deployment.instance, forgotten, name.split()[-1], subject.account, act=act)
        found.update({f"dagster: {kind}": n for kind, n in rest.items()})
        return found

    return counting


def _clean_briefs(deployment: Deployment, forgotten: "Forgotten", account: str | None, *, act: bool) -> int:
    """Briefs that name the person are written again from what is stored now, or removed."""
    from partnerforge_dagster.brief.files import brief_files, write_brief
    from partnerforge_dagster.models.modules import BRIEF
    from partnerforge_dagster.models.strategic_signal_brief import StrategicSignalBrief
    from partnerforge_dagster.store.results import Results

    folder = deployment.settings.briefs
    found = 0
    for file in sorted(folder.glob("*.json")) if account is None else [brief_files(account, folder).json]:
        domain = file.name.removesuffix(".json")
        files = [path for path in brief_files(domain, folder) if path.exists()]
        naming = [path for path in files if forgotten.named_in(path.read_text(encoding="utf-8"))]
        found += len(naming)
        if act and naming:
            stored = Results(deployment.engine).latest(domain, BRIEF)
            if stored is not None and isinstance(stored.result, StrategicSignalBrief):
                write_brief(stored.result, folder)
            else:
                for path in files:
                    path.unlink(missing_ok=True)
    return found


def _ask(subject: Subject, found: "Counter[str]", *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        refuse("nobody can be asked here: add --yes, or look first with --dry-run")
    err.print(_table(found, None))
    if not typer.confirm(f"Forget {subject.words}? This cannot be undone.", err=True):
        err.print("nothing was changed")
        raise typer.Exit(1)


def _compact(deployment: Deployment) -> None:
    """Deleted rows are overwritten, or they could still be read in the file."""
    from partnerforge_dagster.orchestration import forgetting as dagster
    from partnerforge_dagster.store import forgetting as store

    store.compact(deployment.engine)
    dagster.compact()


def _tell(subject: Subject, found: "Counter[str]", left: "Counter[str]", *, dry_run: bool, as_json: bool) -> None:
    gone = Counter({kind: 0 if dry_run else count - left[kind] for kind, count in found.items()})
    if as_json:
        report = {"forgotten": subject.words, "found": dict(found), "removed": dict(gone), "left": dict(left)}
        typer.echo(json.dumps(report))
        return
    out.print(_table(found, gone))
    if dry_run:
        out.print("nothing was changed (--dry-run)")
    elif not found.total():
        out.print(f"nothing is kept about {subject.words}")


def _table(found: "Counter[str]", gone: "Counter[str] | None") -> Table:
    table = Table("what", "found", *(["removed"] if gone is not None else []), box=None, pad_edge=False)
    for kind, count in found.items():
        table.add_row(kind, f"{count:,}", *([f"{gone[kind]:,}"] if gone is not None else []))
    return table
