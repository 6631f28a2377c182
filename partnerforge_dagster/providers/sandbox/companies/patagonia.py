"""Patagonia: private outdoor brand on Salesforce Commerce Cloud with Bloomreach search.

Not for: anything that other companies share (building.py, roles.py, catalogue.py).
"""

from datetime import date

from partnerforge_dagster.providers.sandbox.building import BASICS, Calendar
from partnerforge_dagster.providers.sandbox.company import Company, Person
from partnerforge_dagster.providers.sandbox.identity import wikidata_of


def patagonia(today: date) -> Company:
    """Patagonia as of a day."""
    when = Calendar(today, fiscal_year_end=(4, 30))
    return Company(
        domain="patagonia.com",
        name="Patagonia",
        legal_name="Patagonia, Inc.",
        industry="Apparel Manufacturing",
        sector="Consumer Cyclical",
        vertical="Sports",
        city="Ventura",
        region="California",
        country="US",
        employees=3_500,
        founded=1973,
        description="Patagonia designs and sells outdoor clothing and gear, repairs it and buys it back.",
        keywords=("fleece", "down jacket", "backpacks", "wetsuits", "base layers", "worn wear"),
        socials=("https://www.linkedin.com/company/patagonia_2", "https://www.instagram.com/patagonia"),
        wikidata=wikidata_of("patagonia.com"),
        ticker=None,
        exchange=None,
        cik=None,
        sic=None,
        currency="USD",
        quote_currency=None,
        fiscal_year_end=(4, 30),
        ifrs=False,
        years=when.years(
            1e9, (1.53, 0.86, 0.14, 0.1, 0.2), (1.47, 0.83, 0.14, 0.1, 0.2), (1.5, 0.84, 0.15, 0.11, 0.2)
        ),
        market_value=None,
        share_price=None,
        technologies=when.stack(
            "patagonia",
            live=BASICS | {
                "Salesforce Commerce Cloud": 130, "Bloomreach": 46, "Salesforce Marketing Cloud": 88, "Cloudflare": 90,
                "Google Analytics 4": 37, "Bazaarvoice": 99, "PayPal": 66, "Apple Pay": 50, "Klarna": 14,
                "Amplience": 30, "Contentsquare": 5, "OneTrust": 44, "jQuery": 120, "Google Apps for Business": 140,
                "Zendesk": 61, "Forter": 9, "New Relic": 70, "Attentive": 16,
            },
            gone={"Dynamic Yield": (40, 6), "Google Universal Analytics": (140, 31), "Hotjar": (30, 13)},
        ),
        monthly_tech_spend=27_500,
        visits=8_100_000,
        yearly_growth=-0.02,
        search_share=0.49,
        countries=(("US", 0.72), ("CA", 0.05), ("GB", 0.05), ("DE", 0.04), ("JP", 0.03)),
        global_rank=8_650,
        similar_sites=(
            "rei.com", "thenorthface.com", "columbia.com", "arcteryx.com", "backcountry.com", "llbean.com",
            "cotopaxi.com", "marmot.com", "mountainhardwear.com", "fjallraven.com", "eddiebauer.com",
        ),
        related_domains=("wornwear.com", "patagoniaprovisions.com", "patagonia.jp"),
        executives=(
            Person("Ryan Gellert", "Chief Executive Officer", when.months(74)),
            Person(
                "Saoirse Lindgren", "Vice President, Digital", when.months(11),
                ("We would rather sell one right jacket than three wrong ones, and search can help with that.",
                when.days(150)),
            ),
            Person("Emil Kovarik", "Chief Technology Officer", when.months(31)),
        ),
        board=("greenhouse", "patagonia"),
        jobs=when.jobs(
            "Patagonia", ("Ventura, CA", "Reno, NV"), ("Salesforce Commerce Cloud", "Bloomreach", "JavaScript"),
            ecommerce_manager=23, merchandiser=10, frontend_engineer=38, product_manager=29, crm_manager=45,
            designer=33, store_manager=(7, 31), sales_associate=(4, 14), warehouse_associate=(5, 20),
            customer_service=26,
        ),
        events=(
            when.event(
                "leadership_change", 335, "Patagonia hires vice president of digital",
                "Saoirse Lindgren will lead the online shops.", "commerce-daily",
            ),
            when.event(
                "layoffs", 400, "Patagonia lays off customer-service staff",
                "Some support jobs were cut.", "city-chronicle",
            ),
            when.event(
                "launch", 150, "Patagonia launches resale inside its main shop",
                "Used gear now shows up beside new gear.", "retail-systems",
            ),
            when.event(
                "expansion", 220, "Patagonia expands its repair service in Europe",
                "Two centers open next year.", "commerce-daily",
            ),
            when.event("other", 62, "A film about a river", "The new documentary is free to watch.", "weekend-shopper"),
            when.event("other", 27, "How to wash a down jacket", "Slowly, and with tennis balls.", "weekend-shopper"),
        ),
        filings=(),
    )  # fmt: skip
