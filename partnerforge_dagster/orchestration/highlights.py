"""What each module's asset page shows beyond status, gaps and sources: its tables, charts and plotted numbers.

Numbers are plotted by the Dagster UI over materializations; tables and charts are for reading.
Not for: what every module shows (metadata.py).
"""

from typing import Any

import dagster as dg

from partnerforge_dagster import wording
from partnerforge_dagster.brief.charts import technology_chart
from partnerforge_dagster.brief.render_markdown import render_markdown
from partnerforge_dagster.models.base import Money
from partnerforge_dagster.models.buying_committee import BuyingCommittee
from partnerforge_dagster.models.case_study_matching import CaseStudyMatching
from partnerforge_dagster.models.company_context import CompanyContext
from partnerforge_dagster.models.competitor_intelligence import CompetitorIntelligence
from partnerforge_dagster.models.displacement_analysis import DisplacementAnalysis
from partnerforge_dagster.models.executive_intelligence import ExecutiveIntelligence
from partnerforge_dagster.models.financial_profile import FinancialProfile
from partnerforge_dagster.models.hiring_signals import HiringSignals
from partnerforge_dagster.models.icp_priority_mapping import IcpPriorityMapping
from partnerforge_dagster.models.investor_intelligence import InvestorIntelligence
from partnerforge_dagster.models.scores import Score
from partnerforge_dagster.models.signal_scoring import SignalScoring
from partnerforge_dagster.models.strategic_context import StrategicContext
from partnerforge_dagster.models.strategic_signal_brief import Section, StrategicSignalBrief
from partnerforge_dagster.models.technology_stack import Technology, TechnologyStack
from partnerforge_dagster.models.traffic_analysis import TrafficAnalysis
from partnerforge_dagster.orchestration.metadata import highlights, links, picture, said, table
from partnerforge_dagster.orchestration.pictures import score_picture, visits_picture


@highlights.register
def _(result: CompanyContext) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "name": result.name,
        "industry": said(result.industry),
        "ticker": said(result.ticker),
        "description": said(result.description),
    }
    if result.employees:
        shown["employees"] = result.employees.value
    return shown


@highlights.register
def _(result: TechnologyStack) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "search vendor": said(result.search_vendor),
        "commerce platform": said(result.commerce_platform),
        "CMS": said(result.cms),
        "technologies live": sum(tech.live for tech in result.technologies),
        "added in 12 months": len(result.added),
        "dropped in 12 months": len(result.dropped),
    }
    if result.monthly_spend:
        shown["spend a month (USD)"] = result.monthly_spend.value.amount
    if result.technologies:
        live_first = sorted(result.technologies, key=lambda tech: not tech.live)
        shown["technologies"] = table([_technology(tech) for tech in live_first])
    return shown


def _technology(tech: Technology) -> dict[str, str | bool | float | None]:
    return {
        "technology": tech.name,
        "live": tech.live,
        "first seen": str(tech.first_seen or "–"),
        "last seen": str(tech.last_seen or "–"),
        "category": ", ".join(tech.categories),
        "seen on the site": ", ".join(one.kind for one in tech.evidence) or "–",
        "confidence": tech.confidence,
    }


@highlights.register
def _(result: TrafficAnalysis) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    if result.months and result.months.value:
        shown["visits by month"] = picture(
            "visits by month", visits_picture([(month.month, month.visits) for month in result.months.value])
        )
    if result.latest_visits is not None:
        shown["visits last month"] = round(result.latest_visits)
    if result.growth_12m:
        shown["growth in 12 months (%)"] = round(100 * result.growth_12m.value, 1)
    if result.search_share:
        shown["share of search (%)"] = round(100 * result.search_share.value, 1)
    if result.channels:
        shown["channels"] = table(
            [{"channel": c.name, "share": wording.percent(c.share)} for c in result.channels.value]
        )
    if result.global_rank:
        shown["global rank"] = result.global_rank.value
    return shown


@highlights.register
def _(result: FinancialProfile) -> dict[str, Any]:
    shown: dict[str, Any] = {"currency": said(result.currency), "public": said(result.public)}
    if result.revenue:
        shown["revenue"] = wording.money(result.revenue.value)
        shown["revenue (M)"] = round(result.revenue.value.amount / 1e6, 3)
    if result.years:
        shown["by fiscal year"] = table(
            [
                {
                    "fiscal year": year.fiscal_year,
                    "ends on": str(year.ends_on),
                    "revenue": _amount(year.revenue),
                    "operating income": _amount(year.operating_income),
                    "net income": _amount(year.net_income),
                    "currency": year.revenue.currency if year.revenue else said(result.currency),
                }
                for year in result.years
            ]
        )
    return shown


def _amount(money: Money | None) -> str:
    return wording.money(money) if money else "–"


@highlights.register
def _(result: CompetitorIntelligence) -> dict[str, Any]:
    shown: dict[str, Any] = {"competitors": len(result.competitors)}
    if result.visits_place:
        shown["place by visits"] = f"{result.visits_place.value} of {result.compared}"
    if result.using_seller:
        shown["using the seller"] = ", ".join(result.using_seller.value) or "none"
    if result.competitors:
        shown["compared"] = table(
            [
                {
                    "domain": c.domain,
                    "visits": wording.count(c.visits.value) if c.visits else "–",
                    "search vendor": said(c.search_vendor),
                    "uses the seller": c.uses_seller.value if c.uses_seller else None,
                }
                for c in result.competitors
            ]
        )
    return shown


@highlights.register
def _(result: HiringSignals) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    if result.open_roles:
        shown["open roles"] = result.open_roles.value
    if result.trend:
        shown["posted in the last 30 days"] = result.trend.value.last_30_days
    if result.by_function:
        shown["by function"] = table([{"function": c.name, "roles": c.count} for c in result.by_function.value])
    if result.relevant_roles:
        shown["roles that matter"] = table(
            [
                {"role": r.title, "posted": str(r.posted_on or "–"), "why": r.relevant_because, "url": r.url}
                for r in result.relevant_roles
            ]
        )
        shown["role links"] = links([(r.title, r.url) for r in result.relevant_roles])
    return shown


@highlights.register
def _(result: StrategicContext) -> dict[str, Any]:
    if not result.events:
        return {"events": 0}
    return {
        "events": len(result.events),
        "timeline": table(
            [
                {
                    "on": str(e.on or "–"),
                    "kind": e.kind.value,
                    "title": e.title,
                    "confidence": round(e.confidence, 2),
                    "url": e.url,
                }
                for e in result.events
            ]
        ),
        "event links": links([(e.title, e.url) for e in result.events]),
    }


@highlights.register
def _(result: InvestorIntelligence) -> dict[str, Any]:
    shown: dict[str, Any] = {"next earnings": said(result.next_earnings)}
    if result.filings:
        shown["filings"] = table([{"form": f.form, "filed": str(f.filed_on), "url": f.url} for f in result.filings])
        shown["filing links"] = links([(f"{f.form}, {wording.day(f.filed_on)}", f.url) for f in result.filings])
    if result.priorities:
        shown["stated priorities"] = table([{"theme": p.theme, "words": p.text} for p in result.priorities])
    return shown


@highlights.register
def _(result: ExecutiveIntelligence) -> dict[str, Any]:
    if not result.executives:
        return {"executives": 0}
    return {
        "executives": len(result.executives),
        "people": table([{"name": e.name, "title": e.title, "since": str(e.since or "–")} for e in result.executives]),
    }


@highlights.register
def _(result: BuyingCommittee) -> dict[str, Any]:
    if not result.seats:
        return {}
    return {
        "seats": table(
            [
                {
                    "seat": seat.role.value.replace("_", " "),
                    "who": "; ".join(f"{c.name}, {c.title}" for c in seat.candidates[:3]) or "–",
                    "hiring for": "; ".join(role.title for role in seat.open_roles[:3]) or "–",
                }
                for seat in result.seats
            ]
        )
    }


@highlights.register
def _(result: DisplacementAnalysis) -> dict[str, Any]:
    return {
        "incumbent": said(result.incumbent),
        "incumbency": result.incumbency.value,
        **_score("displacement", result.score),
    }


@highlights.register
def _(result: CaseStudyMatching) -> dict[str, Any]:
    if not result.matches:
        return {"matches": 0}
    return {
        "matches": len(result.matches),
        "best": table(
            [{"customer": m.customer, "fit": round(m.fit, 3), "why": "; ".join(m.why)} for m in result.matches]
        ),
    }


@highlights.register
def _(result: IcpPriorityMapping) -> dict[str, Any]:
    return {"tier": result.tier.value if result.tier else "–", **_score("fit", result.fit)}


@highlights.register
def _(result: SignalScoring) -> dict[str, Any]:
    shown = _score("intent", result.intent)
    if result.top_signals:
        shown["top signals"] = table(
            [
                {
                    "signal": s.signal.title,
                    "on": str(s.signal.on or "–"),
                    "points": round(s.points, 1),
                    "decay": round(s.decay, 2),
                }
                for s in result.top_signals
            ]
        )
    return shown


@highlights.register
def _(result: StrategicSignalBrief) -> dict[str, Any]:
    headline = [one.text for one in result.statements if one.section is Section.HEADLINE]
    shown: dict[str, Any] = {
        "headline": " ".join(headline) or "–",
        "preview": dg.MetadataValue.md(render_markdown(result)),
        "statements": len(result.statements),
        "tier": result.tier or "–",
    }
    for name, score in result.scores.items():
        if score is not None:
            shown[f"{name} score"] = score.value
    if result.charts.technologies:
        shown["technology timeline"] = picture("technology timeline", technology_chart(result.charts.technologies))
    return shown


def _score(name: str, score: Score | None) -> dict[str, Any]:
    if score is None:
        return {f"{name} score": "–"}
    return {
        f"{name} score": score.value,
        f"{name} band": f"{score.floor:g} to {score.ceiling:g}",
        f"{name} chart": picture(f"{name} score", score_picture(score)),
        f"{name} parts": table(
            [
                {
                    "part": wording.spaced(part.name),
                    "points": round(part.points, 1),
                    "of": part.weight,
                    "known": part.value is not None,
                    "why": part.reason,
                }
                for part in score.parts
            ]
        ),
        f"most wanted fact for {name}": wording.spaced(score.most_wanted or "nothing is unknown"),
    }
