"""Zalando: European fashion platform, listed in Frankfurt in euros, with an own search.

Not for: anything that other companies share (building.py, roles.py, catalogue.py).
"""

from datetime import date

from partnerforge_dagster.providers.sandbox.building import BASICS, Calendar
from partnerforge_dagster.providers.sandbox.company import Company, Person
from partnerforge_dagster.providers.sandbox.identity import wikidata_of


def zalando(today: date) -> Company:
    """Zalando as of a day."""
    when = Calendar(today)
    return Company(
        domain="zalando.com",
        name="Zalando",
        legal_name="Zalando SE",
        industry="Apparel Retail",
        sector="Consumer Cyclical",
        vertical="Shopping",
        city="Berlin",
        region=None,
        country="DE",
        employees=15_000,
        founded=2008,
        description="Zalando is an online platform for fashion and lifestyle in 25 European markets.",
        keywords=("shoes", "dresses", "sneakers", "jackets", "fashion", "sale"),
        socials=("https://www.linkedin.com/company/zalando", "https://www.instagram.com/zalando"),
        wikidata=wikidata_of("zalando.com"),
        ticker="ZAL.DE",
        exchange="XETRA",
        cik=None,
        sic=None,
        currency="EUR",
        quote_currency="EUR",
        fiscal_year_end=(12, 31),
        ifrs=True,
        years=when.years(
            1e9,
            (12.3, 4.95, 0.52, 0.28, 2.2),
            (10.6, 4.25, 0.43, 0.25, 2.6),
            (10.1, 3.92, 0.19, 0.08, 2.5),
            (10.3, 4.03, 0.08, 0.02, 2.0),
        ),
        market_value=6.9e9,
        share_price=26.4,
        technologies=when.stack(
            "zalando",
            live=BASICS | {
                "Cart Functionality": 200, "React": 90, "Node.js": 84, "Apollo GraphQL": 62, "Amazon": 120,
                "Akamai": 96, "Elasticsearch": 110, "Adyen": 75, "Klarna": 60, "PayPal": 170, "Braze": 33,
                "Google Analytics 4": 38, "Criteo": 70, "DoubleClick.Net": 110, "TikTok Conversion Tracking Pixel": 36,
                "OneTrust": 20, "Google Apps for Business": 120, "Datadog": 8, "Amplience": 6, "Trustpilot": 50,
            },
            gone={"Optimizely": (60, 10), "New Relic": (66, 7), "Google Universal Analytics": (130, 30)},
        ),
        monthly_tech_spend=79_000,
        visits=168_000_000,
        yearly_growth=0.02,
        search_share=0.33,
        countries=(("DE", 0.38), ("FR", 0.11), ("IT", 0.1), ("PL", 0.08), ("NL", 0.07), ("CH", 0.06)),
        global_rank=420,
        similar_sites=(
            "aboutyou.de", "asos.com", "hm.com", "zara.com", "otto.de", "breuninger.com", "bonprix.de", "vinted.com",
            "shein.com", "peek-cloppenburg.de", "farfetch.com", "boohoo.com",
        ),
        related_domains=("zalando.de", "zalando-lounge.de", "zeos.eu", "aboutyou.de"),
        executives=(
            Person("Robert Gentz", "Co-Chief Executive Officer", when.months(217)),
            Person("David Schröder", "Co-Chief Executive Officer", when.months(43)),
            Person(
                "Annegret Solberg", "Vice President, Discovery and Inspiration", when.months(19),
                ("Fashion search is half language and half mood. We work on the second half.", when.days(128)),
            ),
            Person("Mateusz Halvorsen", "Chief Technology Officer", when.months(26)),
        ),
        board=("greenhouse", "zalando"),
        jobs=when.jobs(
            "Zalando", ("Berlin, Germany", "Helsinki, Finland", "Dublin, Ireland"), ("Elasticsearch", "Kotlin",
            "React", "Kafka"),
            search_engineer=(18, 52), ml_engineer=(9, 37), data_scientist=28, backend_engineer=(11, 45),
            frontend_engineer=23, engineering_manager=34, product_manager=(16, 60), designer=42, logistics_manager=30,
            lawyer=66, crm_manager=25,
        ),
        events=(
            when.event(
                "earnings", 11, "Zalando third-quarter results: platform sales rise",
                "Zalando reported higher sales and confirmed its outlook.", "market-ledger",
            ),
            when.event(
                "acquisition", 485, "Zalando completes acquisition of About You",
                "The two fashion platforms are now one group.", "market-ledger",
            ),
            when.event(
                "layoffs", 200, "Zalando cuts jobs as it closes one logistics site",
                "Work moves to newer warehouses.", "city-chronicle",
            ),
            when.event(
                "launch", 128, "Zalando launches assistant in all 25 markets",
                "The fashion assistant answers in local languages.", "app-notes",
            ),
            when.event(
                "expansion", 340, "Zalando enters one more market",
                "The shop opens with local payment methods.", "commerce-daily",
            ),
            when.event("other", 50, "Sneakers of the season, ranked", "A stylist's ten favourites.", "weekend-shopper"),
        ),
        filings=(),
    )  # fmt: skip
