"""Birkenstock: foreign issuer with IFRS statements in euros, quote in dollars, 20-F and 6-K filings.

Not for: anything that other companies share (building.py, roles.py, catalogue.py).
"""

from datetime import date

from partnerforge_dagster.providers.sandbox.building import BASICS, Calendar
from partnerforge_dagster.providers.sandbox.company import Company, Person
from partnerforge_dagster.providers.sandbox.identity import wikidata_of


def birkenstock(today: date) -> Company:
    """Birkenstock as of a day."""
    when = Calendar(today, (9, 30))
    return Company(
        domain="birkenstock.com",
        name="Birkenstock",
        legal_name="Birkenstock Holding plc",
        industry="Footwear & Accessories",
        sector="Consumer Cyclical",
        vertical="Shopping",
        city="Linz am Rhein",
        region=None,
        country="DE",
        employees=7_600,
        founded=1774,
        description="Birkenstock makes sandals, shoes and insoles, and sells them to retailers, in stores and online.",
        keywords=("sandals", "clogs", "insoles", "arizona", "boston", "footbed"),
        socials=("https://www.linkedin.com/company/birkenstock", "https://www.instagram.com/birkenstock"),
        wikidata=wikidata_of("birkenstock.com"),
        ticker="BIRK",
        exchange="NYSE",
        cik=1977102,
        sic=("3140", "Footwear, (No Rubber)"),
        currency="EUR",
        quote_currency="USD",
        fiscal_year_end=(9, 30),
        ifrs=True,
        years=when.years(
            1e9,
            (2.36, 1.38, 0.55, 0.39, 0.41),
            (2.1, 1.24, 0.49, 0.35, 0.33),
            (1.8, 1.06, 0.4, 0.19, 0.36),
            (1.49, 0.93, 0.26, 0.08, 0.34),
        ),
        market_value=8.1e9,
        share_price=44.1,
        technologies=when.stack(
            "birkenstock",
            live=BASICS | {
                "Salesforce Commerce Cloud": 86, "Searchspring": 31, "Salesforce Marketing Cloud": 60, "Cloudflare": 72,
                "Google Analytics 4": 39, "Bazaarvoice": 58, "PayPal": 84, "Apple Pay": 44, "Klarna": 37, "Adyen": 63,
                "Contentful": 27, "OneTrust": 50, "jQuery": 110, "Office 365 Mail": 95, "Zendesk": 42, "New Relic": 33,
                "Dynamic Yield": 7,
            },
            gone={"Google Universal Analytics": (100, 30), "Optimizely": (36, 8), "Hotjar": (41, 14)},
        ),
        monthly_tech_spend=24_000,
        visits=9_400_000,
        yearly_growth=0.12,
        search_share=0.47,
        countries=(("US", 0.39), ("DE", 0.18), ("GB", 0.07), ("FR", 0.06), ("CA", 0.05)),
        global_rank=7_350,
        similar_sites=(
            "crocs.com", "ugg.com", "ecco.com", "clarks.com", "drmartens.com", "teva.com", "reebok.com", "adidas.com",
            "zalando.com", "farfetch.com", "breuninger.com",
        ),
        related_domains=("birkenstock.de", "birkenstock-group.com", "1774.com"),
        executives=(
            Person("Oliver Reichert", "Chief Executive Officer", when.months(155)),
            Person("Ivica Krolo", "Chief Financial Officer", when.months(21)),
            Person(
                "Henrike Vasterling", "Chief Digital Officer", when.months(9),
                ("Most people come for one model. Search has to show them the second one that fits.", when.days(66)),
            ),
            Person("Tomas Eidinger", "Vice President, Direct to Consumer", when.months(34)),
        ),
        board=("greenhouse", "birkenstock"),
        jobs=when.jobs(
            "Birkenstock", ("Munich", "Novato, CA"), ("Salesforce Commerce Cloud", "JavaScript", "Searchspring"),
            ecommerce_manager=(12, 40), search_manager=19, merchandiser=27, frontend_engineer=33, data_engineer=46,
            product_manager=15, seo_manager=51, crm_manager=24, store_manager=(6, 22), logistics_manager=38,
        ),
        events=(
            when.event(
                "leadership_change", 270, "Birkenstock appoints chief digital officer",
                "Henrike Vasterling takes charge of the online shops in all regions.", "commerce-daily",
            ),
            when.event(
                "replatforming", 47, "Birkenstock tests new product search in Europe",
                "Visitors of three country sites see different results.", "commerce-daily",
            ),
            when.event(
                "expansion", 135, "Birkenstock opens ten stores in Asia",
                "Every store also hands out what was ordered online.", "retail-systems",
            ),
            when.event(
                "launch", 190, "Birkenstock launches membership program in its app",
                "Members see new colors first.", "app-notes",
            ),
            when.event(
                "earnings", 93, "Birkenstock third-quarter results: online sales grow",
                "Direct sales grew by a tenth.", "market-ledger",
            ),
            when.event(
                "other", 21, "How long does cork last?", "A cobbler explains the footbed.", "weekend-shopper",
            ),
        ),
        filings=when.filings(
            priorities=(
                "We will invest in our own online shops, in product search and personalization, so that customers "
                "find more than the model they came for.",
            ),
            risks=(
                "If our websites and apps are unavailable or hard to use, customers may buy elsewhere.",
                "We depend on third-party providers of e-commerce and logistics services.",
            ),
            quarter="Direct-to-consumer revenue grew, led by our own online shops.",
            forms=("20-F", "6-K", "6-K"),
        ),
    )  # fmt: skip
