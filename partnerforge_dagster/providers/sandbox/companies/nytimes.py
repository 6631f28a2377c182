"""The New York Times: a media company with an own search on Elasticsearch and no shop to speak of.

Not for: anything that other companies share (building.py, roles.py, catalogue.py).
"""

from datetime import date

from partnerforge_dagster.providers.sandbox.building import BASICS, Calendar
from partnerforge_dagster.providers.sandbox.company import Company, Person
from partnerforge_dagster.providers.sandbox.identity import wikidata_of


def nytimes(today: date) -> Company:
    """The New York Times as of a day."""
    when = Calendar(today)
    return Company(
        domain="nytimes.com",
        name="The New York Times",
        legal_name="The New York Times Company",
        industry="Publishing",
        sector="Communication Services",
        vertical="News",
        city="New York",
        region="New York",
        country="US",
        employees=5_900,
        founded=1851,
        description="The New York Times publishes news, games, recipes, product reviews and audio to subscribers "
        "worldwide.",
        keywords=("news", "wordle", "crossword", "recipes", "opinion", "best sellers", "product reviews"),
        socials=("https://www.linkedin.com/company/the-new-york-times", "https://www.instagram.com/nytimes"),
        wikidata=wikidata_of("nytimes.com"),
        ticker="NYT",
        exchange="NYSE",
        cik=71691,
        sic=("2711", "Newspapers: Publishing or Publishing & Printing"),
        currency="USD",
        quote_currency="USD",
        fiscal_year_end=(12, 31),
        ifrs=False,
        years=when.years(
            1e9,
            (2.82, 1.43, 0.45, 0.34, 0.26),
            (2.59, 1.28, 0.35, 0.29, 0.20),
            (2.43, 1.18, 0.28, 0.23, 0.29),
            (2.31, 1.10, 0.20, 0.17, 0.22),
        ),
        market_value=10.4e9,
        share_price=63.9,
        technologies=when.stack(
            "nytimes",
            live=BASICS | {
                "React": 96, "Node.js": 96, "Apollo GraphQL": 80, "Fastly": 110, "Google Cloud": 100,
                "Elasticsearch": 121, "Amazon": 140, "Chartbeat": 150, "comScore": 180, "DoubleClick.Net": 190,
                "The Trade Desk": 48, "Optimizely": 66, "Datadog": 36, "OneTrust": 8, "Google Apps for Business": 160,
                "Braze": 30, "Stripe": 11, "PayPal": 95, "Google Analytics 4": 44, "Segment": 5, "Amplitude": 3,
            },
            gone={"Piano": (66, 9), "New Relic": (120, 14), "Google Universal Analytics": (150, 28), "Hotjar": (30, 5)},
        ),
        monthly_tech_spend=76_000,
        visits=612_000_000,
        yearly_growth=0.05,
        search_share=0.27,
        countries=(("US", 0.74), ("CA", 0.06), ("GB", 0.05), ("IN", 0.02), ("AU", 0.02), ("DE", 0.01)),
        global_rank=97,
        similar_sites=(
            "washingtonpost.com", "wsj.com", "theguardian.com", "cnn.com", "bbc.com", "theatlantic.com",
            "newyorker.com", "bloomberg.com", "reuters.com", "usatoday.com", "latimes.com", "ft.com",
        ),
        related_domains=("theathletic.com", "nytco.com", "nyt.com"),
        executives=(
            Person("Meredith Kopit Levien", "President and Chief Executive Officer", when.months(74)),
            Person("William Bardeen", "Executive Vice President and Chief Financial Officer", when.months(40)),
            Person(
                "Orla Fennimore", "Chief Technology Officer", when.months(9),
                ("Readers ask the archive questions now. Answering them well is a search problem first.",
                when.days(47)),
            ),
            Person("Wendell Abara", "Vice President, Product, Search and Archive", when.months(21)),
        ),
        board=("greenhouse", "thenewyorktimes"),
        jobs=when.jobs(
            "The New York Times", ("New York, NY", "Remote, US"), ("Elasticsearch", "Go", "GraphQL", "React"),
            search_engineer=34, backend_engineer=(12, 58), frontend_engineer=(16, 44), ml_engineer=20,
            data_engineer=29, product_manager=26, designer=37, editor=(5, 11, 23, 41), seo_manager=14, lawyer=53,
            finance_analyst=67,
        ),
        events=(
            when.event(
                "earnings", 12, "New York Times quarterly earnings: digital subscriptions rise",
                "The company reported more subscribers to its bundle and higher digital advertising.", "market-ledger",
            ),
            when.event(
                "leadership_change", 275, "New York Times appoints chief technology officer",
                "Orla Fennimore will lead engineering and data of the publisher.", "city-chronicle",
            ),
            when.event(
                "launch", 47, "New York Times launches natural-language archive search for subscribers",
                "Subscribers can ask questions to 170 years of reporting.", "app-notes",
            ),
            when.event(
                "expansion", 230, "New York Times expands its cooking app to two more languages",
                "Recipes are going to new markets.", "market-ledger",
            ),
            when.event(
                "other", 80, "Panel: is there a limit to subscription bundles?",
                "Publishers and analysts met in Vienna.", "media-forum",
            ),
            when.event(
                "other", 160, "The printer that still runs at night",
                "A visit to the plant in Queens.", "weekend-shopper",
            ),
        ),
        filings=when.filings(
            priorities=(
                "We aim to be the essential subscription for every English-speaking person who seeks to understand "
                "the world; personalization and search help subscribers find more of our journalism and products.",
            ),
            risks=(
                "Search engines and artificial intelligence assistants may send us fewer readers.",
                "We must keep improving the technology of our products, including search and recommendations.",
            ),
            quarter="Subscribers to our bundle increased, and more of them used two or more products each week.",
        ),
    )  # fmt: skip
