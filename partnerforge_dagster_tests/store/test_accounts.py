from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine

from partnerforge_dagster.store.accounts import Accounts, Added


def test_adding_is_idempotent(engine: Engine) -> None:
    """A known account is not added again, and a domain given twice counts once."""
    accounts = Accounts(engine)
    assert accounts.add(["b.com", "a.com", "b.com"]) == Added(new=("b.com", "a.com"), known=())
    assert accounts.add(["c.com", "a.com"]) == Added(new=("c.com",), known=("a.com",))
    assert accounts.all() == ["a.com", "b.com", "c.com"]
    assert "a.com" in accounts
    assert "d.com" not in accounts


def test_adding_nothing(engine: Engine) -> None:
    """An empty list adds nothing."""
    assert Accounts(engine).add([]) == Added((), ())


def test_many_accounts_at_once(engine: Engine) -> None:
    """Thirty-six thousand accounts are added in one call and every one is counted as new."""
    domains = [f"company-{n}.com" for n in range(36_000)]
    assert len(Accounts(engine).add(domains).new) == 36_000
    assert len(Accounts(engine).all()) == 36_000


def test_two_importers_of_one_file_share_the_new_accounts(engine: Engine) -> None:
    """Of importers that run together each account is new to exactly one."""
    accounts = Accounts(engine)
    domains = [f"company-{n}.com" for n in range(500)]
    with ThreadPoolExecutor(4) as threads:
        new = [domain for added in threads.map(accounts.add, [domains] * 4) for domain in added.new]
    assert sorted(new) == sorted(domains)
