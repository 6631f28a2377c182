"""Etsy: a marketplace whose search is its own and its business.

Not for: anything that other companies share (building.py, roles.py, catalogue.py).
"""

from datetime import date

from partnerforge_dagster.providers.sandbox.building import BASICS, Calendar
from partnerforge_dagster.providers.sandbox.company import Company, Person
from partnerforge_dagster.providers.sandbox.identity import wikidata_of


def etsy(today: date) -> Company:
    """Etsy as of a day."""
    when = Calendar(today)
    return Company(
        domain="etsy.com",
        name="Etsy",
        legal_name="Etsy, Inc.",
        industry="Internet Retail",
        sector="Consumer Cyclical",
        vertical="Shopping",
        city="Brooklyn",
        region="New York",
        country="US",
        employees=2_300,
        founded=2005,
        description="Etsy runs a marketplace on which small makers sell handmade, vintage and personalized goods "
        "worldwide.",
        keywords=("handmade gifts", "personalized jewelry", "vintage", "wedding invitations", "wall art",
        "craft supplies"),
        socials=("https://www.linkedin.com/company/etsy", "https://www.pinterest.com/etsy"),
        wikidata=wikidata_of("etsy.com"),
        ticker="ETSY",
        exchange="NYSE",
        cik=1370637,
        sic=("7389", "Services-Business Services, NEC"),
        currency="USD",
        quote_currency="USD",
        fiscal_year_end=(12, 31),
        ifrs=False,
        years=when.years(
            1e9,
            (2.88, 2.06, 0.36, 0.16, 1.2),
            (2.81, 2.03, 0.38, 0.30, 0.81),
            (2.75, 1.92, 0.28, 0.31, 0.91),
            (2.57, 1.82, -0.66, -0.69, 0.92),
        ),
        market_value=6.1e9,
        share_price=61.8,
        technologies=when.stack(
            "etsy",
            live=BASICS | {
                "Cart Functionality": 220, "PHP": 220, "Google Cloud": 95, "Fastly": 130, "React": 66, "Amplitude": 28,
                "Adyen": 101, "PayPal": 140, "Klarna": 52, "Apple Pay": 90, "Braze": 37, "Criteo": 58,
                "DoubleClick.Net": 120, "TikTok Conversion Tracking Pixel": 40, "Bing Universal Event Tracking": 99,
                "Google Apps for Business": 150, "Forter": 24, "Zendesk": 61, "OneTrust": 9, "Datadog": 5,
                "Elasticsearch": 70,
            },
            gone={"New Relic": (110, 4), "Optimizely": (70, 33), "Google Universal Analytics": (150, 29)},
        ),
        monthly_tech_spend=88_000,
        visits=388_000_000,
        yearly_growth=-0.06,
        search_share=0.38,
        countries=(("US", 0.61), ("GB", 0.11), ("CA", 0.05), ("DE", 0.05), ("AU", 0.03), ("FR", 0.03)),
        global_rank=129,
        similar_sites=(
            "amazon.com", "ebay.com", "notonthehighstreet.com", "redbubble.com", "zazzle.com", "michaels.com",
            "uncommongoods.com", "society6.com", "folksy.com", "temu.com", "vinted.com", "amazonhandmade.com",
        ),
        related_domains=("depop.com", "reverb.com", "etsystatic.com"),
        executives=(
            Person("Kruti Patel Goyal", "Chief Executive Officer", when.months(10.5)),
            Person("Lanny Baker", "Chief Financial Officer", when.months(22)),
            Person(
                "Imogen Castellano", "Chief Product and Technology Officer", when.months(16),
                ("A hundred million listings are of no use to a buyer who cannot say what she wants.", when.days(61)),
            ),
            Person("Desmond Achterberg", "Vice President, Search and Machine Learning", when.months(27)),
        ),
        board=("ashby", "etsy"),
        jobs=when.jobs(
            "Etsy", ("Brooklyn, NY", "Remote, US", "Dublin, Ireland"), ("Solr", "Vespa", "Scala", "vector search"),
            search_engineer=(6, 48), ml_engineer=(10, 31, 70), data_scientist=20, product_manager=15,
            search_manager=28, frontend_engineer=(13, 40), backend_engineer=(17, 55), designer=35, data_engineer=24,
            crm_manager=63, lawyer=50, finance_analyst=45,
        ),
        events=(
            when.event(
                "leadership_change", 320, "Etsy's new chief executive takes office",
                "Kruti Patel Goyal became chief executive of Etsy at the start of the year.", "market-ledger",
            ),
            when.event(
                "earnings", 19, "Etsy third-quarter earnings: marketplace sales steady",
                "Etsy reported results; management named discovery and app growth as priorities.", "market-ledger",
            ),
            when.event(
                "launch", 61, "Etsy launches shopping by conversation in its app",
                "Buyers can describe an occasion and get ideas from the new assistant.", "app-notes",
            ),
            when.event(
                "layoffs", 380, "Etsy cuts jobs in two departments",
                "Etsy announced layoffs to focus on its main marketplace.", "city-chronicle",
            ),
            when.event(
                "acquisition", 455, "Etsy acquires a small maker of sellers' tools",
                "Etsy acquired the start-up to help sellers describe and photograph what they make.", "market-ledger",
            ),
            when.event(
                "other", 9, "Makers on the busiest weeks of their year",
                "Three sellers open their diaries.", "weekend-shopper",
            ),
        ),
        filings=when.filings(
            priorities=(
                "Search and discovery are how buyers find items on our marketplace, and we invest in machine learning "
                "to rank, to personalize and to understand intent.",
            ),
            risks=(
                "If we fail to improve search and recommendations, buyers may not find items that they love and may "
                "leave.",
                "Changes in how search engines and assistants present products may reduce our traffic.",
            ),
            quarter="Gross merchandise sales were stable. App share of sales rose on better personalized discovery.",
        ),
    )  # fmt: skip
