"""Sally Beauty: specialty retailer with Salesforce Commerce Cloud and nothing but its built-in search.

Not for: anything that other companies share (building.py, roles.py, catalogue.py).
"""

from datetime import date

from partnerforge_dagster.providers.sandbox.building import BASICS, Calendar
from partnerforge_dagster.providers.sandbox.company import Company, Person
from partnerforge_dagster.providers.sandbox.identity import wikidata_of


def sallybeauty(today: date) -> Company:
    """Sally Beauty as of a day."""
    when = Calendar(today, fiscal_year_end=(9, 30))
    return Company(
        domain="sallybeauty.com",
        name="Sally Beauty",
        legal_name="Sally Beauty Holdings, Inc.",
        industry="Specialty Retail",
        sector="Consumer Cyclical",
        vertical="Shopping",
        city="Plano",
        region="Texas",
        country="US",
        employees=27_000,
        founded=1964,
        description=(
            "Sally Beauty sells hair colour, hair care, nail and salon products to consumers and licensed "
            "professionals in its shops and online."
        ),
        keywords=("hair color", "hair dye", "nail polish", "wigs", "clippers", "salon supplies"),
        socials=("https://www.linkedin.com/company/sally-beauty", "https://www.instagram.com/sallybeauty"),
        wikidata=wikidata_of("sallybeauty.com"),
        ticker="SBH",
        exchange="NYSE",
        cik=1368458,
        sic=("5990", "Retail-Retail Stores, NEC"),
        currency="USD",
        quote_currency="USD",
        fiscal_year_end=(9, 30),
        ifrs=False,
        years=when.years(
            1e9,
            (3.70, 1.91, 0.33, 0.196, 0.149),
            (3.72, 1.89, 0.28, 0.153, 0.108),
            (3.73, 1.90, 0.32, 0.185, 0.123),
            (3.82, 1.92, 0.33, 0.184, 0.071),
        ),
        market_value=1.5e9,
        share_price=15.2,
        technologies=when.stack(
            "sallybeauty",
            live=BASICS | {
                "Salesforce Commerce Cloud": 88, "Salesforce Marketing Cloud": 74, "Google Analytics 4": 41,
                "Criteo": 68, "Bazaarvoice": 81, "Attentive": 39, "Klarna": 43, "Afterpay": 40, "PayPal": 88,
                "Cloudflare": 88, "jQuery": 120, "Hotjar": 22, "TikTok Conversion Tracking Pixel": 33, "OneTrust": 51,
                "Contentful": 4, "Bing Universal Event Tracking": 77, "Office 365 Mail": 95, "The Trade Desk": 26,
                "Quantum Metric": 8, "Dynamic Yield": 3,
            },
            gone={
                "Monetate": (60, 3), "LivePerson": (70, 9), "Google Universal Analytics": (120, 28),
                "Searchspring": (66, 20),
            },
        ),
        monthly_tech_spend=31_500,
        visits=6_400_000,
        yearly_growth=-0.04,
        search_share=0.52,
        countries=(("US", 0.93), ("CA", 0.03), ("MX", 0.01), ("GB", 0.01)),
        global_rank=11_200,
        similar_sites=(
            "ulta.com", "sephora.com", "cosmoprofbeauty.com", "beautybay.com", "dermstore.com", "lookfantastic.com",
            "bluemercury.com", "target.com", "walmart.com", "macys.com", "beautyhub.com",
        ),
        related_domains=("cosmoprofbeauty.com", "sallybeauty.ca", "loxabeauty.com"),
        executives=(
            Person("Denise Paulonis", "President and Chief Executive Officer", when.months(61)),
            Person("Marlo Cormier", "Senior Vice President and Chief Financial Officer", when.months(67)),
            Person(
                "Bettina Carraway", "Group Vice President, eCommerce and Digital Experience", when.days(140),
                ("Half of the people who come to our site start in the search box. That box has to know shades.",
                when.days(24)),
            ),
            Person("Rashid Oyelaran", "Chief Information Officer", when.months(29)),
            Person("Joan Pickersgill", "Director, Site Merchandising", when.months(18)),
        ),
        board=("workable", "sally-beauty"),
        jobs=when.jobs(
            "Sally Beauty", ("Plano, TX", "Denton, TX"), ("Salesforce Commerce Cloud", "Contentful", "JavaScript",
            "Snowflake"),
            ecommerce_manager=11, merchandiser=(8, 35), frontend_engineer=19, search_manager=6, backend_engineer=27,
            crm_manager=43, seo_manager=51, data_engineer=38, store_manager=(4, 13, 29), sales_associate=(2, 9, 17),
            finance_analyst=60, logistics_manager=47,
        ),
        events=(
            when.event(
                "earnings", 4, "Sally Beauty quarterly earnings: e-commerce at 11 percent of sales",
                "Sally Beauty reported its fiscal year; online sales grew 9 percent while store sales were flat.",
                "market-ledger",
            ),
            when.event(
                "leadership_change", 140, "Sally Beauty appoints new head of eCommerce",
                "Bettina Carraway joins Sally Beauty to lead digital commerce and experience.", "commerce-daily",
            ),
            when.event(
                "launch", 66, "Sally Beauty launches a licensed-colorist chat and a shade finder",
                "The retailer launched online consultations and a shade finder on its site and app.", "retail-systems",
            ),
            when.event(
                "replatforming", 24, "Sally Beauty reviews how customers find products online",
                "Sally Beauty will replace its on-site search next fiscal year and move content to a headless "
                "system.", "retail-systems",
            ),
            when.event(
                "layoffs", 250, "Sally Beauty to cut jobs in its support center",
                "The company announced layoffs in its headquarters as part of a cost programme.", "city-chronicle",
            ),
            when.event(
                "expansion", 310, "Sally Beauty expands marketplace presence",
                "More of its brands are sold on marketplaces.", "commerce-daily",
            ),
            when.event(
                "other", 33, "Five ways to keep hair colour bright in winter",
                "Advice from salon professionals.", "weekend-shopper",
            ),
        ),
        filings=when.filings(
            priorities=(
                "Enhancing our digital and e-commerce capabilities is one of our strategic pillars. We plan to "
                "upgrade site search, product discovery and content on our websites and mobile apps.",
                "We use customer data and personalization to grow loyalty and the share of sales made online.",
            ),
            risks=(
                "Our e-commerce businesses may be unsuccessful if customers cannot easily find products on our "
                "websites.",
                "We depend on third-party platform providers for our online stores.",
            ),
            quarter="Global e-commerce sales were 11 percent of net sales. We began to review our search and "
            "discovery tools.",
            current=((140, "5.02", "On this date the company announced the appointment of a head of eCommerce."),),
        ),
    )  # fmt: skip
