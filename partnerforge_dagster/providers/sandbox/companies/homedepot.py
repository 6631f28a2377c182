"""Home Depot: a very large retailer that builds its own shop and search.

Not for: anything that other companies share (building.py, roles.py, catalogue.py).
"""

from datetime import date

from partnerforge_dagster.providers.sandbox.building import BASICS, Calendar
from partnerforge_dagster.providers.sandbox.company import Company, Person


def homedepot(today: date) -> Company:
    """Home Depot as of a day."""
    when = Calendar(today, fiscal_year_end=(1, 31))
    return Company(
        domain="homedepot.com",
        name="Home Depot",
        legal_name="The Home Depot, Inc.",
        industry="Home Improvement Retail",
        sector="Consumer Cyclical",
        vertical="Home And Garden",
        city="Atlanta",
        region="Georgia",
        country="US",
        employees=470_000,
        founded=1978,
        description="Home Depot sells building materials, tools, garden and home products and services to households "
        "and trades.",
        keywords=("power tools", "paint", "lumber", "appliances", "flooring", "garden center", "patio furniture"),
        socials=("https://www.linkedin.com/company/the-home-depot", "https://www.youtube.com/homedepot"),
        wikidata="Q864407",
        ticker="HD",
        exchange="NYSE",
        cik=354950,
        sic=("5211", "Retail-Lumber & Other Building Materials Dealers"),
        currency="USD",
        quote_currency="USD",
        fiscal_year_end=(1, 31),
        ifrs=False,
        years=when.years(
            1e9,
            (164.7, 54.8, 20.9, 14.2, 1.4),
            (159.5, 53.3, 21.5, 14.8, 1.7),
            (152.7, 51.0, 21.7, 15.1, 3.8),
            (157.4, 52.8, 24.0, 17.1, 2.8),
        ),
        market_value=371e9,
        share_price=373.1,
        technologies=when.stack(
            "homedepot",
            live=BASICS | {
                "Cart Functionality": 190, "React": 74, "Apollo GraphQL": 58, "Google Cloud": 86, "Akamai": 150,
                "Node.js": 70, "Adobe Analytics": 140, "Adobe Target": 77, "Bazaarvoice": 132, "Contentsquare": 18,
                "New Relic": 99, "Criteo": 64, "DoubleClick.Net": 120, "The Trade Desk": 57,
                "Salesforce Marketing Cloud": 90, "PayPal": 101, "Apple Pay": 20, "Forter": 31, "OneTrust": 60,
                "Office 365 Mail": 88, "comScore": 110, "Datadog": 10, "mParticle": 6,
            },
            gone={
                "Endeca": (170, 62), "Dynatrace": (80, 11), "Optimizely": (44, 7),
                "Google Universal Analytics": (90, 27),
            },
        ),
        monthly_tech_spend=171_000,
        visits=196_000_000,
        yearly_growth=0.03,
        search_share=0.47,
        countries=(("US", 0.95), ("CA", 0.01), ("MX", 0.01), ("IN", 0.01)),
        global_rank=268,
        similar_sites=(
            "lowes.com", "menards.com", "acehardware.com", "harborfreight.com", "walmart.com", "wayfair.com",
            "costco.com", "tractorsupply.com", "flooranddecor.com", "build.com", "northerntool.com", "truevalue.com",
        ),
        related_domains=("homedepot.ca", "homedepot.com.mx", "hdsupply.com"),
        executives=(
            Person("Ted Decker", "Chair, President and Chief Executive Officer", when.months(56)),
            Person("Richard McPhail", "Executive Vice President and Chief Financial Officer", when.months(86)),
            Person(
                "Alana Brightwater", "Senior Vice President, Online and Chief Experience Officer", when.months(20),
                ("A pro asks for a part, a homeowner describes a problem. One search has to answer both.",
                when.days(73)),
            ),
            Person("Gregor Stanhope", "Executive Vice President and Chief Information Officer", when.months(41)),
            Person("Mina Falkenrath", "Vice President, Search and Recommendations Engineering", when.months(33)),
        ),
        board=("greenhouse", "thehomedepot"),
        jobs=when.jobs(
            "Home Depot", ("Atlanta, GA", "Austin, TX", "Remote, US"), ("Solr", "Vertex AI", "React", "GraphQL",
            "Kotlin"),
            search_engineer=(7, 30, 64), ml_engineer=(5, 22), search_manager=41, data_scientist=(12, 36),
            frontend_engineer=(9, 18, 53), backend_engineer=(3, 27, 49), engineering_manager=25, product_manager=44,
            designer=39, merchandiser=15, seo_manager=61, store_manager=(6, 21), sales_associate=(2, 4, 11),
            logistics_manager=33, warehouse_associate=(8, 28), lawyer=57,
        ),
        events=(
            when.event(
                "launch", 73, "Home Depot launches assistant for project questions",
                "Home Depot launched an assistant that answers how-to questions and lists materials.", "app-notes",
            ),
            when.event(
                "acquisition", 190, "Home Depot acquires regional building-products distributor",
                "Home Depot acquired a distributor to serve professional customers.", "supply-review",
            ),
            when.event(
                "earnings", 88, "Home Depot second-quarter earnings: online sales up 8 percent",
                "Home Depot reported results and said that faster delivery lifts online conversion.", "market-ledger",
            ),
            when.event(
                "expansion", 270, "Home Depot opens four distribution centers for professional customers",
                "The retailer expands its delivery network.", "supply-review",
            ),
            when.event(
                "leadership_change", 410, "Home Depot names new chief information officer's deputy",
                "A long-time engineer was appointed to lead store technology.", "city-chronicle",
            ),
            when.event(
                "other", 14, "How long should a deck last?",
                "Builders on wood, screws and sealers.", "weekend-shopper",
            ),
            when.event(
                "other", 57, "Volunteers rebuild community garden",
                "Two hundred helpers, ten pallets of soil.", "city-chronicle",
            ),
        ),
        filings=when.filings(
            priorities=(
                "We continue to invest in our interconnected retail strategy: search, personalization, and a "
                "frictionless digital experience for professional customers and homeowners.",
            ),
            risks=(
                "If our digital platforms do not keep pace with customer expectations for search, speed and "
                "fulfillment, sales may fall.",
                "Generative artificial intelligence may change how customers discover products.",
            ),
            quarter="Sales leveraging our digital platforms increased by 8 percent from a year earlier.",
            current=((190, "7.01", "The company announced the acquisition of a building-products distributor."),),
        ),
    )  # fmt: skip
