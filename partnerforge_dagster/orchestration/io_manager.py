"""Reads and writes module results: Dagster's IO manager over store/results.py.

A step hands over `{domain: Outcome}`; whoever takes a module as an input (a notebook, an asset of one's own) gets
`{domain: ModuleResult}` for the accounts of its run. Our own steps read their upstream in one query (enrichment.py).
"""

from pathlib import Path

import dagster as dg

from partnerforge_dagster.brief.files import write_brief
from partnerforge_dagster.models.result import ModuleResult, Status
from partnerforge_dagster.models.strategic_signal_brief import StrategicSignalBrief
from partnerforge_dagster.orchestration.enrichment import Outcome
from partnerforge_dagster.store.results import Results


class ResultsIOManager(dg.IOManager):
    """Rows of the results table, one for each account, module and run."""

    def __init__(self, results: Results, briefs: Path) -> None:
        self.results = results
        self._briefs = briefs

    def handle_output(self, context: dg.OutputContext, obj: dict[str, Outcome]) -> None:
        """Store the results that are not in the store yet (nothing is overwritten) and write the files of a brief."""
        module = context.asset_key.path[-1]
        for outcome in obj.values():
            if outcome.stored is None:
                self.results.put(outcome.result, module=module, run_id=context.run_id, duration_s=outcome.duration_s)
            if isinstance(outcome.result, StrategicSignalBrief) and outcome.result.status is not Status.UNAVAILABLE:
                write_brief(outcome.result, self._briefs)

    def load_input(self, context: dg.InputContext) -> dict[str, ModuleResult]:
        """The newest result of the upstream module for each account of this run."""
        module = context.asset_key.path[-1]
        stored = self.results.latest_of(list(context.asset_partition_keys), [module])
        return {account: row.result for (account, _), row in stored.items()}
