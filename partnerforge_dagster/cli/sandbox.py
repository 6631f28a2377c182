"""`partnerforge sandbox`: serve the emulated providers for other programs, with a log that can judge us."""

from pathlib import Path
from typing import Annotated

import typer

from partnerforge_dagster.cli.common import checked_settings, refuse


def sandbox(
    port: Annotated[
        int,
        typer.Option(min=0, max=65535, metavar="PORT", help="Port; 0 takes a free one and says which."),
    ] = 8765,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Address to listen on; any but the default lets other machines in.")
    ] = "127.0.0.1",
    log: Annotated[
        Path | None, typer.Option(metavar="FILE", help="One JSON line a request received and one an answer sent.")
    ] = None,
    latency: Annotated[
        str, typer.Option(metavar="HOW", help="realistic (the design's seconds a module), none, or a factor: 0.1.")
    ] = "none",
    faults: Annotated[str, typer.Option(metavar="RULES", help="Faults to play, comma separated; see above.")] = "",
) -> None:
    """Serve every provider's wire format on one port, without network or keys, until Ctrl-C.

    Point PartnerForge at it with PARTNERFORGE_SANDBOX_URL=http://127.0.0.1:8765.

    A fault is provider\\[/path]\\[@domain]:kind\\[:share\\[:seconds]]: which requests, about which account, what
    happens to them, to what share of them (0 to 1), for how long. Kinds: down, timeout, reset, 429, 500, truncated,
    html, error200, slow, unauthorized. Providers: builtwith, similarweb, yahoo, sec_edgar, web_search, job_boards,
    wikidata, web_page.

    [bold]Examples[/]

      partnerforge sandbox --port 8765 --log requests.jsonl

      partnerforge sandbox --latency 0.1 --faults builtwith:down,yahoo:429:0.3

      partnerforge sandbox --faults similarweb/v5:slow:1:20
    """
    from partnerforge_dagster.providers.sandbox.serve import serve

    today = checked_settings().sandbox_date()
    try:
        serve(port=port, log=log, latency=latency, faults=faults, today=today, host=host)
    except ValueError as error:
        refuse(str(error))
    except OSError as error:
        if error.filename is not None:
            refuse(f"cannot write the log {error.filename!r}: {error.strerror}")
        refuse(f"cannot listen on port {port} of {host}: {error.strerror}; see --host and --port (0: any that is free)")
