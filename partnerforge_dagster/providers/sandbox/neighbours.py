# ruff: noqa: E501 - a table reads best with a row a line
"""Well-known sites that known companies compete with: enough about each that a comparison looks like life.

Everything else about them is derived like that of any domain.
Not for: companies that the sandbox knows fully (companies/).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Neighbour:
    """What is not left to chance about a site. Search None is a platform's own or an unknown one."""

    visits: float
    """A month."""
    industry: str
    search: str | None = None
    shop: str | None = None


def _group(industry: str, *rows: tuple[str, float, str | None, str | None]) -> dict[str, Neighbour]:
    return {domain: Neighbour(millions * 1e6, industry, search, shop) for domain, millions, search, shop in rows}


NEIGHBOURS: dict[str, Neighbour] = {
    **_group(
        "Specialty Retail",
        ("walmart.com", 430, None, "Cart Functionality"), ("samsclub.com", 62, "Elasticsearch", "Cart Functionality"),
        ("bjs.com", 14, "Bloomreach", "WebSphere Commerce"), ("target.com", 190, "Constructor.io", "Cart Functionality"),
        ("macys.com", 52, "Elasticsearch", "Cart Functionality"), ("officedepot.com", 13, "Coveo", "Cart Functionality"),
        ("ulta.com", 41, "Constructor.io", "SAP Commerce Cloud"), ("sephora.com", 62, "Constructor.io", "Cart Functionality"),
        ("amazon.com", 2600, None, "Cart Functionality"), ("ebay.com", 670, None, "Cart Functionality"),
        ("michaels.com", 19, "Algolia", "Salesforce Commerce Cloud"), ("joann.com", 3, "Searchspring", "Salesforce Commerce Cloud"),
        ("uncommongoods.com", 6, "Algolia", "Cart Functionality"), ("redbubble.com", 17, "Algolia", "Cart Functionality"),
        ("zazzle.com", 15, None, "Cart Functionality"), ("temu.com", 310, None, "Cart Functionality"),
        ("aliexpress.com", 520, None, "Cart Functionality"), ("dhgate.com", 18, None, "Cart Functionality"),
        ("made-in-china.com", 30, None, None), ("globalsources.com", 2, "Elasticsearch", None),
        ("indiamart.com", 60, "Elasticsearch", None), ("cosmoprofbeauty.com", 1.4, None, "Salesforce Commerce Cloud"),
        ("beautybay.com", 1.8, "Klevu", "Magento"), ("lookfantastic.com", 8, None, "Cart Functionality"),
        ("dermstore.com", 3.5, "Bloomreach", "Cart Functionality"), ("bluemercury.com", 1.2, None, "Salesforce Commerce Cloud"),
        ("notonthehighstreet.com", 3, "Algolia", "Cart Functionality"), ("folksy.com", 0.4, None, None),
        ("society6.com", 2.6, "Algolia", "Shopify Plus"), ("amazonhandmade.com", 0.1, None, None),
    ),
    **_group(
        "Home Improvement Retail",
        ("lowes.com", 130, "Bloomreach", "Cart Functionality"), ("menards.com", 44, "Lucidworks", "Cart Functionality"),
        ("acehardware.com", 17, "Coveo", "SAP Commerce Cloud"), ("harborfreight.com", 24, "Bloomreach", "Adobe Commerce"),
        ("truevalue.com", 1.5, "Searchspring", "Cart Functionality"), ("tractorsupply.com", 23, "Constructor.io", "WebSphere Commerce"),
        ("flooranddecor.com", 6, "Algolia", "Salesforce Commerce Cloud"), ("build.com", 4, "Constructor.io", "Cart Functionality"),
        ("northerntool.com", 5, "Bloomreach", "Cart Functionality"), ("diy.com", 16, "Coveo", "Cart Functionality"),
    ),
    **_group(
        "Furnishings, Fixtures & Appliances",
        ("wayfair.com", 61, None, "Cart Functionality"), ("overstock.com", 8, "Bloomreach", "Cart Functionality"),
        ("westelm.com", 7, "Constructor.io", "Cart Functionality"), ("crateandbarrel.com", 11, "Constructor.io", "Cart Functionality"),
        ("jysk.com", 3, "Algolia", "Cart Functionality"), ("conforama.fr", 7, "Algolia", "Cart Functionality"),
        ("otto.de", 46, None, "Cart Functionality"), ("maisonsdumonde.com", 9, "Algolia", "SAP Commerce Cloud"),
        ("made.com", 0.8, "Algolia", "Cart Functionality"), ("xxxlutz.de", 6, None, "SAP Commerce Cloud"),
        ("hoeffner.de", 3, "Doofinder", "Cart Functionality"), ("leroymerlin.fr", 25, "Elasticsearch", "Cart Functionality"),
    ),
    **_group(
        "Electronics & Computer Distribution",
        ("bestbuy.com", 120, None, "Cart Functionality"), ("newegg.com", 28, "Elasticsearch", "Cart Functionality"),
        ("digikey.com", 16, "Elasticsearch", "Cart Functionality"), ("globalspec.com", 1.1, "Elasticsearch", None),
    ),
    **_group(
        "Grocery Stores",
        ("kroger.com", 55, None, "Cart Functionality"), ("tesco.com", 41, "Elasticsearch", "Cart Functionality"),
        ("sainsburys.co.uk", 20, "Constructor.io", "WebSphere Commerce"), ("asda.com", 17, "Algolia", "Salesforce Commerce Cloud"),
        ("morrisons.com", 6, None, "Cart Functionality"), ("waitrose.com", 7, "Elasticsearch", "Cart Functionality"),
        ("iceland.co.uk", 3, None, "Salesforce Commerce Cloud"), ("aldi.co.uk", 8, "Algolia", "SAP Commerce Cloud"),
        ("lidl.co.uk", 6, None, "Cart Functionality"), ("gousto.co.uk", 2, "Algolia", "Cart Functionality"),
        ("abelandcole.co.uk", 0.5, None, "Cart Functionality"), ("instacart.com", 40, "Elasticsearch", "Cart Functionality"),
    ),
    **_group(
        "Industrial Distribution",
        ("mcmaster.com", 9, None, "Cart Functionality"), ("mscdirect.com", 4, "Coveo", "Cart Functionality"),
        ("fastenal.com", 3, "Lucidworks", "Cart Functionality"), ("zoro.com", 5, "Algolia", "commercetools"),
        ("globalindustrial.com", 2, "Coveo", "Cart Functionality"), ("uline.com", 9, None, "Cart Functionality"),
        ("rs-online.com", 5, "Elasticsearch", "SAP Commerce Cloud"), ("motion.com", 1, "Coveo", "SAP Commerce Cloud"),
        ("applied.com", 0.9, "Coveo", "SAP Commerce Cloud"), ("fergusonhome.com", 4, "Constructor.io", "Cart Functionality"),
        ("webstaurantstore.com", 14, "Elasticsearch", "Cart Functionality"), ("vallen.com", 0.3, None, "Cart Functionality"),
    ),
    **_group(
        "Publishing",
        ("washingtonpost.com", 75, "Elasticsearch", None), ("wsj.com", 90, "Elasticsearch", None),
        ("theguardian.com", 320, None, None), ("cnn.com", 450, None, None), ("bbc.com", 580, "Elasticsearch", None),
        ("usatoday.com", 150, "Algolia", None), ("latimes.com", 28, "Algolia", None), ("ft.com", 25, "Elasticsearch", None),
        ("theatlantic.com", 22, "Algolia", None), ("newyorker.com", 18, "Coveo", None), ("bloomberg.com", 80, None, None),
        ("reuters.com", 95, "Elasticsearch", None),
    ),
    **_group(
        "Apparel Retail",
        ("asos.com", 48, "Elasticsearch", "Cart Functionality"), ("aboutyou.de", 17, None, "Cart Functionality"),
        ("hm.com", 105, None, "Cart Functionality"), ("zara.com", 92, None, "Cart Functionality"),
        ("boohoo.com", 9, "Bloomreach", "Salesforce Commerce Cloud"), ("shein.com", 210, None, "Cart Functionality"),
        ("next.co.uk", 52, "Bloomreach", "Cart Functionality"), ("farfetch.com", 14, "Algolia", "Cart Functionality"),
        ("uniqlo.com", 60, "Elasticsearch", "Salesforce Commerce Cloud"), ("vinted.com", 90, None, None),
        ("breuninger.com", 5, "Algolia", "Cart Functionality"), ("bonprix.de", 8, None, "Cart Functionality"),
        ("peek-cloppenburg.de", 3, "Algolia", "commercetools"), ("lululemon.com", 25, "Constructor.io", "Cart Functionality"),
        ("nike.com", 120, None, "Cart Functionality"), ("adidas.com", 60, "Bloomreach", "Salesforce Commerce Cloud"),
        ("underarmour.com", 13, "Algolia", "Salesforce Commerce Cloud"), ("aloyoga.com", 8, "Algolia", "Shopify Plus"),
        ("fabletics.com", 6, "Constructor.io", "Cart Functionality"), ("alphaleteathletics.com", 1.5, "Searchspring", "Shopify Plus"),
        ("youngla.com", 3, None, "Shopify Plus"), ("vuoriclothing.com", 5, "Algolia", "Shopify Plus"),
        ("myprotein.com", 5, None, "Cart Functionality"), ("sweatybetty.com", 1.4, "Algolia", "Shopify Plus"),
        ("reebok.com", 4, "Algolia", "Shopify Plus"), ("crocs.com", 12, "Bloomreach", "Salesforce Commerce Cloud"),
        ("ugg.com", 6, "Coveo", "Salesforce Commerce Cloud"), ("ecco.com", 3, "Algolia", "Salesforce Commerce Cloud"),
        ("clarks.com", 5, None, "Cart Functionality"), ("drmartens.com", 5, "Algolia", "Salesforce Commerce Cloud"),
        ("teva.com", 1, None, "Salesforce Commerce Cloud"),
    ),
    **_group(
        "Leisure",
        ("rei.com", 27, "Elasticsearch", "Cart Functionality"), ("thenorthface.com", 9, "Bloomreach", "Salesforce Commerce Cloud"),
        ("columbia.com", 7, "Algolia", "Salesforce Commerce Cloud"), ("arcteryx.com", 5, "Algolia", "Cart Functionality"),
        ("backcountry.com", 4, "Constructor.io", "Cart Functionality"), ("llbean.com", 16, "Constructor.io", "WebSphere Commerce"),
        ("eddiebauer.com", 3, "Searchspring", "Cart Functionality"), ("cotopaxi.com", 1, None, "Shopify Plus"),
        ("mountainhardwear.com", 0.5, None, "Salesforce Commerce Cloud"), ("marmot.com", 0.4, None, "Shopify Plus"),
        ("fjallraven.com", 2, "Algolia", "Cart Functionality"), ("dickssportinggoods.com", 35, "Lucidworks", "WebSphere Commerce"),
        ("intersport.fr", 4, "Algolia", "Cart Functionality"), ("go-sport.com", 0.6, "Doofinder", "Magento"),
        ("sportsdirect.com", 12, None, "Cart Functionality"), ("jdsports.co.uk", 9, "Bloomreach", "Cart Functionality"),
        ("alltricks.fr", 3, "Algolia", "Cart Functionality"), ("bergfreunde.de", 3, None, "Cart Functionality"),
        ("barrabes.com", 0.4, "Doofinder", "Magento"), ("ekosport.fr", 1, "Doofinder", "Cart Functionality"),
        ("academy.com", 15, "Constructor.io", "WebSphere Commerce"), ("snowleader.com", 0.6, "Algolia", "Magento"),
    ),
}  # fmt: skip
