"""Alibaba: foreign issuer, statements in yuan under US rules, quote in dollars, 20-F and 6-K filings.

Not for: anything that other companies share (building.py, roles.py, catalogue.py).
"""

from datetime import date

from partnerforge_dagster.providers.sandbox.building import BASICS, Calendar
from partnerforge_dagster.providers.sandbox.company import Company, Person


def alibaba(today: date) -> Company:
    """Alibaba as of a day."""
    when = Calendar(today, fiscal_year_end=(3, 31))
    return Company(
        domain="alibaba.com",
        name="Alibaba",
        legal_name="Alibaba Group Holding Limited",
        industry="Internet Retail",
        sector="Consumer Cyclical",
        vertical="Business And Industrial",
        city="Hangzhou",
        region="Zhejiang",
        country="CN",
        employees=124_000,
        founded=1999,
        description="Alibaba runs marketplaces for consumers and businesses, cloud computing and logistics.",
        keywords=("wholesale", "suppliers", "manufacturers", "ready to ship", "sourcing", "trade assurance"),
        socials=("https://www.linkedin.com/company/alibaba-com",),
        wikidata="Q1359568",
        ticker="BABA",
        exchange="NYSE",
        cik=1577552,
        sic=("5961", "Retail-Catalog & Mail-Order Houses"),
        currency="CNY",
        quote_currency="USD",
        fiscal_year_end=(3, 31),
        ifrs=False,
        years=when.years(
            1e9,
            (1031.0, 421.0, 98.0, 104.0, 178.0),
            (996.3, 398.1, 140.9, 129.5, 145.5),
            (941.2, 354.8, 113.4, 79.7, 248.1),
            (868.7, 319.0, 100.4, 72.5, 193.1),
        ),
        market_value=372e9,
        share_price=158.3,
        technologies=when.stack(
            "alibaba",
            live=BASICS | {
                "Cart Functionality": 200, "Alibaba Cloud": 160, "React": 100, "Node.js": 110, "Akamai": 120,
                "Java EE": 210, "Google Analytics 4": 42, "DoubleClick.Net": 130, "Criteo": 66,
                "TikTok Conversion Tracking Pixel": 30, "Bing Universal Event Tracking": 70, "PayPal": 40,
                "Apple Pay": 10, "Adyen": 5, "jQuery": 180,
            },
            gone={"Google Universal Analytics": (110, 30), "Hotjar": (20, 9), "Klarna": (40, 11)},
        ),
        monthly_tech_spend=58_000,
        visits=142_000_000,
        yearly_growth=0.07,
        search_share=0.44,
        countries=(("US", 0.14), ("IN", 0.07), ("CN", 0.06), ("GB", 0.05), ("PK", 0.04), ("DE", 0.03)),
        global_rank=402,
        similar_sites=(
            "made-in-china.com", "globalsources.com", "indiamart.com", "aliexpress.com", "dhgate.com", "amazon.com",
            "temu.com", "ebay.com", "shein.com", "globalspec.com",
        ),
        related_domains=("1688.com", "aliexpress.com", "taobao.com", "alibabacloud.com"),
        executives=(
            Person("Eddie Wu", "Chief Executive Officer", when.months(38)),
            Person("Joe Tsai", "Chairman", when.months(38)),
            Person("Toby Xu", "Chief Financial Officer", when.months(55)),
            Person(
                "Celeste Wang-Moreau", "General Manager, Buyer Experience", when.months(13),
                ("A buyer should describe the product once, in her own words, and get offers.", when.days(89)),
            ),
        ),
        board=None,
        jobs=(),
        events=(
            when.event(
                "earnings", 82, "Alibaba first-quarter earnings: cloud and quick commerce grow",
                "Alibaba reported revenue growth.", "market-ledger",
            ),
            when.event(
                "launch", 89, "Alibaba.com launches sourcing agent for small businesses",
                "The agent turns a description into offers.", "app-notes",
            ),
            when.event(
                "expansion", 240, "Alibaba expands data centers in three countries",
                "The cloud unit adds regions.", "tech-weekly",
            ),
            when.event(
                "funding", 420, "Alibaba raises $3 billion by convertible notes",
                "Proceeds are for cloud infrastructure.", "market-ledger",
            ),
            when.event(
                "leadership_change", 395, "Alibaba names one head for all of its e-commerce units",
                "One executive now leads all shops at home and abroad.", "market-ledger",
            ),
            when.event(
                "other", 15, "Singles' Day through the years",
                "From dormitories to stadium shows.", "weekend-shopper",
            ),
        ),
        filings=when.filings(
            priorities=(
                "We give priority to user experience in e-commerce, including search and recommendation built on our "
                "own large language models, and to artificial intelligence with cloud computing.",
            ),
            risks=(
                "If search results on our marketplaces are not relevant, users may turn to competitors.",
                "We are subject to changing rules on data, algorithms and recommendation services.",
            ),
            quarter="Customer management revenue rose on better monetization of search and recommendation.",
            forms=("20-F", "6-K", "6-K"),
        ),
    )  # fmt: skip
