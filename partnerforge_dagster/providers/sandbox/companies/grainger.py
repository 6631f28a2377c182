"""Grainger: business-to-business distributor on SAP Commerce with Coveo search.

Not for: anything that other companies share (building.py, roles.py, catalogue.py).
"""

from datetime import date

from partnerforge_dagster.providers.sandbox.building import BASICS, Calendar
from partnerforge_dagster.providers.sandbox.company import Company, Person
from partnerforge_dagster.providers.sandbox.identity import wikidata_of


def grainger(today: date) -> Company:
    """Grainger as of a day."""
    when = Calendar(today)
    return Company(
        domain="grainger.com",
        name="Grainger",
        legal_name="W.W. Grainger, Inc.",
        industry="Industrial Distribution",
        sector="Industrials",
        vertical="Business And Industrial",
        city="Lake Forest",
        region="Illinois",
        country="US",
        employees=26_000,
        founded=1927,
        description="Grainger distributes maintenance, repair and operating supplies to businesses and institutions.",
        keywords=("safety gloves", "fasteners", "motors", "hvac parts", "mro supplies", "hand tools", "bearings"),
        socials=("https://www.linkedin.com/company/grainger", "https://www.facebook.com/grainger"),
        wikidata=wikidata_of("grainger.com"),
        ticker="GWW",
        exchange="NYSE",
        cik=277135,
        sic=("5000", "Wholesale-Durable Goods"),
        currency="USD",
        quote_currency="USD",
        fiscal_year_end=(12, 31),
        ifrs=False,
        years=when.years(
            1e9,
            (17.9, 6.98, 2.5, 1.74, 0.59),
            (17.2, 6.76, 2.64, 1.91, 1.04),
            (16.5, 6.50, 2.57, 1.83, 0.66),
            (15.2, 5.85, 2.22, 1.55, 0.33),
        ),
        market_value=46e9,
        share_price=962.0,
        technologies=when.stack(
            "grainger",
            live=BASICS | {
                "SAP Commerce Cloud": 77, "Coveo": 19, "Akamai": 120, "Adobe Analytics": 110, "Adobe Target": 50,
                "Dynatrace": 64, "React": 41, "Java EE": 150, "Amazon": 60, "Salesforce Marketing Cloud": 70,
                "Bazaarvoice": 40, "OneTrust": 47, "LivePerson": 82, "Office 365 Mail": 100, "Criteo": 30,
                "Bing Universal Event Tracking": 66, "Contentstack": 10, "jQuery": 150, "Tealium": 4,
            },
            gone={
                "Endeca": (160, 18), "WebSphere Commerce": (150, 75), "Google Universal Analytics": (80, 30),
                "Monetate": (55, 8),
            },
        ),
        monthly_tech_spend=64_000,
        visits=24_500_000,
        yearly_growth=0.04,
        search_share=0.58,
        countries=(("US", 0.94), ("CA", 0.02), ("MX", 0.01), ("IN", 0.01)),
        global_rank=2_350,
        similar_sites=(
            "mcmaster.com", "mscdirect.com", "fastenal.com", "zoro.com", "globalindustrial.com", "uline.com",
            "motion.com", "applied.com", "rs-online.com", "digikey.com", "homedepot.com", "vallen.com",
        ),
        related_domains=("zoro.com", "grainger.ca", "graingerchina.com"),
        executives=(
            Person("D.G. Macpherson", "Chairman and Chief Executive Officer", when.months(121)),
            Person("Dee Merriwether", "Senior Vice President and Chief Financial Officer", when.months(70)),
            Person("Leopold Marchetti", "Senior Vice President and Chief Technology Officer", when.months(15)),
            Person(
                "Susannah Okafor-Reed", "Vice President, Digital Product and Search", when.months(30),
                ("Our customers type part numbers from worn labels. If search forgives them, they stay.",
                when.days(96)),
            ),
        ),
        board=("lever", "grainger"),
        jobs=when.jobs(
            "Grainger", ("Lake Forest, IL", "Chicago, IL"), ("Coveo", "SAP Commerce", "Java", "AWS"),
            search_engineer=22, search_manager=50, backend_engineer=(14, 39), frontend_engineer=32, data_scientist=27,
            architect=46, ecommerce_director=18, account_executive=(3, 8, 25, 61), logistics_manager=(12, 42),
            warehouse_associate=(6, 19), customer_service=(9, 33), it_director=54,
        ),
        events=(
            when.event(
                "earnings", 18, "Grainger third-quarter earnings: endless assortment grows fastest",
                "Grainger reported results; its online-only business grew at a double-digit rate.", "market-ledger",
            ),
            when.event(
                "replatforming", 205, "Grainger finishes move of product data to a new platform",
                "The distributor completed a multi-year migration of product information behind its web shop.",
                "retail-systems",
            ),
            when.event(
                "expansion", 96, "Grainger to build distribution center near Houston",
                "The company expands capacity for next-day delivery.", "supply-review",
            ),
            when.event(
                "leadership_change", 455, "Grainger appoints chief technology officer",
                "Leopold Marchetti joined Grainger to lead technology.", "commerce-daily",
            ),
            when.event(
                "launch", 133, "Grainger launches punch-out catalogues with guided search",
                "Buyers in procurement systems get the same guided search as on the site.", "supply-review",
            ),
            when.event(
                "other", 40, "Factory managers on what they stock for winter",
                "From ice melt to gloves.", "supply-review",
            ),
        ),
        filings=when.filings(
            priorities=(
                "We invest in product information, search and digital capabilities so that customers find the exact "
                "item they need, in both the high-touch and the endless assortment models.",
            ),
            risks=(
                "Customers expect a digital experience like that of consumer sites; weak search or content may cost "
                "us sales.",
                "Interruptions of our e-commerce systems may harm our business.",
            ),
            quarter="Daily sales grew 5 percent. Orders that originate online are more than three quarters of all "
            "orders.",
        ),
    )  # fmt: skip
