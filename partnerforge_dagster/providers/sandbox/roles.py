# ruff: noqa: E501 - a table reads best with a row a line
"""Job postings by role: what a company writes when it looks for one.

Not for: who is looking for whom (companies/, derive.py).
"""

from dataclasses import dataclass
from datetime import date

from partnerforge_dagster.providers.sandbox.company import Job


@dataclass(frozen=True)
class Role:
    """A role and the words of its posting; `{company}` and `{tools}` stand for the company and what it works with."""

    title: str
    department: str
    text: str
    remote: bool = False

    def posting(self, company: str, place: str, posted: date, tools: tuple[str, ...]) -> Job:
        """The posting of one company."""
        text = self.text.format(company=company, tools=", ".join(tools[:-1]) + " and " + tools[-1])
        return Job(
            self.title,
            self.department,
            place,
            posted,
            f"{text} {company} is an equal opportunity employer.",
            self.remote,
        )


ROLES: dict[str, Role] = {
    "search_engineer": Role(
        "Senior Software Engineer, Search", "Engineering",
        "Own the relevance and speed of product search at {company}. You will tune ranking, synonyms and facets, run A/B "
        "tests and retire our present indexing jobs. You know {tools} and have run search at scale.", True,
    ),
    "search_manager": Role(
        "Product Manager, Search and Discovery", "Product",
        "Lead the roadmap of search, navigation and recommendations on our site and app. You will cut the rate of searches "
        "without results, compare build with buy and work daily with merchandising at {company}.",
    ),
    "merchandiser": Role(
        "Senior Manager, Site Merchandising", "eCommerce",
        "Decide what customers of {company} see first: category pages, search results and campaigns. Today much of this is "
        "done by hand in {tools}; you will bring rules and data to it.",
    ),
    "ecommerce_director": Role(
        "Director, Digital Commerce", "eCommerce",
        "Own conversion and revenue of our online business, from landing page to checkout. You will set the platform "
        "strategy with engineering and choose partners for search, personalization and payments at {company}.",
    ),
    "ecommerce_vp": Role(
        "Vice President, eCommerce", "eCommerce",
        "Report to the chief digital officer and lead a team of 80. You own the P&L of the online channel of {company} and "
        "the replatforming of its storefront.",
    ),
    "ecommerce_manager": Role(
        "eCommerce Manager", "eCommerce",
        "Run the daily trading of our online shop: assortment, promotions, on-site search terms and reporting. Experience "
        "with {tools} is a plus.",
    ),
    "frontend_engineer": Role(
        "Senior Frontend Engineer", "Engineering",
        "Build fast, accessible storefront pages for millions of visitors. Our stack includes {tools}. You care for Core "
        "Web Vitals and for tests.", True,
    ),
    "backend_engineer": Role(
        "Software Engineer, Commerce Platform", "Engineering",
        "Design services for catalogue, price and cart at {company}. We use {tools} and are moving from a monolith to "
        "composable services.",
    ),
    "architect": Role(
        "Principal Architect, Digital", "Technology",
        "Set the target architecture of our digital channels. You will lead the choice between suites and composable "
        "parts, and know {tools}.",
    ),
    "engineering_manager": Role(
        "Engineering Manager, Digital Experience", "Engineering",
        "Lead two teams that build the shopping journey of {company}, from home page to order confirmation. Technologies: {tools}.",
    ),
    "data_engineer": Role(
        "Senior Data Engineer", "Data",
        "Build the clickstream and catalogue pipelines behind reporting, recommendations and forecasting at {company}.", True,
    ),
    "data_scientist": Role(
        "Data Scientist, Personalization", "Data",
        "Model what customers want next. You will own ranking and recommendation experiments and measure their lift.",
    ),
    "ml_engineer": Role(
        "Machine Learning Engineer", "Data",
        "Bring models for ranking, retrieval and generative assistants into production. You have worked with vectors, "
        "embeddings and {tools}.", True,
    ),
    "product_manager": Role(
        "Senior Product Manager, Checkout", "Product",
        "Own cart and checkout on web and app, and the payment methods of {company} in all its markets.",
    ),
    "designer": Role(
        "UX Designer", "Design", "Design journeys for web and app, test them with customers and keep the design system whole."
    ),
    "seo_manager": Role(
        "SEO Manager", "Marketing", "Grow organic traffic of {company}: technical audits, content plans, internal linking."
    ),
    "crm_manager": Role(
        "CRM and Loyalty Manager", "Marketing", "Plan e-mail, app and loyalty programmes, from segments to measurement."
    ),
    "it_director": Role(
        "Director, Enterprise Applications", "Technology",
        "Own the business applications of {company} and their vendors, contracts and budgets.",
    ),
    "project_manager": Role(
        "Technical Program Manager, Replatforming", "Technology",
        "Run the programme that moves {company} to its next commerce platform: plans, vendors, risks and the go-live. "
        "Experience with {tools} helps.",
    ),
    "finance_analyst": Role("Senior Financial Analyst", "Finance", "Plan, forecast and explain the numbers of {company}."),
    "recruiter": Role("Talent Acquisition Partner", "Human Resources", "Find and win the people that {company} needs."),
    "account_executive": Role("Account Executive", "Sales", "Win and grow business customers in your region for {company}."),
    "logistics_manager": Role("Logistics Manager", "Operations", "Keep goods moving from supplier to customer, on time and at cost."),
    "warehouse_associate": Role("Warehouse Associate", "Operations", "Pick, pack and ship orders safely and accurately."),
    "store_manager": Role("Store Manager", "Stores", "Lead a store team, serve customers and keep the shelves full."),
    "sales_associate": Role("Sales Associate", "Stores", "Help customers of {company} find what they came for."),
    "customer_service": Role("Customer Service Representative", "Operations", "Answer customers by phone, chat and e-mail."),
    "editor": Role("Senior Editor", "Newsroom", "Commission and edit stories that our readers come back for."),
    "lawyer": Role("Counsel, Privacy and Technology", "Legal", "Advise {company} on privacy, contracts and new technology."),
}  # fmt: skip
