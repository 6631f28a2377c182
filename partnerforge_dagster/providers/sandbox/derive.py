"""Any domain that is not a known company: one made up from its name, the same on every machine.

About one in three is public; who is public but has a name too long for a CIK (identity.py) is listed outside the US.
A domain that starts with `nothing-` has nothing anywhere: no provider knows it and its site does not answer.
Not for: the words of postings (roles.py) and of events (happenings.py), the industries themselves (industries.py).
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from partnerforge_dagster.providers.sandbox import happenings, identity, vocabulary
from partnerforge_dagster.providers.sandbox.building import Calendar
from partnerforge_dagster.providers.sandbox.company import Company, Filing, Job, Person, Tech, Year
from partnerforge_dagster.providers.sandbox.draw import Draw, uuid_of
from partnerforge_dagster.providers.sandbox.industries import COUNTRIES, INDUSTRIES, Country, Industry
from partnerforge_dagster.providers.sandbox.neighbours import NEIGHBOURS


def derive(domain: str, today: date) -> Company:
    """The company of a domain as of a day."""
    company = _Maker(domain, today).company()
    return _emptied(company) if domain.startswith("nothing-") else company


def _emptied(company: Company) -> Company:
    return replace(
        company, unknown=True, employees=0, description="", keywords=(), socials=(), wikidata=None, ticker=None,
        exchange=None, cik=None, sic=None, quote_currency=None, years=(), market_value=None, share_price=None,
        technologies=(), monthly_tech_spend=0, visits=0.0, yearly_growth=0.0, search_share=0.0, countries=(),
        global_rank=0, similar_sites=(), related_domains=(), executives=(), board=None, jobs=(), events=(), filings=(),
    )  # fmt: skip


@dataclass(frozen=True)
class _Maker:
    """Makes one company; each property is one of its traits."""

    domain: str
    today: date

    @cached_property
    def draw(self) -> Draw:
        return Draw(self.domain)

    @cached_property
    def when(self) -> Calendar:
        return Calendar(self.today, self.draw.one("fiscal year end", ((12, 31), (12, 31), (6, 30), (1, 31))))

    @cached_property
    def industry(self) -> Industry:
        if neighbour := NEIGHBOURS.get(self.domain):
            return next(industry for industry in INDUSTRIES if industry.name == neighbour.industry)
        hinted = [i for i in INDUSTRIES if any(word in identity.short(self.domain) for word in i.words)]
        return hinted[0] if hinted else self.draw.one("industry", INDUSTRIES)

    @cached_property
    def public(self) -> bool:
        return self.domain not in NEIGHBOURS and self.draw.unit("public") < 1 / 3

    @cached_property
    def country_code(self) -> str:
        for code, country in COUNTRIES.items():
            if any(self.domain.endswith(f".{suffix}") for suffix in country.suffixes):
                return code
        abroad = self.public and identity.cik_of(self.domain) is None
        if not abroad and (self.domain in NEIGHBOURS or self.draw.unit("american") < 0.6):
            return "US"
        return self.draw.one("country", tuple(code for code in COUNTRIES if code != "US"))

    @cached_property
    def country(self) -> Country:
        return COUNTRIES[self.country_code]

    @cached_property
    def name(self) -> str:
        return identity.name_of(self.domain)

    @cached_property
    def visits(self) -> float:
        neighbour = NEIGHBOURS.get(self.domain)
        return neighbour.visits if neighbour else self.draw.log_between("visits", 3e4, 3e7)

    @cached_property
    def cik(self) -> int | None:
        return identity.cik_of(self.domain) if self.public and self.country_code == "US" else None

    def company(self) -> Company:
        draw, country, industry = self.draw, self.country, self.industry
        years = self.years()
        city = draw.one("city", country.cities)
        market_value = round(years[0].revenue * draw.between("multiple", 0.4, 3), -5) if self.public else None
        board = draw.one("board", vocabulary.BOARDS)
        return Company(
            domain=self.domain,
            name=self.name,
            legal_name=f"{self.name} {country.legal_form}",
            industry=industry.name,
            sector=industry.sector,
            vertical=industry.vertical,
            city=city,
            region=None,
            country=self.country_code,
            employees=max(12, round(years[0].revenue / self.money(draw.between("revenue a head", 1.5e5, 4e5)))),
            founded=self.when.made.year - round(draw.between("age", 6, 70)),
            description=f"{self.name} offers {industry.offers}, from {city}, to customers in its shops and online.",
            keywords=industry.keywords,
            socials=self.socials(),
            wikidata=identity.wikidata_of(self.domain) if self.public or draw.unit("wikidata") < 0.4 else None,
            ticker=identity.ticker_of(self.domain) if self.public else None,
            exchange=country.exchange if self.public else None,
            cik=self.cik,
            sic=industry.sic if self.cik else None,
            currency=country.currency,
            quote_currency=country.quote_currency if self.public else None,
            fiscal_year_end=self.when.fiscal_year_end,
            ifrs=self.country_code != "US",
            years=years,
            market_value=market_value,
            share_price=round(draw.log_between("share price", 4, 400), 2) if self.public else None,
            technologies=self.technologies(),
            monthly_tech_spend=round(self.visits**0.5 * draw.between("spend", 1.5, 6)),
            visits=round(self.visits),
            yearly_growth=round(draw.between("growth", -0.18, 0.35), 3),
            search_share=round(draw.between("search share", 0.2, 0.6), 3),
            countries=self.countries(),
            global_rank=max(1, round(1.2e10 / self.visits**0.93)),
            similar_sites=self.similar_sites(),
            related_domains=(f"{self.domain.split('.')[0]}-shop.com", f"my{self.domain.split('.')[0]}.com"),
            executives=self.executives(),
            board=(board, identity.short(self.domain)) if board else None,
            jobs=self.jobs(city) if board else (),
            events=happenings.events(self.when, self.name, draw),
            filings=self.filings(),
        )

    def money(self, dollars: float) -> float:
        """So many dollars in the company's currency, roughly."""
        return dollars * {"JPY": 150.0, "SEK": 10.0}.get(self.country.currency, 1.0)

    def years(self) -> tuple[Year, ...]:
        draw = self.draw
        revenue = self.money(self.visits**0.8 * draw.log_between("revenue a visit", 80, 700))
        growth = 1 + draw.between("revenue growth", -0.06, 0.18)
        gross, operating = draw.between("gross", 0.24, 0.6), draw.between("margin", -0.03, 0.16)
        rows = []
        for age in range(4):
            sales = revenue / growth**age
            profit = sales * operating
            rows.append((sales, sales * gross, profit, profit * 0.74, sales * 0.09))
        return self.when.years(1.0, *rows)

    def technologies(self) -> tuple[Tech, ...]:
        draw, neighbour = self.draw, NEIGHBOURS.get(self.domain)
        shop = (
            neighbour.shop if neighbour else draw.one("shop", vocabulary.SHOPS) if self.industry.sells_online else None
        )
        search = neighbour.search if neighbour else draw.one("search", vocabulary.SEARCH)
        others = draw.some("others", vocabulary.ELSEWHERE, 22)
        chosen = (
            *vocabulary.EVERYWHERE,
            *others[:18],
            draw.one("content", vocabulary.CONTENT),
            *filter(None, (shop, search)),
        )
        live = {name: round(draw.between(f"since {name}", 2, 90), 1) for name in dict.fromkeys(chosen)}
        gone = {}
        for name in others[18:]:
            last = draw.between(f"until {name}", 2, 30)
            gone[name] = (round(last + draw.between(f"before {name}", 6, 40), 1), round(last, 1))
        return self.when.stack(self.domain.split(".")[0], live, gone)

    def countries(self) -> tuple[tuple[str, float], ...]:
        home = round(self.draw.between("home share", 0.5, 0.85), 2)
        others = self.draw.some("visitors", tuple(code for code in COUNTRIES if code != self.country_code), 3)
        shares = (0.5, 0.3, 0.15)
        return (
            (self.country_code, home),
            *((code, round((1 - home) * part, 3)) for code, part in zip(others, shares, strict=True)),
        )

    def similar_sites(self) -> tuple[str, ...]:
        draw, words = self.draw, self.industry.words
        sites = [domain for domain, n in NEIGHBOURS.items() if n.industry == self.industry.name]
        invented = [f"{before}{word}.com" for before in vocabulary.BEFORE for word in words]
        invented += [f"{word}{after}.com" for after in vocabulary.AFTER for word in words]
        chosen = (*draw.some("invented", tuple(invented), 11), *draw.some("real", tuple(sites), 2))
        return tuple(site for site in chosen if site != self.domain)

    def socials(self) -> tuple[str, ...]:
        """LinkedIn for everybody, each other network for half of the companies."""
        label = self.domain.split(".")[0]
        channel = f"UC{uuid_of(self.domain, 'channel').replace('-', '')[:22]}"
        pages = {
            "x": f"https://x.com/{label}",
            "facebook": f"https://www.facebook.com/{label}",
            "instagram": f"https://www.instagram.com/{label}",
            "youtube": f"https://www.youtube.com/channel/{channel}",
        }
        others = (page for network, page in pages.items() if self.draw.unit(network) < 0.5)
        return (f"https://www.linkedin.com/company/{label}", *others)

    def executives(self) -> tuple[Person, ...]:
        draw, names = self.draw, self.draw.some("names", vocabulary.LAST, len(vocabulary.OFFICES))
        people = []
        for title, last in zip(vocabulary.OFFICES, names, strict=True):
            since = self.when.months(draw.between(f"since {title}", 2, 90))
            people.append(Person(f"{draw.one(title, vocabulary.FIRST)} {last}", title, since))
        chief = people[0]
        said = happenings.quote(self.when, self.industry.offers, chief.since, draw)
        return (replace(chief, quote=said), *people[1:])

    def jobs(self, city: str) -> tuple[Job, ...]:
        draw = self.draw
        count = int(draw.between("openings", 0, 6) + max(0.0, self.visits / 2e6))
        chosen = draw.some("roles", vocabulary.ROLES, min(count, len(vocabulary.ROLES)))
        shown = ("shop", "javascript", "cms")
        tools = [
            tech.name
            for tech in self.technologies()
            if tech.last is None and tech.tag in shown and tech.name != "core-js"
        ]
        return self.when.jobs(
            self.name,
            (city,),
            (*tools[:3], "Python"),
            **{role: round(draw.between(f"posted {role}", 1, 80)) for role in chosen},
        )

    def filings(self) -> tuple[Filing, ...]:
        if self.cik is None:
            return ()
        return happenings.filings(self.when, self.industry.offers, self.draw)
