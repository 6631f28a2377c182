"""Job titles, as seen on recorded boards and on the web."""

import pytest

from partnerforge_dagster.models.hiring_signals import JobFunction, Seniority
from partnerforge_dagster.research.roles import function_of, seniority_of
from partnerforge_dagster_tests.payloads import body


@pytest.mark.parametrize(
    ("title", "department", "function"),
    [
        ("Account Executive - Italy", "EMEA - Commercial", JobFunction.SALES),
        ("AI Engineer", "Enterprise Applications", JobFunction.DATA),
        ("Senior / Staff Fullstack Engineer", "Product", JobFunction.ENGINEERING),
        ("Manager, Product Planning", None, JobFunction.PRODUCT),
        ("Product Designer", None, JobFunction.DESIGN),
        ("Product Marketing Manager", None, JobFunction.MARKETING),
        ("Sales Engineer", None, JobFunction.SALES),
        ("Data Center Technician", None, JobFunction.OPERATIONS),
        ("Senior Manager, Site Merchandising", None, JobFunction.ECOMMERCE),
        ("Store Cashier", None, JobFunction.STORES),
        ("Tax Counsel", None, JobFunction.CORPORATE),
        ("Wizard", "Engineering", JobFunction.ENGINEERING),
        ("Wizard", None, JobFunction.OTHER),
    ],
)
def test_the_title_tells_the_function(title: str, department: str | None, function: JobFunction) -> None:
    """The first rule that matches counts; the department only where the title is silent."""
    assert function_of(title, department) is function


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("Chief Digital Officer", Seniority.EXECUTIVE),
        ("Vice President, eCommerce", Seniority.EXECUTIVE),
        ("Executive Assistant to the CEO", Seniority.STAFF),
        ("Chief of Staff", Seniority.STAFF),
        ("Account Executive", Seniority.STAFF),
        ("Head of Search", Seniority.DIRECTOR),
        ("Director, Digital Commerce", Seniority.DIRECTOR),
        ("Engineering Manager", Seniority.MANAGER),
        ("Senior Manager, Site Merchandising", Seniority.MANAGER),
        ("Product Manager, Search", Seniority.STAFF),
        ("Senior Product Manager", Seniority.SENIOR),
        ("Staff Software Engineer", Seniority.SENIOR),
        ("Software Engineering Intern", Seniority.JUNIOR),
        ("Software Engineer", Seniority.STAFF),
    ],
)
def test_the_title_tells_the_level(title: str, level: Seniority) -> None:
    """Who manages accounts or products need not manage people; who assists an executive is none."""
    assert seniority_of(title) is level


def test_most_titles_of_a_real_board_have_a_function() -> None:
    """Of Stripe's 576 recorded titles fewer than one in twenty say nothing to the rules."""
    titles = [job["title"] for job in body("greenhouse/board-jobs__stripe.json")["jobs"]]
    unknown = [title for title in titles if function_of(title, None) is JobFunction.OTHER]
    assert len(unknown) < len(titles) / 20
