"""What is asked for and what is kept: no personal data that no module needs."""

import json
import re
import zlib
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from partnerforge_dagster.models.modules import MODULES
from partnerforge_dagster.store.database import open_engine
from partnerforge_dagster.store.tables import answers, baselines, results
from partnerforge_dagster_tests.cli.running import run, sandbox, store_in
from partnerforge_dagster_tests.once import made_once

MAIL = re.compile(r"[\w.+-]{2,}@[\w-]+\.[a-z]{2,}", re.IGNORECASE)
PHONE = re.compile(r"(?<![\w.-])(?:\+\d{1,3}[ .-])?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?![\w.-])")
OFFICES = ("info@", "press@", "jobs@", "careers@", "ir@", "media@", "support@", "hello@", "contact@")


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, object]]]:
    """A deployment after two accounts, and the served sandbox's log of what came over the wire."""

    def make(folder: Path) -> list[dict[str, object]]:
        log = folder / "wire.jsonl"
        with sandbox(folder, "--log", str(log)) as (_, url):
            done = run(folder, "enrich", "costco.com", "gymshark.com", "--json", PARTNERFORGE_SANDBOX_URL=url)
            assert done.code == 0, done.err
        return [json.loads(line) for line in log.read_text().splitlines()]

    return made_once(tmp_path_factory, "kept", make)


def test_builtwith_is_told_to_leave_people_out(asked: tuple[Path, list[dict[str, object]]]) -> None:
    """Every domain lookup on the wire carries NOPII: by the stored questions, as many as the log has."""
    folder, log = asked
    engine = open_engine(store_in(folder))
    with engine.connect() as connection:
        urls = list(connection.execute(select(answers.c.url).where(answers.c.provider == "builtwith")).scalars())
    engine.dispose()
    lookups = [urlsplit(url) for url in urls if re.fullmatch(r"/v\d+/api\.json", urlsplit(url).path)]
    heard = [line for line in log if line["event"] == "request" and re.match(r"/v\d+/api\.json", str(line["path"]))]
    assert lookups
    assert len(heard) == len(lookups)
    assert all("NOPII" in parse_qs(lookup.query, keep_blank_values=True) for lookup in lookups)


def test_no_mail_and_no_telephone_of_people_is_kept(asked: tuple[Path, list[dict[str, object]]]) -> None:
    """Neither in results and beliefs, nor in answers as they came."""
    folder, _ = asked
    engine = open_engine(store_in(folder))
    with engine.connect() as connection:
        texts = list(connection.execute(select(results.c.body)).scalars())
        packed = [
            *connection.execute(select(baselines.c.body)).scalars(),
            *connection.execute(select(answers.c.body)).scalars(),
        ]
    engine.dispose()
    texts += [zlib.decompress(body).decode("utf-8", "replace") for body in packed if body]
    assert len(texts) > 2 * len(MODULES)
    mails = {mail for text in texts for mail in MAIL.findall(text) if not mail.lower().startswith(OFFICES)}
    assert mails == set()
    own = {"phone", "telephone"}  # a filer's switchboard, in the SEC's own answer
    phones = {
        (phone, text[max(0, text.find(phone) - 30) : text.find(phone)])
        for text in texts
        for phone in PHONE.findall(text)
    }
    assert {phone for phone, before in phones if not any(word in before.lower() for word in own)} == set()
