"""IKEA: private and not American; own shop, Coveo search in its content.

Not for: anything that other companies share (building.py, roles.py, catalogue.py).
"""

from datetime import date

from partnerforge_dagster.providers.sandbox.building import BASICS, Calendar
from partnerforge_dagster.providers.sandbox.company import Company, Person


def ikea(today: date) -> Company:
    """IKEA as of a day."""
    when = Calendar(today, fiscal_year_end=(8, 31))
    return Company(
        domain="ikea.com",
        name="IKEA",
        legal_name="Inter IKEA Systems B.V.",
        industry="Furnishings, Fixtures & Appliances",
        sector="Consumer Cyclical",
        vertical="Home And Garden",
        city="Delft",
        region=None,
        country="NL",
        employees=216_000,
        founded=1943,
        description="IKEA franchisees sell furniture, kitchens and household goods in stores and online in more than "
        "60 markets.",
        keywords=("sofa", "desk", "kitchen planner", "wardrobe", "bookcase", "mattress", "lighting"),
        socials=("https://www.linkedin.com/company/ikea", "https://www.instagram.com/ikea"),
        wikidata="Q54078",
        ticker=None,
        exchange=None,
        cik=None,
        sic=None,
        currency="EUR",
        quote_currency=None,
        fiscal_year_end=(8, 31),
        ifrs=True,
        years=when.years(1e9, (45.1, 14.6, 2.2, 1.6, 3.1), (44.6, 14.4, 2.1, 1.5, 3.0), (45.1, 14.9, 2.8, 2.2, 3.3)),
        market_value=None,
        share_price=None,
        technologies=when.stack(
            "ikea",
            live=BASICS | {
                "Cart Functionality": 160, "Google Cloud": 80, "Akamai": 130, "React": 60, "Next.js": 14,
                "Contentful": 11, "Coveo": 27, "Optimizely": 45, "Google Analytics 4": 39, "Contentsquare": 33,
                "OneTrust": 63, "Adyen": 36, "Klarna": 48, "PayPal": 80, "Salesforce Marketing Cloud": 55,
                "Office 365 Mail": 120, "Criteo": 44, "Braze": 7, "DoubleClick.Net": 90, "Datadog": 10,
                "Bazaarvoice": 52,
            },
            gone={
                "WebSphere Commerce": (150, 50), "Google Universal Analytics": (130, 30), "LivePerson": (60, 8),
                "Hotjar": (45, 4),
            },
        ),
        monthly_tech_spend=118_000,
        visits=264_000_000,
        yearly_growth=0.01,
        search_share=0.5,
        countries=(("US", 0.17), ("DE", 0.14), ("FR", 0.08), ("GB", 0.08), ("IT", 0.06), ("PL", 0.05)),
        global_rank=221,
        similar_sites=(
            "wayfair.com", "jysk.com", "conforama.fr", "maisonsdumonde.com", "leroymerlin.fr", "xxxlutz.de", "otto.de",
            "westelm.com", "crateandbarrel.com", "made.com", "hoeffner.de", "homedepot.com",
        ),
        related_domains=("ikea.cn", "inter.ikea.com", "ingka.com"),
        executives=(
            Person("Juvencio Maeztu", "Chief Executive Officer, Ingka Group", when.months(12.5)),
            Person(
                "Linnea Bergstrand", "Chief Digital Officer", when.days(112),
                ("Sixty markets, one range, many words for a bookcase: that is our search in a sentence.",
                when.days(43)),
            ),
            Person("Pieter van Ommeren", "Chief Technology Officer", when.months(37)),
            Person("Aisha Demirel", "Head of Product, Search and Range Discovery", when.months(10)),
        ),
        board=("workable", "ikea"),
        jobs=when.jobs(
            "IKEA", ("Delft, Netherlands", "Malmo, Sweden", "Amsterdam, Netherlands"), ("Coveo", "GCP", "React",
            "Contentful"),
            search_engineer=(13, 28), search_manager=8, architect=36, backend_engineer=(10, 25),
            frontend_engineer=(19, 41), data_scientist=33, ml_engineer=15, ecommerce_manager=22, designer=(12, 47),
            store_manager=(9, 30), sales_associate=(3, 6, 18), logistics_manager=27, project_manager=17,
        ),
        events=(
            when.event(
                "leadership_change", 112, "IKEA appoints chief digital officer",
                "Linnea Bergstrand takes over digital.", "commerce-daily",
            ),
            when.event(
                "replatforming", 43, "IKEA puts its web shops on one composable platform",
                "IKEA is moving all markets to one headless storefront; product search is next on the list.",
                "retail-systems",
            ),
            when.event(
                "expansion", 165, "IKEA opens small city stores in ten towns",
                "Planning studios come to city centres.", "commerce-daily",
            ),
            when.event(
                "earnings", 38, "IKEA reports yearly sales",
                "More visits and lower prices kept sales flat.", "market-ledger",
            ),
            when.event(
                "launch", 201, "IKEA launches second-hand marketplace in more countries",
                "Customers sell to customers.", "commerce-daily",
            ),
            when.event(
                "acquisition", 370, "IKEA retailer acquires logistics technology firm",
                "It serves same-day delivery.", "supply-review",
            ),
            when.event("other", 66, "The meatball at forty", "A short history of a canteen dish.", "weekend-shopper"),
        ),
        filings=(),
    )  # fmt: skip
