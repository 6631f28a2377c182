"""Composes the brief from the modules' results: a pure function that gives a valid brief whatever is missing.

Not for: sentences (sections/), how it looks (render_*.py) or what changed since last time, which needs the store
and is filled in by whoever has it (`brief.model_copy(update={"changes": ...})`).
"""

from collections.abc import Callable, Mapping

from partnerforge_dagster.brief import missing, origins, series
from partnerforge_dagster.brief.citing import Citations, Writer
from partnerforge_dagster.brief.findings import Findings, sources_of
from partnerforge_dagster.brief.sections import facts, headline, say, who, why_now, why_us
from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.icp_priority_mapping import IcpPriorityMapping
from partnerforge_dagster.models.result import ModuleResult
from partnerforge_dagster.models.strategic_signal_brief import Section, Statement, StrategicSignalBrief
from partnerforge_dagster.seller import Seller

_SECTIONS: dict[Section, Callable[[Writer, Findings], None]] = {
    Section.HEADLINE: headline.write,
    Section.WHY_NOW: why_now.write,
    Section.WHY_US: why_us.write,
    Section.WHO: who.write,
    Section.WHAT_TO_SAY: say.write,
    Section.FACTS: facts.write,
}


def compose(account: Account, results: Mapping[str, ModuleResult], seller: Seller) -> StrategicSignalBrief:
    """The brief of `results` (by module name; missing and unavailable modules become gaps).

    Raises TypeError when a module's name holds another module's record.
    """
    findings = Findings(account, results, seller)
    citations = Citations()
    statements: list[Statement] = []
    for section, write in _SECTIONS.items():
        writer = Writer(section, citations)
        write(writer, findings)
        statements.extend(writer.statements)
    scores = {"fit": findings.fit, "intent": findings.intent, "displacement": findings.displacement}
    for score in scores.values():
        citations.cite(sources_of(score))
    mapping = findings.of(IcpPriorityMapping)
    charts = series.charts(findings, citations)
    conflicts = origins.disagreements(results, citations)
    gaps = missing.gaps(results)
    modules = missing.module_statuses(results)
    return StrategicSignalBrief(
        account=account.domain,
        as_of=account.as_of,
        mode=account.mode,
        status=missing.status(modules, citations.listed()),
        title=f"{findings.name} ({account.domain})" if findings.name != account.domain else account.domain,
        statements=tuple(statements),
        sources=citations.listed(),
        scores=scores,
        tier=mapping.tier if mapping else None,
        data_gaps=gaps,
        modules=modules,
        charts=charts,
        missing_keys=origins.missing_keys(gaps),
        waterfalls=origins.waterfalls(results),
        conflicts=conflicts,
    )
