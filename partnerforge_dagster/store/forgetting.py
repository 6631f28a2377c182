"""Takes an account or a person out of PartnerForge's own tables. What was paid stays counted, without a name.

Each function is one transaction and says how many rows of which table it was about; without `act` it only counts.
Doing it again finds nothing more. Afterwards `compact` has the database let go of what it has only marked as deleted.
Not for: Dagster's tables and files (orchestration/forgetting.py), who stays forgotten (forgotten.py).
"""

import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Table, delete, func, or_, select, update

from partnerforge_dagster.changes.beliefs import Baseline
from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.privacy.bodies import body_without
from partnerforge_dagster.privacy.names import Forgotten
from partnerforge_dagster.privacy.records import baseline_without, without
from partnerforge_dagster.store.database import write
from partnerforge_dagster.store.letting_go import clear, remove, remove_names
from partnerforge_dagster.store.results import content_hash
from partnerforge_dagster.store.tables import accounts, answers, baselines, calls, changes, failures, leases, results

Found = Counter[str]
"""Rows by table."""

_CHUNK = 200


def forget_account(engine: Engine, domain: str, *, act: bool) -> Found:
    """Results, changes, failures and answers go; calls stay in the ledger without account, question and words."""
    with write(engine) as connection:
        found: Found = Counter()
        for table in (results, baselines, changes, failures):
            found[table.name] = remove(connection, table, table.c.account == domain, act=act)
        found[answers.name] = remove(connection, answers, _about(domain), act=act)
        found[calls.name] = remove_names(connection, calls.c.account == domain, act=act)
        found[leases.name] = _remove_host(connection, domain, act=act)
        found[accounts.name] = remove(connection, accounts, accounts.c.domain == domain, act=act)
        return found


def _about(domain: str) -> ColumnElement[bool]:
    """Answers that were asked for this account alone, and those whose address names it."""
    asked = select(calls.c.question).where(calls.c.account == domain, calls.c.question.is_not(None))
    by_others = select(calls.c.question).where(calls.c.account != domain, calls.c.question.is_not(None))
    address = func.lower(answers.c.url)
    named = [
        address.contains(f"{before}{domain}{after}", autoescape=True)
        for before in ("=", "/", ".", "%2f", "%2c", ",", "+")
        for after in ("/", "&", "%2f", "%3e", "%2c", ",", "+")
    ]
    ends = [address.endswith(f"{before}{domain}", autoescape=True) for before in ("=", "/", ".")]
    return (answers.c.key.in_(asked) & answers.c.key.not_in(by_others)) | or_(*named, *ends)


def _remove_host(connection: Connection, domain: str, *, act: bool) -> int:
    """Requests to its own site: they still count in the provider's minute."""
    which = (leases.c.host == domain) | leases.c.host.endswith(f".{domain}", autoescape=True)
    return clear(connection, leases, which, {"host": ""}, act=act)


def forget_person(engine: Engine, forgotten: Forgotten, account: str | None, *, act: bool) -> Found:
    """A person's statements go and the names in what was paid for; `account` is the only one to look at."""
    with write(engine) as connection:
        found = Counter[str]()
        for row in _rows(connection, results, account):
            if forgotten.named_in(row["body"]):
                found[results.name] += 1
                if act:
                    _rewrite_result(connection, row, forgotten)
        for row in _rows(connection, baselines, account):
            said = zlib.decompress(row["body"]).decode() if row["body"] else ""
            if forgotten.named_in(said):
                found[baselines.name] += 1
                if act:
                    _rewrite_baseline(connection, row, said, forgotten)
        for row in _rows(connection, changes, account):
            if forgotten.named_in(row["body"]) or forgotten.named_in(row["item"]):
                found[changes.name] += 1
                if act:
                    connection.execute(delete(changes).where(changes.c.id == row["id"]))
        found[answers.name] = _clean_answers(connection, forgotten, account, act=act)
        found[failures.name] = _clean_words(connection, failures, ("reason", "dismissal"), forgotten, account, act=act)
        found[calls.name] = _clean_words(connection, calls, ("detail",), forgotten, account, act=act)
        return found


def _rows(connection: Connection, table: Table, account: str | None) -> Iterator[dict[str, Any]]:
    """All rows of the table, or those of one account; read by their keys first, as they are written meanwhile."""
    keys = list(table.primary_key.columns)
    wanted = select(*keys) if account is None else select(*keys).where(table.c.account == account)
    for key in connection.execute(wanted).all():
        this = [column == value for column, value in zip(keys, key, strict=True)]
        yield dict(connection.execute(select(table).where(*this)).mappings().one())


def _rewrite_result(connection: Connection, row: dict[str, Any], forgotten: Forgotten) -> None:
    result = without(MODULES[row["module"]].result.model_validate_json(row["body"]), forgotten)
    new = content_hash(result)
    same = [results.c[name] == row[name] for name in ("account", "module", "run_id")]
    twin = select(results.c.id).where(*same, results.c.content_hash == new, results.c.id != row["id"])
    this = results.c.id == row["id"]
    if connection.execute(twin).first():
        connection.execute(delete(results).where(this))
    else:
        connection.execute(update(results).where(this).values(body=result.model_dump_json(), content_hash=new))


def _rewrite_baseline(connection: Connection, row: dict[str, Any], said: str, forgotten: Forgotten) -> None:
    module = row["module"]
    kept = baseline_without(Baseline.model_validate_json(said), module, forgotten)
    this = (baselines.c.account == row["account"]) & (baselines.c.module == module)
    body = zlib.compress(kept.model_dump_json(exclude_defaults=True).encode())
    connection.execute(update(baselines).where(this).values(body=body))


def _clean_answers(connection: Connection, forgotten: Forgotten, account: str | None, *, act: bool) -> int:
    """Bodies are redacted, so that nothing is bought again; an answer to a question that names the person goes."""
    wanted = select(answers.c.key)
    if account is not None:
        wanted = wanted.where(answers.c.key.in_(select(calls.c.question).where(calls.c.account == account)))
    found = 0
    for key in connection.execute(wanted).scalars().all():
        this = answers.c.key == key
        row = connection.execute(select(answers.c.url, answers.c.headers, answers.c.body).where(this)).one()
        body = zlib.decompress(row.body)
        cleaned = body_without(body, forgotten)
        in_question = forgotten.named_in(row.url) or forgotten.named_in(row.headers)
        if not in_question and cleaned == body:
            continue
        found += 1
        if act and in_question:
            connection.execute(delete(answers).where(this))
        elif act:
            connection.execute(update(answers).where(this).values(body=zlib.compress(cleaned)))
    return found


def _clean_words(
    connection: Connection,
    table: Table,
    columns: tuple[str, ...],
    forgotten: Forgotten,
    account: str | None,
    *,
    act: bool,
) -> int:
    keys = list(table.primary_key.columns)
    wanted = select(*keys, *(table.c[name] for name in columns))
    wanted = wanted.where(or_(*(table.c[name].is_not(None) for name in columns)))
    if account is not None:
        wanted = wanted.where(table.c.account == account)
    found = 0
    for row in connection.execute(wanted).mappings().all():
        cleaned = {
            name: forgotten.redacted(row[name]) for name in columns if row[name] and forgotten.named_in(row[name])
        }
        if cleaned:
            found += 1
            if act:
                this = [column == row[column.name] for column in keys]
                connection.execute(update(table).where(*this).values(cleaned))
    return found


def compact(engine: Engine) -> None:
    """Have the database overwrite what is deleted: SQLite keeps it in free pages, PostgreSQL in dead rows."""
    connection = engine.raw_connection()
    try:
        if engine.dialect.name == "sqlite":
            statements = ["VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"]
        else:
            connection.driver_connection.autocommit = True  # type: ignore[union-attr]  # psycopg2's
            tables = (results, baselines, changes, failures, answers, calls, leases, accounts)
            statements = [f"VACUUM {table.name}" for table in tables]
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        cursor.close()
    finally:
        connection.invalidate()
        connection.close()
