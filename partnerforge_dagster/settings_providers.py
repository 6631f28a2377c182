"""Limits and access of every provider, as settings with the defaults of SPEC section 2.

Not for: how settings are read (settings.py), or who is asked first (settings_waterfalls.py).
"""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr


def _origin(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ValueError("an address begins with http:// or https://, such as http://127.0.0.1:8765")
    return text


Origin = Annotated[str, AfterValidator(_origin)]

Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]

DAY = 86_400.0


class ProviderSettings(BaseModel):
    """Limits and access of one provider (SPEC section 2). They hold over all processes of a deployment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    per_minute: int = Field(gt=0, description="Most requests in any sliding 60 s.")
    at_once: int = Field(gt=0, description="Most requests under way at once.")
    breaker_after: int = Field(gt=0, description="Failures in a row that open the breaker.")
    breaker_open_s: Seconds = Field(description="Seconds the breaker stays open the first time; doubles up to 15 min.")
    cache_s: Seconds = Field(description="Seconds an answer stays fresh.")
    timeout_s: Seconds = Field(default=30.0, description="Seconds to wait for one answer.")
    claim_s: Seconds = Field(default=30.0, ge=1, description="Seconds a dead asker keeps its question from others.")
    max_body_bytes: int = Field(default=5_000_000, gt=0, description="Larger answers are refused as bad.")
    credits_a_month: int | None = Field(default=None, ge=0, description="Our own budget; empty is no budget.")
    base_url: Origin | None = Field(default=None, description="Origin that replaces the provider's own hosts.")
    api_key: SecretStr | None = Field(default=None, description="Key of the provider; only ever added on the wire.")


class BuiltWithSettings(ProviderSettings):
    """BuiltWith, https://api.builtwith.com. Versions drift per endpoint, so each is a setting."""

    per_minute: int = Field(default=30, gt=0)
    at_once: int = Field(default=5, gt=0)
    breaker_after: int = Field(default=5, gt=0)
    breaker_open_s: Seconds = 60.0
    cache_s: Seconds = 30 * DAY
    domain_version: str = Field(default="v23", description="Path version of the domain endpoint.")
    relationships_version: str = Field(default="rv4", description="Path version of the relationships endpoint.")
    recommendations_version: str = Field(default="rec1", description="Path version of the recommendations endpoint.")
    keywords_version: str = Field(default="kw2", description="Path version of the keywords endpoint.")
    trust_version: str = Field(default="trustv2", description="Path version of the trust endpoint.")
    redirects_version: str = Field(default="redirect1", description="Path version of the redirects endpoint.")


class SimilarWebSettings(ProviderSettings):
    """SimilarWeb, https://api.similarweb.com, version 5."""

    per_minute: int = Field(default=60, gt=0)
    at_once: int = Field(default=10, gt=0)
    breaker_after: int = Field(default=5, gt=0)
    breaker_open_s: Seconds = 60.0
    cache_s: Seconds = 30 * DAY


class YahooSettings(ProviderSettings):
    """Yahoo Finance (unofficial): query1, query2 and fc hosts. Live mode asks it only when it is `enabled`."""

    per_minute: int = Field(default=100, gt=0)
    at_once: int = Field(default=10, gt=0)
    breaker_after: int = Field(default=3, gt=0)
    breaker_open_s: Seconds = 120.0
    cache_s: Seconds = DAY
    enabled: bool = Field(
        default=False, description="Whether live mode asks Yahoo, under Yahoo's terms; needs the extra `yahoo`."
    )


class SecEdgarSettings(ProviderSettings):
    """SEC EDGAR: www, data and efts hosts. No key; a User-Agent with a contact is required."""

    per_minute: int = Field(default=600, gt=0)
    at_once: int = Field(default=10, gt=0)
    breaker_after: int = Field(default=3, gt=0)
    breaker_open_s: Seconds = 120.0
    cache_s: Seconds = DAY
    max_body_bytes: int = Field(default=50_000_000, gt=0)


class WebSearchSettings(ProviderSettings):
    """Web and news search: Brave (`api_key`) first, Serper (`serper_api_key`) second, Tavily third."""

    per_minute: int = Field(default=300, gt=0)
    at_once: int = Field(default=20, gt=0)
    breaker_after: int = Field(default=10, gt=0)
    breaker_open_s: Seconds = 30.0
    cache_s: Seconds = 7 * DAY
    serper_api_key: SecretStr | None = Field(default=None, description="Key for google.serper.dev.")
    tavily_api_key: SecretStr | None = Field(default=None, description="Key for api.tavily.com.")


class JobBoardsSettings(ProviderSettings):
    """Greenhouse, Lever, Ashby, Workable (no keys) and TheirStack (`theirstack_api_key`)."""

    per_minute: int = Field(default=120, gt=0)
    at_once: int = Field(default=10, gt=0)
    per_host_at_once: int = Field(default=2, gt=0, description="Most requests under way at once to one board's host.")
    breaker_after: int = Field(default=5, gt=0)
    breaker_open_s: Seconds = 60.0
    cache_s: Seconds = DAY
    max_body_bytes: int = Field(default=30_000_000, gt=0)
    theirstack_api_key: SecretStr | None = Field(default=None, description="Key for api.theirstack.com.")


class WikidataSettings(ProviderSettings):
    """Wikidata: query.wikidata.org and www.wikidata.org. No key; 5 parallel per address."""

    per_minute: int = Field(default=60, gt=0)
    at_once: int = Field(default=5, gt=0)
    breaker_after: int = Field(default=5, gt=0)
    breaker_open_s: Seconds = 60.0
    cache_s: Seconds = 30 * DAY


class WebPageSettings(ProviderSettings):
    """The account's own public pages (robots.txt, home page, careers page, sitemap)."""

    per_minute: int = Field(default=300, gt=0)
    at_once: int = Field(default=20, gt=0)
    per_host_at_once: int = Field(default=2, gt=0, description="Most requests under way at once to one site.")
    breaker_after: int = Field(default=50, gt=0)
    breaker_open_s: Seconds = 30.0
    cache_s: Seconds = 7 * DAY


class GdeltSettings(ProviderSettings):
    """GDELT DOC 2.0, https://api.gdeltproject.org: news headlines. No key; one request every 5 s."""

    per_minute: int = Field(default=11, gt=0)
    at_once: int = Field(default=1, gt=0)
    spacing_s: Seconds = Field(default=5.5, description="Least seconds from one request to the next.")
    breaker_after: int = Field(default=5, gt=0)
    breaker_open_s: Seconds = 60.0
    cache_s: Seconds = 7 * DAY


class TrancoSettings(ProviderSettings):
    """Tranco, https://tranco-list.eu: how popular a domain is. No key; one request a second."""

    per_minute: int = Field(default=50, gt=0)
    at_once: int = Field(default=1, gt=0)
    spacing_s: Seconds = Field(default=1.1, description="Least seconds from one request to the next.")
    breaker_after: int = Field(default=5, gt=0)
    breaker_open_s: Seconds = 60.0
    cache_s: Seconds = 7 * DAY


class CommonCrawlSettings(ProviderSettings):
    """Common Crawl's index, https://index.commoncrawl.org: pages of a site that were seen. No key; slow."""

    per_minute: int = Field(default=12, gt=0)
    at_once: int = Field(default=1, gt=0)
    breaker_after: int = Field(default=3, gt=0)
    breaker_open_s: Seconds = 120.0
    cache_s: Seconds = 30 * DAY
    timeout_s: Seconds = 10.0


class DnsSettings(ProviderSettings):
    """Google Public DNS over HTTPS, https://dns.google: records of the account's domain. No key."""

    per_minute: int = Field(default=300, gt=0)
    at_once: int = Field(default=10, gt=0)
    breaker_after: int = Field(default=5, gt=0)
    breaker_open_s: Seconds = 60.0
    cache_s: Seconds = 30 * DAY


class Providers(BaseModel):
    """All providers by the names that settings, ledger, sources and metrics use."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    builtwith: BuiltWithSettings = BuiltWithSettings()
    similarweb: SimilarWebSettings = SimilarWebSettings()
    yahoo: YahooSettings = YahooSettings()
    sec_edgar: SecEdgarSettings = SecEdgarSettings()
    web_search: WebSearchSettings = WebSearchSettings()
    job_boards: JobBoardsSettings = JobBoardsSettings()
    wikidata: WikidataSettings = WikidataSettings()
    web_page: WebPageSettings = WebPageSettings()
    gdelt: GdeltSettings = GdeltSettings()
    tranco: TrancoSettings = TrancoSettings()
    common_crawl: CommonCrawlSettings = CommonCrawlSettings()
    dns: DnsSettings = DnsSettings()

    def named(self) -> dict[str, ProviderSettings]:
        """Every provider's settings by name."""
        return {name: getattr(self, name) for name in type(self).model_fields}
