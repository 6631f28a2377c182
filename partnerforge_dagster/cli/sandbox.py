"""`partnerforge sandbox`: serve the emulated providers for other programs, with a log that can judge us."""

from pathlib import Path
from typing import Annotated

import typer

from partnerforge_dagster.cli.common import refuse


def sandbox(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one and says which.")
    ] = 8765,
    log: Annotated[
        Path | None, typer.Option(help="File for one JSON line a request received and one an answer sent.")
    ] = None,
    latency: Annotated[
        str, typer.Option(help="realistic (the design's seconds for each module), none, or a factor such as 0.1.")
    ] = "none",
    faults: Annotated[
        str, typer.Option(help="provider[/path]:kind[:share[:seconds]], comma separated; see below.")
    ] = "",
) -> None:
    """Serve every provider's wire format on one port, without network or keys, until Ctrl-C.

    Point PartnerForge at it with PARTNERFORGE_SANDBOX_URL=http://127.0.0.1:8765.

    Fault kinds: down, timeout, reset, 429, 500, truncated, html, error200, slow, unauthorized. Providers: builtwith,
    similarweb, yahoo, sec_edgar, web_search, job_boards, wikidata, web_page.

    [bold]Examples[/]

      partnerforge sandbox --port 8765 --log requests.jsonl

      partnerforge sandbox --latency 0.1 --faults builtwith:down,yahoo:429:0.3

      partnerforge sandbox --faults similarweb/v5:slow:1:20
    """
    from partnerforge_dagster.providers.sandbox.serve import serve
    from partnerforge_dagster.settings import settings

    try:
        serve(port=port, log=log, latency=latency, faults=faults, today=settings().sandbox_date())
    except (ValueError, OSError) as error:
        refuse(str(error))
