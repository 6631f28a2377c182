"""Every command line of docs/deploy.md and of the runbooks could be given: commands, options, services and files exist.

Not for: whether they help; that was tried by hand, and some of it is in test_containers.py.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.main import get_command

from partnerforge_dagster.cli import app

ROOT = Path(__file__).parents[2]
RUNBOOKS = ROOT / "docs" / "runbooks"
PAGES = [ROOT / "docs" / "deploy.md", *sorted(RUNBOOKS.glob("*.md"))]
SERVICES = set(yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"])
COMPOSE = {"build", "cp", "down", "exec", "logs", "ps", "restart", "run", "stop", "up"}
TAKES_SERVICES = {"exec", "logs", "ps", "restart", "run", "stop"}
VALUED = {"--tail", "--profile"}
Refused: Any = typer.BadParameter.__base__
"""What typer raises for any wrong command line: it has a click of its own, without a public name for this."""
ENDS = {"|", ">", "<", "&&", ";"}


def command_lines(page: Path) -> Iterator[list[str]]:
    """What a page tells to type, in blocks and in running text, as words up to the first pipe or redirection."""
    text = page.read_text(encoding="utf-8")
    lines = [
        line
        for block in re.findall(r"^```bash\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        for line in block.splitlines()
    ]
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    lines += [code for code in re.findall(r"`([^`]+)`", prose) if code.startswith(("partnerforge ", "docker compose "))]
    for line in lines:
        words = shlex.split(line, comments=True)
        if words:
            yield words[: next((place for place, word in enumerate(words) if word in ENDS), len(words))]


def parse(words: list[str]) -> None:
    """Parse a command of ours without running it. Refused when it could not be given."""
    command: Any = get_command(app)
    while words and words[0] in getattr(command, "commands", ()):
        command, words = command.commands[words[0]], words[1:]
    assert not hasattr(command, "commands") or words == ["--version"], f"{words}: no such command"
    command.make_context("partnerforge", list(words), resilient_parsing=words == ["--version"])


def check(words: list[str]) -> None:
    """Fail when a line names what is not there."""
    if words[0] == "partnerforge":
        parse(words[1:])
    elif words[:2] == ["docker", "compose"]:
        arguments = [word for word in words[2:] if not word.startswith("-")]
        options = {words[place + 1] for place, word in enumerate(words[:-1]) if word in VALUED}
        verb, *rest = [word for word in arguments if word not in options]
        assert verb in COMPOSE, words
        if verb in {"exec", "run"}:
            assert rest[0] in SERVICES, words
            if rest[1:2] == ["partnerforge"]:
                parse(words[words.index("partnerforge") + 1 :])
        elif verb in TAKES_SERVICES:
            assert set(rest) <= SERVICES, words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_of_the_page_exist(page: Path) -> None:
    """Ours parse; compose's name services that there are."""
    found = list(command_lines(page))
    assert found
    for words in found:
        try:
            check(words)
        except Refused as error:
            pytest.fail(f"{shlex.join(words)}: {error.format_message()}")


@pytest.mark.parametrize(
    "line", ["partnerforge cancle 4f1c2a9b", "partnerforge runs --state queued", "docker compose restart codes"]
)
def test_a_command_that_does_not_exist_is_found(line: str) -> None:
    """The check itself: a wrong command, option or service fails."""
    with pytest.raises((Refused, AssertionError)):
        check(shlex.split(line))


def test_every_runbook_begins_with_what_is_seen() -> None:
    """Somebody in trouble knows what they see, not what it is called; and the first page leads to each."""
    index = (RUNBOOKS / "README.md").read_text(encoding="utf-8")
    runbooks = [path for path in RUNBOOKS.glob("*.md") if path.name != "README.md"]
    assert len(runbooks) == 8
    for path in runbooks:
        title, _, first = path.read_text(encoding="utf-8").split("\n", 2)
        assert title.startswith("# ")
        assert first.startswith("**You see**"), path.name
        assert f"]({path.name})" in index
