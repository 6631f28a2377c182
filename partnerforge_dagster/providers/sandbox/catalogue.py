# ruff: noqa: E501 - a table reads best with a row a line
"""Technologies as BuiltWith names them, with tag, categories and what a home page shows of them.

Not for: which company uses what since when (companies/, derive.py).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """What is the same about a technology on every site."""

    tag: str
    categories: tuple[str, ...] = ()
    hint: str | None = None
    """A script that home pages load from it; `{site}` stands for the account's name there."""
    premium: bool = False
    generator: str | None = None
    """Content of the home page's `<meta name="generator">`."""


def _shop(*categories: str, hint: str | None = None, generator: str | None = None) -> Entry:
    return Entry("shop", categories or ("Enterprise",), hint, premium=True, generator=generator)


def _search(hint: str | None = None) -> Entry:
    return Entry("widgets", ("Site Search",), hint, premium=True)


def _analytics(category: str, hint: str | None = None, premium: bool = False) -> Entry:
    return Entry("analytics", (category,), hint, premium)


def _script(category: str, hint: str | None = None) -> Entry:
    return Entry("javascript", (category,), hint)


SEARCH = {
    "Algolia": _search("https://{site}-dsn.algolia.net/1/isalive"),
    "Bloomreach": _search("https://cdn.brcdn.com/v1/br-trk-{site}.js"),
    "Constructor.io": _search("https://cnstrc.com/js/cust/{site}.js"),
    "Coveo": _search("https://static.cloud.coveo.com/atomic/v2/atomic.esm.js"),
    "Elasticsearch": Entry("widgets", ("Site Search", "Search Engine")),
    "Klevu": _search("https://js.klevu.com/core/v2/klevu.js"),
    "Searchspring": _search("https://snapui.searchspring.io/{site}/bundle.js"),
    "Lucidworks": _search(),
    "Endeca": _search(),
    "Doofinder": _search("https://cdn.doofinder.com/livelayer/1/js/loader.min.js"),
}
"""Site-search products. Elasticsearch, Lucidworks and Endeca run behind the server: no page shows them."""

SHOPS = {
    "Salesforce Commerce Cloud": _shop(
        "Enterprise", "Hosted Solution", hint="https://production-{site}.demandware.net/on/demandware.static/main.js"
    ),
    "Shopify Plus": _shop("Enterprise", "Hosted Solution", hint="https://cdn.shopify.com/shopifycloud/{site}/plus.js"),
    "Shopify": _shop("Hosted Solution", hint="https://cdn.shopify.com/s/files/1/{site}/theme.js"),
    "Magento": _shop("Open Source", hint="/static/version1/frontend/{site}/default/en_US/mage/requirejs/mixins.js"),
    "Adobe Commerce": _shop("Enterprise", hint="/static/version1/frontend/{site}/default/en_US/Magento_Ui/js/core.js"),
    "SAP Commerce Cloud": _shop("Enterprise", "Multi-Channel", hint="/_ui/responsive/common/js/acc.global.js"),
    "WebSphere Commerce": _shop("Enterprise", hint="/wcsstore/{site}/javascript/StoreCommon.js"),
    "commercetools": _shop("Headless"),
    "BigCommerce": _shop("Hosted Solution", hint="https://cdn11.bigcommerce.com/s-{site}/stencil/theme-bundle.js"),
    "WooCommerce": _shop(
        "WordPress Plugins", hint="/wp-content/plugins/woocommerce/assets/js/frontend/woocommerce.min.js",
        generator="WooCommerce 9.3.3",
    ),
    "Cart Functionality": Entry("shop", ("Non Platform",)),
}  # fmt: skip

CONTENT = {
    "Adobe Experience Manager": Entry(
        "cms", ("Enterprise",), "/etc.clientlibs/{site}/clientlibs/main.js", premium=True
    ),
    "WordPress": Entry(
        "cms", ("Open Source", "Blog"), "/wp-includes/js/wp-emoji-release.min.js", False, "WordPress 6.6"
    ),
    "WordPress VIP": Entry("hosting", ("WordPress Hosting",), premium=True),
    "Contentful": Entry("cms", ("Headless",), "https://images.ctfassets.net/{site}/loader.js", premium=True),
    "Contentstack": Entry("cms", ("Headless",), "https://cdn.contentstack.io/v3/{site}.js", premium=True),
    "Drupal": Entry("cms", ("Open Source",), "/core/misc/drupal.js", False, "Drupal 10 (https://www.drupal.org)"),
    "Sitecore": Entry("cms", ("Enterprise",), premium=True),
    "Amplience": Entry("cms", ("Headless",), "https://cdn.c1.amplience.net/c/{site}/loader.js", premium=True),
}

MARKETING = {
    "Google Tag Manager": Entry("widgets", ("Tag Management",), "https://www.googletagmanager.com/gtm.js?id=GTM-SANDBOX"),
    "Tealium": Entry("widgets", ("Tag Management",), "https://tags.tiqcdn.com/utag/{site}/main/prod/utag.js", premium=True),
    "Google Analytics 4": _analytics("Audience Measurement", "https://www.googletagmanager.com/gtag/js?id=G-SANDBOX"),
    "Google Universal Analytics": _analytics("Audience Measurement"),
    "Adobe Analytics": _analytics("Enterprise", "https://{site}.sc.omtrdc.net/b/ss/main/1/s.js", premium=True),
    "Adobe Target": _analytics("A/B Testing", premium=True),
    "Amplitude": _analytics("Product Analytics", "https://cdn.amplitude.com/libs/amplitude-8.21.4-min.gz.js", True),
    "Segment": _analytics("Customer Data Platform", "https://cdn.segment.com/analytics.js/v1/{site}/analytics.min.js", True),
    "mParticle": _analytics("Customer Data Platform", "https://jssdkcdns.mparticle.com/js/v2/{site}/mparticle.js", True),
    "Optimizely": _analytics("A/B Testing", "https://cdn.optimizely.com/js/{site}.js", True),
    "Visual Website Optimizer": _analytics("A/B Testing", "https://dev.visualwebsiteoptimizer.com/j.php", True),
    "Dynamic Yield": _analytics("Personalization", "https://cdn.dynamicyield.com/api/{site}/api_dynamic.js", True),
    "Monetate": _analytics("Personalization", "https://se.monetate.net/js/2/{site}/entry.js", True),
    "Nosto": _analytics("Personalization", "https://connect.nosto.com/include/{site}", True),
    "Hotjar": _analytics("Conversion Optimization", "https://static.hotjar.com/c/hotjar-{site}.js", True),
    "Quantum Metric": _analytics("Conversion Optimization", "https://cdn.quantummetric.com/qscripts/quantum-{site}.js", True),
    "Contentsquare": _analytics("Conversion Optimization", "https://t.contentsquare.net/uxa/{site}.js", True),
    "New Relic": _analytics("Application Performance", "https://js-agent.newrelic.com/nr-loader-spa-current.min.js"),
    "Dynatrace": _analytics("Application Performance", premium=True),
    "Datadog": _analytics("Application Performance", "https://www.datadoghq-browser-agent.com/us1/v5/datadog-rum.js", True),
    "Facebook Pixel": _analytics("Conversion Optimization", "https://connect.facebook.net/en_US/fbevents.js"),
    "TikTok Conversion Tracking Pixel": _analytics("Conversion Optimization", "https://analytics.tiktok.com/i18n/pixel/events.js"),
    "Bing Universal Event Tracking": _analytics("Retargeting / Remarketing", "https://bat.bing.com/bat.js"),
    "comScore": _analytics("Audience Measurement", "https://sb.scorecardresearch.com/beacon.js"),
    "Chartbeat": _analytics("Audience Measurement", "https://static.chartbeat.com/js/chartbeat.js", True),
    "Bazaarvoice": _analytics("Ratings and Reviews", "https://apps.bazaarvoice.com/deployments/{site}/bv.js", True),
    "PowerReviews": _analytics("Ratings and Reviews", "https://ui.powerreviews.com/stable/4.1/ui.js", True),
    "Yotpo": _analytics("Ratings and Reviews", "https://staticw2.yotpo.com/{site}/widget.js", True),
    "Trustpilot": Entry("widgets", ("Ratings and Reviews",), "https://widget.trustpilot.com/bootstrap/v5/tp.widget.bootstrap.min.js"),
    "Klaviyo": _analytics("Marketing Automation", "https://static.klaviyo.com/onsite/js/{site}/klaviyo.js", True),
    "Braze": _analytics("Marketing Automation", "https://js.appboycdn.com/web-sdk/5.4/braze.min.js", True),
    "Salesforce Marketing Cloud": _analytics("Marketing Automation", premium=True),
    "HubSpot": _analytics("Marketing Automation", "https://js.hs-scripts.com/{site}.js", True),
    "Marketo": _analytics("Marketing Automation", "https://munchkin.marketo.net/munchkin.js", True),
    "OneTrust": Entry("widgets", ("Privacy Compliance",), "https://cdn.cookielaw.org/scripttemplates/otSDKStub.js", premium=True),
    "Criteo": Entry("ads", ("Retargeting / Remarketing",), "https://dynamic.criteo.com/js/ld/ld.js"),
    "DoubleClick.Net": Entry("ads", ("Ad Network",), "https://stats.g.doubleclick.net/dc.js"),
    "The Trade Desk": Entry("ads", ("Demand-side Platform",)),
    "Attentive": Entry("widgets", ("SMS Marketing",), "https://cdn.attn.tv/{site}/dtag.js", premium=True),
    "LivePerson": Entry("widgets", ("Live Chat",), "https://lptag.liveperson.net/tag/tag.js", premium=True),
    "Zendesk": Entry("widgets", ("Live Chat", "Ticketing System"), "https://static.zdassets.com/ekr/snippet.js", premium=True),
    "Gorgias": Entry("widgets", ("Live Chat", "Ticketing System"), "https://config.gorgias.chat/bundle-loader/{site}", premium=True),
    "Piano": Entry("widgets", ("Paywall",), "https://cdn.tinypass.com/api/tinypass.min.js", premium=True),
}  # fmt: skip

PLATFORM = {
    "React": _script("JavaScript Library"),
    "Next.js": _script("Framework", "/_next/static/chunks/main.js"),
    "Vue": _script("JavaScript Library"),
    "Nuxt.js": _script("Framework", "/_nuxt/entry.js"),
    "Angular": _script("JavaScript Library"),
    "jQuery": _script("JavaScript Library", "https://code.jquery.com/jquery-3.7.1.min.js"),
    "core-js": _script("Compatibility"),
    "Apollo GraphQL": _script("JavaScript Library"),
    "Akamai": Entry("cdn", ("Edge Delivery Network",), premium=True),
    "Fastly": Entry("cdn", ("Edge Delivery Network",), premium=True),
    "Cloudflare": Entry("cdn", ("Edge Delivery Network",)),
    "Amazon CloudFront": Entry("cdns", ("Edge Delivery Network",), premium=True),
    "Amazon": Entry("hosting", ("Cloud Hosting", "Cloud PaaS")),
    "Google Cloud": Entry("hosting", ("Cloud Hosting", "Cloud PaaS")),
    "Microsoft Azure": Entry("hosting", ("Cloud Hosting", "Cloud PaaS")),
    "Alibaba Cloud": Entry("hosting", ("Cloud Hosting",)),
    "Java EE": Entry("framework", ("Programming Language",)),
    "PHP": Entry("framework", ("Programming Language",)),
    "Node.js": Entry("framework", ("Programming Language",)),
    "DigiCert SSL": Entry("ssl", ("Root Authority",)),
    "HSTS": Entry("ssl"),
    "SPF": Entry("mx", ("Standard",)),
    "DMARC": Entry("mx", ("Standard",)),
    "Office 365 Mail": Entry("mx", ("Business Email Hosting",)),
    "Google Apps for Business": Entry("mx", ("Business Email Hosting",)),
    "Viewport Meta": Entry("mobile"),
    "Organization Schema": Entry("framework", ("Schema",)),
    "reCAPTCHA": Entry("widgets", ("Captcha",), "https://www.google.com/recaptcha/api.js"),
    "Google Font API": Entry("widgets", ("Fonts",)),
    "Apple Pay": Entry("payment", ("Payment Acceptance",)),
    "PayPal": Entry("payment", ("Payment Acceptance",), "https://www.paypal.com/sdk/js"),
    "Klarna": Entry("payment", ("Pay Later",), "https://js.klarna.com/web-sdk/v1/klarna.js", premium=True),
    "Afterpay": Entry("payment", ("Pay Later",), "https://js.afterpay.com/afterpay-1.x.js", premium=True),
    "Adyen": Entry("payment", ("Payments Processor",), premium=True),
    "Stripe": Entry("payment", ("Payments Processor",), "https://js.stripe.com/v3/", premium=True),
    "Forter": Entry("payment", ("Fraud Prevention",), premium=True),
}

CATALOGUE: dict[str, Entry] = SEARCH | SHOPS | CONTENT | MARKETING | PLATFORM
