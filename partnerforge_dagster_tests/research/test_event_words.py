"""Headlines as they are written, and what they tell."""

import pytest

from partnerforge_dagster.models.signals import SignalKind
from partnerforge_dagster.research.event_words import kind_told

TELLING = {
    SignalKind.ACQUISITION: (
        "Etsy to acquire resale app Depop",
        "Etsy to buy Depop for $1.6 billion",
        "Home Depot to buy distributor SRS in $18.25bn deal",
        "Retailer agrees to buy its largest rival",
        "Costco buys logistics business from Sears",
        "Depop bought by eBay",
        "Zalando completes acquisition of About You",
        "Two fashion sites plan merger",
        "Private equity firm makes takeover bid for Sally Beauty",
    ),
    SignalKind.REPLATFORMING: (
        "Grainger migrates its web shop to Shopify",
        "Retailer moves its site to a new commerce platform",
        "Ocado Retail replaces its search engine",
        "Why we replatformed in nine months",
        "Department store to relaunch website after outage",
        "Decathlon tests new product search in three countries",
        "IKEA puts its web shops on one composable platform",
    ),
    SignalKind.EXPANSION: (
        "Costco to open 14 warehouses this year",
        "Gymshark opens flagship store in Amsterdam",
        "Decathlon expands in North America",
        "Zalando enters one more market",
        "Grainger to build distribution center near Houston",
        "IKEA plans new stores in India",
    ),
    SignalKind.LEADERSHIP_CHANGE: (
        "Costco names new chief information officer",
        "Etsy CEO Josh Silverman steps down",
        "Jane Doe joins Chewy as Chief Digital Officer",
        "Target taps insider as next chief executive",
        "Wayfair's finance chief resigns",
        "Ron Vachris takes over as CEO of Costco",
        "Starbucks chief marketing officer departs",
        "Retailer names successor to longtime boss",
    ),
    SignalKind.FUNDING: (
        "Start-up raises $40 million to build shopping agents",
        "Gymshark raises new funding for its online business",
        "Grocer secures €200m financing",
        "Instacart files for an IPO",
        "Marketplace closes Series B",
        "Ocado raises £300 million to refinance its bonds",
        "Shein to go public in Hong Kong",
    ),
    SignalKind.LAYOFFS: (
        "Wayfair to lay off 1,650 employees",
        "Etsy cuts 11% of staff",
        "Layoffs hit Home Depot's tech team",
        "Zalando cuts jobs as it closes one logistics site",
        "Retailer to eliminate 700 corporate roles",
        "Hundreds made redundant as online grocer shrinks",
    ),
    SignalKind.LAUNCH: (
        "Costco launches redesigned app",
        "Etsy unveils gift finder",
        "Walmart rolls out same-day pharmacy delivery",
        "Zalando introduces an assistant in all markets",
    ),
}

SAYING_NOTHING = (
    # to buy, buys, bought, shares
    "What to buy at Costco this holiday season",
    "10 things to buy now at Costco, from a retailer expert",
    "Is Costco stock a good company to own, or one of the stocks to buy in a deal season?",
    "Costco's best buys for under $20",
    "Shoppers rush to buy gold bars at the warehouse chain",
    "Vanguard acquires 12,000 shares of Costco Wholesale",
    "Wealth manager buys new position in Etsy",
    "I bought the $1.50 hot dog every day for a month",
    # raises
    "Costco funds scholarship for local students",
    "Costco raises membership fee to $65",
    "Analyst raises Etsy price target to $80",
    "Costco raises hourly pay to $30",
    "Employees raise $2 million for children's hospital",
    "If you invested $1,000 in Costco's IPO",
    "The series a family of shoppers watches together",
    # layoffs elsewhere or not at all
    "What layoffs at a competitor mean for Costco",
    "Costco avoids layoffs in a hard year",
    "Tax cuts could create jobs, Costco founder says",
    # expansion
    "Costco expands recall of chicken salad",
    "What stores are open on Labor Day?",
    "Warehouses opening late: Thanksgiving hours at each location",
    "Analysts see margin expansion at Grainger",
    "Retail shares as stocks enter bear market",
    # leadership
    "Lawsuit names Costco and its chief executive",
    "Costco CEO on the price of the hot dog",
    "Costco named best place to work, executive says",
    "This new chair is the patio find of the summer",
    # replatforming
    "Alibaba moves to ban counterfeit sellers from its commerce platform",
    "Costco moves into bigger boxes",
    # launch
    "Regulator launches investigation into online marketplaces",
    "Senator introduces bill on warehouse quotas",
    "Instacart shares jump in market debut",
    # nothing that is looked for
    "Costco reports quarterly results",
    "The story behind the food-court hot dog price",
)


@pytest.mark.parametrize(("kind", "headline"), [(kind, headline) for kind in TELLING for headline in TELLING[kind]])
def test_a_headline_tells_its_kind(kind: SignalKind, headline: str) -> None:
    """Every kind is told in several ways."""
    assert kind_told(headline) is kind


@pytest.mark.parametrize("headline", SAYING_NOTHING)
def test_the_same_words_in_another_sense_tell_nothing(headline: str) -> None:
    """Advice, share trades, fees, charity, other companies' troubles, opening hours."""
    assert kind_told(headline) is None
