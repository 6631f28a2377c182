# ruff: noqa: E501 - a table reads best with a row a line
"""What a site's answer shows of its technologies besides the scripts that it loads: headers, cookies, a policy, a script.

Not for: the scripts (`Entry.hint` in catalogue.py) or the pages around them (sites.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from partnerforge_dagster.providers.sandbox.draw import uuid_of


@dataclass(frozen=True)
class Trace:
    """Of one technology."""

    headers: dict[str, str] = field(default_factory=dict)
    cookie: str | None = None
    """Name of one that the home page sets; its value is made up for the site."""
    allowed: str | None = None
    """Host in the Content-Security-Policy."""
    script: str | None = None
    """Inline script, before the loaded ones."""


TRACES = {
    "Cloudflare": Trace({"server": "cloudflare", "cf-ray": "8f2a1c3d4e5f6a7b-FRA"}, cookie="__cf_bm"),
    "Akamai": Trace({"x-akamai-transformed": "9 - 0 pmb=mRUM,1"}, cookie="akavpau_vp"),
    "Fastly": Trace({"x-served-by": "cache-fra-eddf8230033-FRA", "via": "1.1 varnish"}),
    "Amazon CloudFront": Trace({"x-amz-cf-id": "sandbox==", "x-amz-cf-pop": "FRA60-P4"}),
    "Amazon": Trace(cookie="AWSALB"),
    "Google Cloud": Trace({"x-cloud-trace-context": "5c1f0d"}),
    "Microsoft Azure": Trace(cookie="ARRAffinity"),
    "Alibaba Cloud": Trace({"eagleid": "2f0c17"}),
    "HSTS": Trace({"strict-transport-security": "max-age=31536000"}),
    "Next.js": Trace({"x-powered-by": "Next.js"}),
    "PHP": Trace(cookie="PHPSESSID"),
    "Java EE": Trace(cookie="JSESSIONID"),
    "Drupal": Trace({"x-drupal-cache": "HIT"}),
    "Salesforce Commerce Cloud": Trace(cookie="dwsid", script="window.dwAnalytics = window.dwAnalytics || {};"),
    "Shopify": Trace({"x-shopid": "1"}, cookie="_shopify_y"),
    "Shopify Plus": Trace({"x-shopid": "1"}, cookie="_shopify_y"),
    "Magento": Trace({"x-magento-cache-debug": "HIT"}, cookie="mage-cache-sessid"),
    "BigCommerce": Trace(cookie="SHOP_SESSION_TOKEN"),
    "WebSphere Commerce": Trace(cookie="WC_PERSISTENT"),
    "commercetools": Trace(script='window.__CONFIG__ = {"ctProjectKey": "sandbox"};'),
    "Sitecore": Trace(cookie="SC_ANALYTICS_GLOBAL_COOKIE"),
    "Adobe Target": Trace(allowed="sandbox.tt.omtrdc.net", script="window.targetGlobalSettings = {timeout: 2000};"),
    "Algolia": Trace(script='window.algoliaConfig = {"applicationId": "SANDBOX"};', allowed="*.algolianet.com"),
    "Klevu": Trace(script="var klevu_apiKey = 'klevu-sandbox';"),
    "Dynatrace": Trace({"x-oneagent-js-injection": "true"}, cookie="dtCookie"),
    "Salesforce Marketing Cloud": Trace(script="_etmc.push(['trackPageView']);"),
    "Facebook Pixel": Trace(script="fbq('init', '1'); fbq('track', 'PageView');", allowed="connect.facebook.net"),
    "Google Tag Manager": Trace(
        script="(function(s,i){s.src='https://www.googletagmanager.com/gtm.js?id='+i})({},'GTM-SANDBOX');"
    ),
    "The Trade Desk": Trace(allowed="*.adsrvr.org"),
    "Adyen": Trace(allowed="checkoutshopper-live.adyen.com", script="window.AdyenCheckout && AdyenCheckout({});"),
    "Forter": Trace(cookie="forterToken"),
    "Google Font API": Trace(allowed="fonts.gstatic.com"),
    "OneTrust": Trace(script="function OptanonWrapper() {}"),
    "Optimizely": Trace(cookie="optimizelyEndUserId"),
    "New Relic": Trace(script="window.NREUM = window.NREUM || {};"),
}
"""By BuiltWith's name. What runs behind the server only (Elasticsearch, Endeca) is not here: no page shows it."""


def scripts(names: Iterable[str]) -> list[str]:
    """Inline scripts of a home page, one for each technology that has one."""
    return [trace.script for name in names if (trace := TRACES.get(name)) and trace.script]


def headers(site: str, names: Iterable[str]) -> list[tuple[str, str]]:
    """Headers of a home page's answer; the value of a cookie is the site's own."""
    shown = [TRACES[name] for name in names if name in TRACES]
    sent = [pair for trace in shown for pair in trace.headers.items()]
    cookies = dict.fromkeys(trace.cookie for trace in shown if trace.cookie)
    sent += [("set-cookie", f"{cookie}={uuid_of(site, cookie)}; Path=/; Secure; HttpOnly") for cookie in cookies]
    allowed = dict.fromkeys(trace.allowed for trace in shown if trace.allowed)
    if allowed:
        sent.append(("content-security-policy", f"script-src 'self' {' '.join(allowed)}; frame-ancestors 'self'"))
    return sent
