# ruff: noqa: E501 - a table reads best with a row a line
"""What derived companies are made of: names, technologies, roles. An entry twice is twice as likely.

Not for: how it is chosen (derive.py), texts of events (happenings.py) and postings (roles.py).
"""

from partnerforge_dagster.providers.sandbox.company import BoardKind

FIRST = (
    "Anna",
    "Ben",
    "Carla",
    "David",
    "Elena",
    "Farid",
    "Grace",
    "Hugo",
    "Ines",
    "Jonas",
    "Keiko",
    "Liam",
    "Maya",
    "Noor",
)
LAST = (
    "Ashdown", "Birchall", "Castellane", "Drummond-Hale", "Eklundh", "Fairweather", "Grabowicz", "Hartnoll", "Ivanek",
    "Jaspers", "Kirkbride", "Lindqvist", "Moreau-Banks", "Norrgard", "Okonjo", "Pettifer", "Quillfeather", "Rosenthaler",
)  # fmt: skip
BEFORE = ("bright", "north", "urban", "blue", "prime", "true", "little", "golden", "swift", "green")
AFTER = ("hub", "barn", "nest", "loft", "lane", "works", "world", "point", "direct", "corner")
"""Before or after an industry's word they make the domain of a competitor."""
SEARCH = (
    None, None, None, None, "Elasticsearch", "Elasticsearch", "Algolia", "Algolia", "Searchspring", "Klevu", "Bloomreach",
    "Constructor.io", "Coveo", "Doofinder", "Lucidworks",
)  # fmt: skip
SHOPS = (
    "Shopify Plus", "Shopify Plus", "Shopify", "Magento", "Adobe Commerce", "Salesforce Commerce Cloud",
    "Salesforce Commerce Cloud", "BigCommerce", "WooCommerce", "SAP Commerce Cloud", "commercetools", "Cart Functionality",
)  # fmt: skip
CONTENT = ("WordPress", "Contentful", "Adobe Experience Manager", "Drupal", "Amplience", "Contentstack")
EVERYWHERE = ("Viewport Meta", "SPF", "HSTS", "DigiCert SSL", "Google Tag Manager", "Google Analytics 4", "core-js")
ELSEWHERE = (
    "Hotjar", "Facebook Pixel", "TikTok Conversion Tracking Pixel", "Bing Universal Event Tracking", "Criteo", "Klaviyo",
    "Braze", "HubSpot", "OneTrust", "Optimizely", "Dynamic Yield", "Nosto", "Yotpo", "Bazaarvoice", "Trustpilot", "Segment",
    "New Relic", "Datadog", "Zendesk", "Gorgias", "Cloudflare", "Fastly", "Amazon CloudFront", "Amazon", "Google Cloud",
    "React", "Next.js", "Vue", "jQuery", "DMARC", "Office 365 Mail", "Google Apps for Business", "Organization Schema",
    "reCAPTCHA", "PayPal", "Klarna", "Adyen", "Stripe", "Google Font API", "Contentsquare",
)  # fmt: skip
BOARDS: tuple[BoardKind | None, ...] = ("greenhouse", "greenhouse", "lever", "ashby", "workable", None)
ROLES = (
    "search_engineer", "search_manager", "merchandiser", "ecommerce_manager", "ecommerce_director", "frontend_engineer",
    "backend_engineer", "engineering_manager", "data_engineer", "data_scientist", "product_manager", "designer",
    "seo_manager", "crm_manager", "project_manager", "finance_analyst", "recruiter", "account_executive",
    "logistics_manager", "warehouse_associate", "store_manager", "customer_service",
)  # fmt: skip
OFFICES = (
    "Chief Executive Officer", "Chief Financial Officer", "Chief Technology Officer", "Vice President, eCommerce",
    "Chief Marketing Officer",
)  # fmt: skip
