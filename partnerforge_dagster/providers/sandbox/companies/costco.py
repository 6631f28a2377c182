"""Costco: US warehouse club on an ageing suite platform that is about to choose a new search.

Not for: anything that other companies share (building.py, roles.py, catalogue.py).
"""

from datetime import date

from partnerforge_dagster.providers.sandbox.building import BASICS, Calendar
from partnerforge_dagster.providers.sandbox.company import Company, Person


def costco(today: date) -> Company:
    """Costco as of a day."""
    when = Calendar(today, fiscal_year_end=(8, 31))
    return Company(
        domain="costco.com",
        name="Costco",
        legal_name="Costco Wholesale Corporation",
        industry="Discount Stores",
        sector="Consumer Defensive",
        vertical="Shopping",
        city="Issaquah",
        region="Washington",
        country="US",
        employees=341_000,
        founded=1983,
        description=(
            "Costco runs membership warehouses in North America, Europe and Asia and sells groceries, electronics, "
            "furniture and services to members in its clubs and online."
        ),
        keywords=("membership warehouse", "bulk groceries", "kirkland signature", "tires", "appliances", "travel",
        "pharmacy"),
        socials=(
            "https://www.linkedin.com/company/costco-wholesale", "https://www.facebook.com/Costco",
            "https://www.instagram.com/costco",
        ),
        wikidata="Q715583",
        ticker="COST",
        exchange="NasdaqGS",
        cik=909832,
        sic=("5331", "Retail-Variety Stores"),
        currency="USD",
        quote_currency="USD",
        fiscal_year_end=(8, 31),
        ifrs=False,
        years=when.years(
            1e9,
            (296.9, 38.4, 11.4, 8.9, 16.2),
            (275.2, 35.3, 10.4, 8.1, 14.2),
            (254.5, 32.1, 9.3, 7.4, 9.9),
            (242.3, 29.7, 8.1, 6.3, 13.7),
            (227.0, 27.6, 7.8, 5.8, 10.2),
        ),
        market_value=412e9,
        share_price=929.4,
        technologies=when.stack(
            "costco",
            live=BASICS | {
                "WebSphere Commerce": 172, "Elasticsearch": 31, "Adobe Experience Manager": 58, "Akamai": 160,
                "Adobe Analytics": 148, "Adobe Target": 90, "Tealium": 102, "Bazaarvoice": 126, "Quantum Metric": 44,
                "Dynatrace": 70, "OneTrust": 66, "Criteo": 84, "DoubleClick.Net": 150, "The Trade Desk": 61,
                "Salesforce Marketing Cloud": 110, "React": 38, "Next.js": 7, "jQuery": 180, "Microsoft Azure": 40,
                "Java EE": 172, "Office 365 Mail": 112, "Apple Pay": 29, "PayPal": 9, "Forter": 5, "comScore": 130,
                "Bing Universal Event Tracking": 88,
            },
            gone={
                "Endeca": (150, 30), "Google Universal Analytics": (140, 27), "Monetate": (70, 6),
                "LivePerson": (98, 4), "Visual Website Optimizer": (40, 10),
            },
        ),
        monthly_tech_spend=148_000,
        visits=176_000_000,
        yearly_growth=0.09,
        search_share=0.41,
        countries=(("US", 0.84), ("CA", 0.07), ("MX", 0.03), ("GB", 0.02), ("JP", 0.01), ("KR", 0.01)),
        global_rank=311,
        similar_sites=(
            "samsclub.com", "bjs.com", "walmart.com", "target.com", "bestbuy.com", "homedepot.com", "lowes.com",
            "kroger.com", "wayfair.com", "officedepot.com", "macys.com", "newegg.com",
        ),
        related_domains=("costco.ca", "costco.co.uk", "costcotravel.com", "costcobusinessdelivery.com"),
        executives=(
            Person("Ron Vachris", "President and Chief Executive Officer", when.months(34.5)),
            Person("Gary Millerchip", "Executive Vice President and Chief Financial Officer", when.months(32)),
            Person(
                "Marisa Delgado-Stone", "Senior Vice President, Digital Commerce", when.days(81),
                ("Our platform served us well for fifteen years. The next one will be built from parts.",
                when.days(38)),
            ),
            Person(
                "Priya Raghunathan", "Vice President, Site Experience and Search", when.months(14),
                ("Members come to our site to find one item fast, and we owe them a better way to find it.",
                when.days(52)),
            ),
            Person("Theodore Wanamaker", "Executive Vice President and Chief Information Officer", when.months(50)),
            Person("Colin Abernathy", "Vice President, Membership Marketing", when.months(63)),
        ),
        board=("greenhouse", "costco"),
        jobs=when.jobs(
            "Costco", ("Issaquah, WA", "Seattle, WA", "Dallas, TX"),
            ("Elasticsearch", "HCL Commerce", "Adobe Experience Manager", "Java", "React"),
            search_engineer=(9, 26), search_manager=16, merchandiser=12, ecommerce_director=33, architect=21,
            project_manager=14, frontend_engineer=(6, 40, 71), backend_engineer=(8, 19, 47), engineering_manager=29,
            data_engineer=(23, 55), data_scientist=18, ml_engineer=11, product_manager=37, designer=42, seo_manager=31,
            crm_manager=58, it_director=44, finance_analyst=62, recruiter=75, logistics_manager=(15, 49),
            warehouse_associate=(3, 5, 34), store_manager=(10, 66), customer_service=(7, 52),
        ),
        events=(
            when.event(
                "leadership_change", 81, "Costco names new senior vice president of digital commerce",
                "Costco appointed Marisa Delgado-Stone to lead its online business; she will report to the chief "
                "executive.", "commerce-daily",
            ),
            when.event(
                "replatforming", 38, "Costco to rebuild its online store on composable services",
                "Costco said it is replacing its commerce suite in steps, beginning with search and product pages "
                "next year.", "retail-systems",
            ),
            when.event(
                "earnings", 52, "Costco fourth-quarter earnings: digital sales up 14 percent",
                "Costco reported higher revenue and said that digitally enabled sales again grew faster than the "
                "company.", "market-ledger",
            ),
            when.event(
                "expansion", 120, "Costco plans 30 new warehouses and same-day delivery in more cities",
                "Costco expands with 30 new clubs in its new fiscal year and widens same-day delivery.",
                "commerce-daily",
            ),
            when.event(
                "launch", 150, "Costco launches redesigned app with digital membership card",
                "The new Costco app adds warehouse stock, a wallet and list sharing.", "app-notes",
            ),
            when.event(
                "earnings", 172, "Costco third-quarter earnings beat expectations",
                "Costco's quarterly results rose on traffic and renewals; executives named site search as a work "
                "item.", "market-ledger",
            ),
            when.event(
                "acquisition", 300, "Costco acquires logistics software firm Haulbright",
                "Costco acquired the small maker of delivery-routing software to speed up big-and-bulky delivery.",
                "supply-review",
            ),
            when.event(
                "other", 20, "What to buy at Costco this holiday season",
                "Ten finds from the aisles under 25 dollars.", "weekend-shopper",
            ),
            when.event(
                "other", 95, "The story behind the food-court hot dog price",
                "Why one price has stayed the same since 1985.", "weekend-shopper",
            ),
        ),
        filings=when.filings(
            priorities=(
                "Our digital business is a priority. In fiscal year ahead we intend to improve product search and "
                "discovery, page speed and checkout on our websites and mobile app, and to modernize our e-commerce "
                "platform in stages.",
                "We are investing in personalization and in fulfilment so that members find and receive merchandise "
                "faster, whether they shop in a warehouse or online.",
            ),
            risks=(
                "If we do not successfully develop and maintain relevant digital experiences for our members, "
                "including search and recommendations, our business may be adversely affected.",
                "We rely extensively on information technology. Replacing or upgrading our e-commerce systems may "
                "cause disruptions and may cost more or take longer than planned.",
                "Competitors, among them internet retailers with large technology budgets, may offer members a better "
                "online shopping experience.",
            ),
            quarter="Digitally enabled comparable sales rose 14 percent. Traffic to our sites and app grew, and work "
            "on the new product search began.",
            current=(
                (81, "5.02", "On this date the company appointed a senior vice president of digital commerce."),
                (38, "7.01", "The company furnished a presentation about the modernization of its e-commerce "
                "platform."),
            ),
        ),
    )  # fmt: skip
