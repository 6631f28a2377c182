"""Decathlon: private French sports retailer on Adobe Commerce parts, with Constructor on trial beside it.

Not for: anything that other companies share (building.py, roles.py, catalogue.py).
"""

from datetime import date

from partnerforge_dagster.providers.sandbox.building import BASICS, Calendar
from partnerforge_dagster.providers.sandbox.company import Company, Person


def decathlon(today: date) -> Company:
    """Decathlon as of a day."""
    when = Calendar(today)
    return Company(
        domain="decathlon.com",
        name="Decathlon",
        legal_name="Decathlon SE",
        industry="Leisure",
        sector="Consumer Cyclical",
        vertical="Sports",
        city="Villeneuve-d'Ascq",
        region=None,
        country="FR",
        employees=101_000,
        founded=1976,
        description="Decathlon designs and sells gear for more than eighty sports in stores and online in seventy "
        "countries.",
        keywords=("tents", "bikes", "running shoes", "backpacks", "fitness equipment", "swimwear"),
        socials=("https://www.linkedin.com/company/decathlon", "https://www.instagram.com/decathlon"),
        wikidata="Q509349",
        ticker=None,
        exchange=None,
        cik=None,
        sic=None,
        currency="EUR",
        quote_currency=None,
        fiscal_year_end=(12, 31),
        ifrs=True,
        years=when.years(1e9, (16.8, 7.0, 1.2, 0.85, 2.1), (16.2, 6.8, 1.1, 0.79, 2.0), (15.6, 6.5, 1.3, 0.93, 1.9)),
        market_value=None,
        share_price=None,
        technologies=when.stack(
            "decathlon",
            live=BASICS | {
                "Adobe Commerce": 49, "Constructor.io": 4, "Cloudflare": 75, "Google Cloud": 66, "Vue": 45,
                "Nuxt.js": 38, "Google Analytics 4": 40, "Contentsquare": 41, "Dynamic Yield": 20,
                "Salesforce Marketing Cloud": 50, "Adyen": 57, "PayPal": 90, "Klarna": 29, "Criteo": 72,
                "OneTrust": 34, "Google Apps for Business": 130, "Trustpilot": 40, "Zendesk": 55, "Datadog": 22,
                "TikTok Conversion Tracking Pixel": 31, "Contentstack": 9,
            },
            gone={"Elasticsearch": (70, 3), "Hotjar": (50, 12), "Google Universal Analytics": (120, 30)},
        ),
        monthly_tech_spend=52_000,
        visits=14_300_000,
        yearly_growth=0.15,
        search_share=0.55,
        countries=(("US", 0.31), ("FR", 0.18), ("CA", 0.07), ("GB", 0.06), ("IN", 0.05), ("ES", 0.05)),
        global_rank=5_480,
        similar_sites=(
            "dickssportinggoods.com", "rei.com", "intersport.fr", "go-sport.com", "sportsdirect.com", "jdsports.co.uk",
            "alltricks.fr", "bergfreunde.de", "barrabes.com", "ekosport.fr", "academy.com", "snowleader.com",
        ),
        related_domains=("decathlon.fr", "decathlon.co.uk", "decathlon.de", "decathlon.ca"),
        executives=(
            Person("Javier López", "Chief Executive Officer", when.months(20)),
            Person(
                "Océane Valmorin", "Chief Digital Officer", when.months(8),
                ("Somebody who types hiking and rain wants an outfit, not a list.", when.days(58)),
            ),
            Person("Benedikt Aumann", "Chief Technology Officer", when.months(22)),
        ),
        board=("ashby", "decathlon"),
        jobs=when.jobs(
            "Decathlon", ("Lille, France", "Amsterdam, Netherlands"), ("Adobe Commerce", "Constructor.io", "Vue.js",
            "Kafka"),
            search_manager=21, search_engineer=40, frontend_engineer=(15, 44), backend_engineer=(18, 36), architect=29,
            data_scientist=24, seo_manager=13, ecommerce_manager=(7, 32), store_manager=(5, 16), sales_associate=(3,
            11),
            logistics_manager=26,
        ),
        events=(
            when.event(
                "leadership_change", 245, "Decathlon appoints chief digital officer",
                "Océane Valmorin will lead digital.", "commerce-daily",
            ),
            when.event(
                "replatforming", 58, "Decathlon tests new product search in three countries",
                "The retailer is migrating its international shop to a new platform and tests search products side "
                "by side.", "retail-systems",
            ),
            when.event(
                "expansion", 130, "Decathlon expands in North America with marketplace",
                "Other sellers may list gear.", "commerce-daily",
            ),
            when.event(
                "acquisition", 330, "Decathlon acquires bike-rental company",
                "Rental joins repair and resale.", "market-ledger",
            ),
            when.event(
                "launch", 185, "Decathlon launches rental for tents and skis",
                "The service starts in two countries.", "commerce-daily",
            ),
            when.event(
                "earnings", 255, "Decathlon reports yearly sales",
                "Sales rose by 3.7 percent.", "market-ledger",
            ),
            when.event("other", 70, "Ten hikes near a train station", "No car needed.", "weekend-shopper"),
        ),
        filings=(),
    )  # fmt: skip
