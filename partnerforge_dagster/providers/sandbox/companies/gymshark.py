"""Gymshark: private British sportswear brand that already uses Algolia on Shopify Plus.

Not for: anything that other companies share (building.py, roles.py, catalogue.py).
"""

from datetime import date

from partnerforge_dagster.providers.sandbox.building import BASICS, Calendar
from partnerforge_dagster.providers.sandbox.company import Company, Person
from partnerforge_dagster.providers.sandbox.identity import wikidata_of


def gymshark(today: date) -> Company:
    """Gymshark as of a day."""
    when = Calendar(today, fiscal_year_end=(7, 31))
    return Company(
        domain="gymshark.com",
        name="Gymshark",
        legal_name="Gymshark Limited",
        industry="Apparel Retail",
        sector="Consumer Cyclical",
        vertical="Sports",
        city="Solihull",
        region="England",
        country="GB",
        employees=1_000,
        founded=2012,
        description="Gymshark designs training clothes and sells them online and in a few shops.",
        keywords=("gym leggings", "workout shorts", "sports bras", "hoodies", "gymwear"),
        socials=("https://www.linkedin.com/company/gymshark", "https://www.instagram.com/gymshark"),
        wikidata=wikidata_of("gymshark.com"),
        ticker=None,
        exchange=None,
        cik=None,
        sic=None,
        currency="GBP",
        quote_currency=None,
        fiscal_year_end=(7, 31),
        ifrs=False,
        years=when.years(1e6, (671, 421, 21, 14, 62), (646, 402, 16, 10, 55), (607, 372, 18, 11, 60), (556, 338, 14,
        8, 52)),
        market_value=None,
        share_price=None,
        technologies=when.stack(
            "gymshark",
            live=BASICS | {
                "Shopify Plus": 110, "Algolia": 51, "Next.js": 44, "React": 60, "Contentful": 58, "Cloudflare": 80,
                "Klaviyo": 22, "Google Analytics 4": 42, "TikTok Conversion Tracking Pixel": 48, "Klarna": 66,
                "PayPal": 108, "Apple Pay": 70, "Yotpo": 30, "Gorgias": 19, "Dynamic Yield": 26, "Segment": 40,
                "Hotjar": 35, "OneTrust": 38, "Amazon": 44, "Google Apps for Business": 100, "Braze": 6,
            },
            gone={
                "Magento": (140, 109), "Optimizely": (40, 8), "Zendesk": (70, 18),
                "Google Universal Analytics": (120, 30),
            },
        ),
        monthly_tech_spend=33_000,
        visits=11_900_000,
        yearly_growth=0.06,
        search_share=0.4,
        countries=(("US", 0.44), ("GB", 0.24), ("DE", 0.06), ("CA", 0.05), ("AU", 0.04), ("FR", 0.03)),
        global_rank=6_100,
        similar_sites=(
            "lululemon.com", "nike.com", "adidas.com", "underarmour.com", "aloyoga.com", "fabletics.com",
            "vuoriclothing.com", "alphaleteathletics.com", "youngla.com", "sweatybetty.com", "myprotein.com",
            "reebok.com",
        ),
        related_domains=("gymshark.co.uk", "gymshark.de"),
        executives=(
            Person("Ben Francis", "Chief Executive Officer", when.months(63)),
            Person(
                "Harriet Osei-Vance", "Chief Technology Officer", when.months(17),
                ("Search takes the load on launch days, and nobody here had to stay up for it.", when.days(210)),
            ),
            Person("Callum Strand", "Director of eCommerce", when.months(28)),
        ),
        board=("greenhouse", "gymshark"),
        jobs=when.jobs(
            "Gymshark", ("Solihull, UK", "London, UK"), ("Algolia", "Shopify", "Next.js", "Contentful"),
            ecommerce_manager=16, frontend_engineer=(12, 50), merchandiser=20, data_engineer=34, product_manager=27,
            designer=41, crm_manager=30, store_manager=9, sales_associate=(5, 22), finance_analyst=55,
        ),
        events=(
            when.event(
                "expansion", 90, "Gymshark expands to New York",
                "The brand opens its first American store.", "commerce-daily",
            ),
            when.event("earnings", 170, "Gymshark reports yearly sales", "Revenue rose six percent.", "market-ledger"),
            when.event(
                "launch", 210, "Gymshark launches training app update",
                "Plans, videos and shopping in one app.", "app-notes",
            ),
            when.event(
                "layoffs", 440, "Gymshark cuts head-office jobs",
                "A reorganization affects several teams.", "city-chronicle",
            ),
            when.event("other", 35, "Lift with your friends", "Why training in pairs works.", "weekend-shopper"),
            when.event("other", 18, "Black Friday wish lists", "What readers are waiting for.", "weekend-shopper"),
        ),
        filings=(),
    )  # fmt: skip
