"""Ocado: listed in London in pence, own technology for groceries and for other grocers.

Not for: anything that other companies share (building.py, roles.py, catalogue.py).
"""

from datetime import date

from partnerforge_dagster.providers.sandbox.building import BASICS, Calendar
from partnerforge_dagster.providers.sandbox.company import Company, Person
from partnerforge_dagster.providers.sandbox.identity import wikidata_of


def ocado(today: date) -> Company:
    """Ocado as of a day."""
    when = Calendar(today, fiscal_year_end=(11, 30))
    return Company(
        domain="ocado.com",
        name="Ocado",
        legal_name="Ocado Group plc",
        industry="Grocery Stores",
        sector="Consumer Defensive",
        vertical="Food And Drink",
        city="Hatfield",
        region="England",
        country="GB",
        employees=19_000,
        founded=2000,
        description="Ocado delivers groceries in Britain and builds automated warehouses and online shops for grocers "
        "abroad.",
        keywords=("online groceries", "food delivery", "offers", "wine", "organic food", "recipes"),
        socials=("https://www.linkedin.com/company/ocado", "https://www.instagram.com/ocadouk"),
        wikidata=wikidata_of("ocado.com"),
        ticker="OCDO.L",
        exchange="LSE",
        cik=None,
        sic=None,
        currency="GBP",
        quote_currency="GBp",
        fiscal_year_end=(11, 30),
        ifrs=True,
        years=when.years(
            1e9,
            (1.36, 0.79, 0.12, 0.19, 0.74),
            (1.21, 0.66, -0.22, -0.34, 0.73),
            (2.83, 1.07, -0.34, -0.39, 0.88),
            (2.51, 0.95, -0.42, -0.48, 1.33),
        ),
        market_value=2.1e9,
        share_price=248.6,
        technologies=when.stack(
            "ocado",
            live=BASICS | {
                "Cart Functionality": 230, "React": 60, "Amazon": 110, "Amazon CloudFront": 88, "Constructor.io": 9,
                "Java EE": 200, "Google Analytics 4": 40, "Adobe Target": 39, "Contentful": 46, "Braze": 28,
                "OneTrust": 55, "Datadog": 34, "Google Apps for Business": 140, "Apple Pay": 37, "Adyen": 18,
                "Criteo": 50, "Contentsquare": 12, "Trustpilot": 44, "The Trade Desk": 7,
            },
            gone={"Elasticsearch": (90, 8), "Google Universal Analytics": (120, 30), "Optimizely": (70, 12)},
        ),
        monthly_tech_spend=42_000,
        visits=13_800_000,
        yearly_growth=0.12,
        search_share=0.29,
        countries=(("GB", 0.97), ("US", 0.01), ("IE", 0.01)),
        global_rank=6_900,
        similar_sites=(
            "tesco.com", "sainsburys.co.uk", "waitrose.com", "asda.com", "morrisons.com", "iceland.co.uk",
            "aldi.co.uk", "lidl.co.uk", "gousto.co.uk", "abelandcole.co.uk", "instacart.com",
        ),
        related_domains=("ocadogroup.com", "ocadoretail.com", "fetch.co.uk"),
        executives=(
            Person("Tim Steiner", "Chief Executive Officer", when.months(318)),
            Person("Philippa Underhay", "Chief Financial Officer", when.months(7)),
            Person(
                "Rowan Castleford", "Chief Product Officer, Ocado Retail", when.months(24),
                ("People buy forty things in eleven minutes. Every wrong first result costs us an item.",
                when.days(110)),
            ),
            Person("Nadia Pemberton", "Head of Search and Personalisation", when.months(12)),
        ),
        board=("lever", "ocado"),
        jobs=when.jobs(
            "Ocado", ("Hatfield, UK", "London, UK", "Krakow, Poland"), ("Constructor.io", "Kotlin", "AWS", "React"),
            backend_engineer=(8, 20, 63), ml_engineer=15, data_scientist=26, frontend_engineer=31, product_manager=24,
            search_manager=72, logistics_manager=17, warehouse_associate=(3, 10), customer_service=21, designer=48,
        ),
        events=(
            when.event(
                "earnings", 118, "Ocado half-year results: technology earnings improve",
                "Ocado reported interim results with growth in its retail joint venture.", "market-ledger",
            ),
            when.event(
                "replatforming", 280, "Ocado Retail replaces its search engine",
                "Ocado's web shop moved to a new product-discovery service as part of its new platform.",
                "retail-systems",
            ),
            when.event(
                "leadership_change", 213, "Ocado names chief financial officer",
                "Philippa Underhay joined the board.", "market-ledger",
            ),
            when.event(
                "funding", 350, "Ocado raises £300 million to refinance its bonds",
                "The group raised new debt to extend maturities.", "market-ledger",
            ),
            when.event(
                "expansion", 175, "Ocado opens automated warehouse with partner in Spain",
                "A new site went live.", "supply-review",
            ),
            when.event(
                "other", 29, "What robots cannot pick",
                "Of eggs, bread and bunches of herbs.", "weekend-shopper",
            ),
        ),
        filings=(),
    )  # fmt: skip
