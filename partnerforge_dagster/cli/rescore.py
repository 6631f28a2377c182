"""`partnerforge rescore`: what another seller profile would make of the accounts, without a call and changing nothing.

Not for: the comparison (scoring/moving.py) or the scores (orchestration/rescoring.py).
"""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from partnerforge_dagster.cli.common import Deployment, domains_of, open_deployment, out, refuse
from partnerforge_dagster.seller import BadSeller, Seller, load_seller
from partnerforge_dagster.wording import title

if TYPE_CHECKING:
    from partnerforge_dagster.scoring.moving import Move, Scored, ScoreMove

AT_ONCE = 200
"""Accounts whose results are in memory together."""


def rescore(
    seller: Annotated[Path, typer.Option("--seller", metavar="FILE", help="The other seller profile.")],
    domains: Annotated[list[str] | None, typer.Argument(help="Only these; otherwise every account.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")] = False,
) -> None:
    """Show who moves when weights change: scores under another seller profile beside those under the present one.

    Both are made now of the same stored results, as of their day, so that only the profile differs. Nothing is asked,
    paid or stored. To work with the other profile, set PARTNERFORGE_SELLER to it. What modules looked for with the
    present profile's technologies stays as it was found. Exit status 1: no account has results.

    [bold]Examples[/]

      partnerforge rescore --seller heavier-on-traffic.yaml

      partnerforge rescore costco.com etsy.com --seller other.yaml --json
    """
    asked = domains_of(domains or [])
    try:
        other = load_seller(seller)
    except BadSeller as error:
        refuse(f"--seller: the profile is wrong\n  {error}")
    deployment = open_deployment()
    found = _moves(deployment, asked, load_seller(deployment.settings.seller), other)
    if as_json:
        typer.echo(json.dumps({"accounts": {move.account: _document(move) for move in found}}))
    elif found:
        _tell(found)
    else:
        out.print("no account has results to score; begin with: partnerforge enrich costco.com")
    raise typer.Exit(0 if found else 1)


def _moves(deployment: Deployment, asked: list[str], present: Seller, other: Seller) -> "list[Move]":
    from partnerforge_dagster.definitions import declared_modules
    from partnerforge_dagster.orchestration.rescoring import scored, stands_on
    from partnerforge_dagster.scoring.moving import moves
    from partnerforge_dagster.store.accounts import Accounts
    from partnerforge_dagster.store.results import Results

    modules = declared_modules()
    old: dict[str, Scored] = {}
    new: dict[str, Scored] = {}
    accounts = asked or Accounts(deployment.engine).all()
    for start in range(0, len(accounts), AT_ONCE):
        some = accounts[start : start + AT_ONCE]
        rows = Results(deployment.engine).latest_of(some, stands_on(modules))
        for account in some:
            results = {module: row.result for (owner, module), row in rows.items() if owner == account}
            if results:
                old[account] = asyncio.run(scored(modules, results, present))
                new[account] = asyncio.run(scored(modules, results, other))
    return moves(old, new)


def _tell(found: "Sequence[Move]") -> None:
    """A row for each account that moves; under the table, line by line, what moved it."""
    moved = [move for move in found if move.moved]
    if moved:
        table = Table("rank", "account", "tier", "fit", "intent", "displacement", box=box.SIMPLE_HEAD)
        for move in moved:
            scores = [_shown(move.scores[name]) for name in ("fit", "intent", "displacement")]
            table.add_row(_rank(move), move.account, _tier(move), *scores)
        out.print(table)
        out.print("Why", style="bold")
        for move in moved:
            _explain(move)
    out.print(f"{len(moved)} of {len(found)} accounts move", style="dim")


def _explain(move: "Move") -> None:
    out.print(f"  {move.account}")
    for name, score in move.scores.items():
        if score.old != score.new or score.parts:
            out.print(Text.assemble("    ", name, " ", _shown(score)))
        for part in score.parts:
            points = f"{part.old:g} of {part.old_weight:g} → {part.new:g} of {part.new_weight:g}"
            said = f"{part.by:+.1f}  {title(part.name)}: {points}"
            out.print(Padding(Text(f"{said}. {part.reason}", "dim"), (0, 0, 0, 6)))
    if all(score.old == score.new for score in move.scores.values()):
        out.print("      its own scores stay; others moved past it", style="dim")


def _rank(move: "Move") -> Text:
    if move.old_rank == move.new_rank:
        return Text(str(move.new_rank))
    return Text(f"{move.old_rank} → {move.new_rank}", "green" if move.new_rank < move.old_rank else "red")


def _tier(move: "Move") -> Text:
    old, new = (tier.value if tier else "unknown" for tier in (move.old_tier, move.new_tier))
    return Text(new) if old == new else Text(f"{old} → {new}", "bold")


def _shown(score: "ScoreMove") -> Text:
    if score.new is None:
        return Text("unknown", "dim")
    if score.old is None or not score.by:
        return Text(f"{score.new:.1f}", "dim")
    return Text(f"{score.old:.1f} → {score.new:.1f} ({score.by:+.1f})", "green" if score.by > 0 else "red")


def _document(move: "Move") -> dict[str, Any]:
    document = move.model_dump(mode="json", exclude={"account"})
    for name, score in move.scores.items():
        document["scores"][name]["by"] = score.by
    return {**document, "moved": move.moved}
