"""`partnerforge brief`: print or place the brief of an account that has one."""

from enum import StrEnum
from typing import Annotated

import typer

from partnerforge_dagster.cli.common import domains_of, err, open_deployment, out, refuse
from partnerforge_dagster.models.modules import BRIEF


class Form(StrEnum):
    """Forms of a brief."""

    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"
    PATHS = "paths"


def brief(
    domain: Annotated[str, typer.Argument(help="The account.")],
    form: Annotated[
        Form, typer.Option("--format", help="What to print; `paths` says where the files are.")
    ] = Form.MARKDOWN,
) -> None:
    """Print the newest brief of an account. Nothing is fetched or spent.

    [bold]Examples[/]

      partnerforge brief costco.com

      partnerforge brief costco.com --format html > costco.html

      partnerforge brief costco.com --format paths
    """
    from partnerforge_dagster.brief.files import write_brief
    from partnerforge_dagster.models.result import Status
    from partnerforge_dagster.models.strategic_signal_brief import StrategicSignalBrief
    from partnerforge_dagster.store.results import Results

    (account,) = domains_of([domain])
    deployment = open_deployment()
    stored = Results(deployment.engine).latest(account, BRIEF)
    result = stored.result if stored is not None and stored.status is not Status.UNAVAILABLE else None
    if not isinstance(result, StrategicSignalBrief):
        refuse(f"{account} has no brief yet: partnerforge enrich {account}", code=1)
    files = write_brief(result, deployment.settings.briefs)
    if form is Form.PATHS:
        for path in files:
            out.print(str(path), soft_wrap=True)
        return
    typer.echo(getattr(files, form.value).read_text(encoding="utf-8"))
    err.print(f"also at {files.html}", style="dim", soft_wrap=True)
