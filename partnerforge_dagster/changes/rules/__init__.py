"""Which fields of every module are compared, and how: data, one tuple of rules for each module.

A test holds that every field of every record is either compared or named in NOT_COMPARED with the reason.
"""

from partnerforge_dagster.changes.observe import Rule
from partnerforge_dagster.changes.rules.company import COMPANY_CONTEXT, FINANCIAL_PROFILE
from partnerforge_dagster.changes.rules.judgement import (
    BUYING_COMMITTEE,
    CASE_STUDY_MATCHING,
    DISPLACEMENT_ANALYSIS,
    ICP_PRIORITY_MAPPING,
    SIGNAL_SCORING,
)
from partnerforge_dagster.changes.rules.people import (
    EXECUTIVE_INTELLIGENCE,
    HIRING_SIGNALS,
    INVESTOR_INTELLIGENCE,
    STRATEGIC_CONTEXT,
)
from partnerforge_dagster.changes.rules.site import COMPETITOR_INTELLIGENCE, TECHNOLOGY_STACK, TRAFFIC_ANALYSIS

RULES: dict[str, tuple[Rule, ...]] = {
    "company_context": COMPANY_CONTEXT,
    "technology_stack": TECHNOLOGY_STACK,
    "traffic_analysis": TRAFFIC_ANALYSIS,
    "financial_profile": FINANCIAL_PROFILE,
    "competitor_intelligence": COMPETITOR_INTELLIGENCE,
    "hiring_signals": HIRING_SIGNALS,
    "strategic_context": STRATEGIC_CONTEXT,
    "investor_intelligence": INVESTOR_INTELLIGENCE,
    "executive_intelligence": EXECUTIVE_INTELLIGENCE,
    "buying_committee": BUYING_COMMITTEE,
    "displacement_analysis": DISPLACEMENT_ANALYSIS,
    "case_study_matching": CASE_STUDY_MATCHING,
    "icp_priority_mapping": ICP_PRIORITY_MAPPING,
    "signal_scoring": SIGNAL_SCORING,
    "strategic_signal_brief": (),
}

_IDENTITY = "the key under which results are kept"
_HOW_ASKED = "when and how it was asked is never a change"
_EVERY_RECORD = {
    "account": _IDENTITY,
    "mode": _IDENTITY,
    "as_of": _HOW_ASKED,
    "status": _HOW_ASKED,
    "gaps": _HOW_ASKED,
    "unasked": _HOW_ASKED,
    "heard": _HOW_ASKED,
    "steps": _HOW_ASKED,
    "made_do": _HOW_ASKED,
    "disagreements": "what other sources say of what is compared",
}
_RANKED_LIST = "a ranked list that changes with every count"

NOT_COMPARED: dict[str, dict[str, str]] = {
    "company_context": {
        "wikidata_id": "an identifier of a source, no fact about the company",
        "social_profiles": "sources list other ones each time",
        "keywords": _RANKED_LIST,
        "description": "free text; what matters in it has fields of its own",
    },
    "technology_stack": {
        "added": "follows from the technologies and the date",
        "dropped": "follows from the technologies and the date",
        "spend_history": "its newest point is the monthly spend",
        "recommendations": _RANKED_LIST,
        "keywords": _RANKED_LIST,
    },
    "traffic_analysis": {
        "demographics": "estimates that move with the panel",
        "organic_keywords": _RANKED_LIST,
        "paid_keywords": _RANKED_LIST,
        "audience_interests": _RANKED_LIST,
        "global_rank": "follows from the visits of this and of all other sites",
        "referrals": _RANKED_LIST,
        "popular_pages": _RANKED_LIST,
        "similar_sites": "compared as competitors",
        "keyword_competitors": _RANKED_LIST,
        "growth_3m": "follows from the visits",
        "growth_12m": "follows from the visits",
    },
    "financial_profile": {
        "revenue_growth": "follows from the revenue",
        "share_price": "the market value says the same",
        "prices": "the market value says the same",
        "news": "compared as earnings news of investor_intelligence",
    },
    "competitor_intelligence": {
        "compared": "a count of what could be compared",
        "using_seller": "said of each competitor",
    },
    "hiring_signals": {
        "by_seniority": "follows from the roles",
        "trend": "follows from the roles and the date",
        "boards": "a board is where roles are found, no fact about the company",
    },
    "strategic_context": {},
    "investor_intelligence": {},
    "executive_intelligence": {},
    "buying_committee": {},
    "displacement_analysis": {
        "incumbent": "compared as the search vendor and the commerce platform",
        "years_in_place": "grows by itself",
        "competitors_using_seller": "said of each competitor",
    },
    "case_study_matching": {},
    "icp_priority_mapping": {},
    "signal_scoring": {"top_signals": "the signals are compared where they were found"},
}
for _reasons in NOT_COMPARED.values():
    _reasons.update(_EVERY_RECORD)
