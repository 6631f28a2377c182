"""What modules ask about a company that nobody has asked about: counted in the sandbox, for costco.com.

A listed company, because it is asked about most. A test counts again, and fails when a module has changed its habits.
Not for: a store that has a ledger; that one's own habits count first (habits.py).
"""

from partnerforge_dagster.planning.habits import Habit, Habits

MEASURED: Habits = {
    "company_context": (
        Habit("builtwith", "domain", 1, 1),
        Habit("web_search", "brave_web", 1, 1),
        Habit("wikidata", "website_match", 1, 0),
        Habit("builtwith", "keywords", 1, 1),
        Habit("wikidata", "entity", 1, 0),
        Habit("sec_edgar", "tickers", 1, 0),
        Habit("wikidata", "labels", 1, 0),
        Habit("yahoo", "quote_summary", 1, 0),
    ),
    "technology_stack": (
        Habit("web_page", "robots", 1, 0),
        Habit("web_page", "home", 1, 0),
        Habit("dns", "aliases", 1, 0),
        Habit("dns", "mail_hosts", 1, 0),
        Habit("dns", "texts", 1, 0),
        Habit("builtwith", "keywords", 0, 0, 1, 1),
        Habit("builtwith", "trust", 1, 1),
        Habit("builtwith", "redirects", 1, 1),
        Habit("builtwith", "relationships", 1, 1),
        Habit("builtwith", "recommendations", 1, 1),
        Habit("builtwith", "domain", 0, 0, 1, 1),
    ),
    "traffic_analysis": (
        Habit("similarweb", "traffic", 1, 13),
        Habit("similarweb", "organic_keywords", 1, 20),
        Habit("similarweb", "paid_keywords", 1, 20),
        Habit("similarweb", "channels", 1, 1),
        Habit("similarweb", "global_rank", 1, 1),
        Habit("similarweb", "referrals", 1, 20),
        Habit("similarweb", "popular_pages", 1, 60),
        Habit("similarweb", "similar_sites", 1, 20),
        Habit("similarweb", "keyword_competitors", 1, 20),
        Habit("similarweb", "audience_interests", 1, 20),
        Habit("similarweb", "demographics", 1, 1),
        Habit("similarweb", "geography", 1, 20),
    ),
    "financial_profile": (
        Habit("sec_edgar", "tickers", 0, 0, 1, 0),
        Habit("wikidata", "website_match", 0, 0, 1, 0),
        Habit("wikidata", "entity", 0, 0, 1, 0),
        Habit("wikidata", "labels", 0, 0, 1, 0),
        Habit("web_search", "brave_news", 1, 1),
        Habit("yahoo", "fundamentals", 1, 0),
        Habit("yahoo", "quote_summary", 0, 0, 1, 0),
        Habit("yahoo", "chart", 1, 0),
        Habit("sec_edgar", "company_facts", 1, 0),
    ),
    "competitor_intelligence": (
        Habit("similarweb", "similar_sites", 0, 0, 1, 20),
        Habit("similarweb", "traffic", 10, 10, 1, 13),
        Habit("builtwith", "domain", 1, 10),
    ),
    "hiring_signals": (
        Habit("web_page", "robots", 0, 0, 1, 0),
        Habit("web_page", "home", 0, 0, 1, 0),
        Habit("web_page", "page", 1, 0),
        Habit("job_boards", "greenhouse", 1, 0),
    ),
    "strategic_context": (
        Habit("web_search", "brave_news", 7, 7),
        Habit("web_search", "brave_web", 1, 1),
    ),
    "investor_intelligence": (
        Habit("sec_edgar", "submissions", 1, 0),
        Habit("sec_edgar", "document", 1, 0),
        Habit("web_search", "brave_news", 0, 0, 1, 1),
        Habit("yahoo", "quote_summary", 0, 0, 1, 0),
    ),
    "executive_intelligence": (
        Habit("yahoo", "quote_summary", 0, 0, 1, 0),
        Habit("web_search", "brave_news", 2, 2),
        Habit("sec_edgar", "submissions", 0, 0, 1, 0),
        Habit("sec_edgar", "document", 1, 0),
        Habit("web_search", "brave_web", 1, 1),
        Habit("wikidata", "website_match", 0, 0, 1, 0),
        Habit("wikidata", "entity", 0, 0, 1, 0),
        Habit("wikidata", "labels", 0, 0, 1, 0),
    ),
}
