"""What a job title says: the function a role belongs to, and its level.

Words of English titles, tried in order; the first that matches counts, so that a "Product Designer" designs and a
"Sales Engineer" sells. Not for: which roles matter to the seller (the seller profile).
"""

import re

from partnerforge_dagster.models.hiring_signals import JobFunction, Seniority

_FUNCTIONS: tuple[tuple[JobFunction, str], ...] = (
    (JobFunction.SALES, r"(sales|solutions?|pre-?sales) (engineer|architect|consultant)"),
    (
        JobFunction.MARKETING,
        r"marketing|\b(brand|seo|sem|crm|social|comms)\b|communications|campaigns?\b|paid media|\bevents?\b|influencer",
    ),
    (
        JobFunction.DATA,
        r"\bdata\b(?! cent(er|re)| entry)|analytics|machine learning|\b(ml|ai|bi)\b|business intelligence|scientist",
    ),
    (JobFunction.DESIGN, r"design(er|s)?\b|\b(ux|ui)\b|user (experience|research)|creative|copywriter|art director"),
    (
        JobFunction.ECOMMERCE,
        r"e-?commerce|digital commerce|online (store|shop|business|trading)|omni-?channel|merchandis(er|ing)"
        r"|marketplace|\bcro\b|conversion",
    ),
    (
        JobFunction.ENGINEERING,
        r"engineer|developer|architect|\b(sre|devops|qa|it)\b|software|programmer|full-?stack|front-?end|back-?end"
        r"|infrastructure|cyber|information (security|technology)|technical|\btech (lead|ops)|\b(cto|cio|ciso)\b"
        r"|chief (technology|information)",
    ),
    (JobFunction.PRODUCT, r"\bproducts?\b"),
    (
        JobFunction.SALES,
        r"\bsales\b|accounts? (executive|manager|director)|business development|customer success|partnership"
        r"|partner (development|manager|lead)|\b([sb]dr|deal)\b|pricing|implementation|professional services"
        r"|market manager",
    ),
    (
        JobFunction.STORES,
        r"\bstores?\b|retail|cashier|stocker|shop (assistant|manager)|barista|pharmac|optic|bakery|butcher|food court",
    ),
    (
        JobFunction.OPERATIONS,
        r"operations?\b|\bops\b|(program|programme|project)s? (manager|lead)|supply chain|logistics|warehouse|fulfil"
        r"|distribution|procurement|\bbuyer\b|manufactur|driver|customer (service|support|care|experience)|support"
        r"|technician|planner|inventory|quality",
    ),
    (
        JobFunction.CORPORATE,
        r"financ|account(ant|ing)|accounts (receivable|payable)|controller|underwrit|\b(risk|tax|hr|cfo|ceo)\b|fraud"
        r"|regulatory|sanctions|audit|treasury|legal|counsel|attorney|compliance|human resources|people|talent|recruit"
        r"|payroll|compensation|rewards|administrat|executive assistant|office manager|workplace|investor relations"
        r"|policy|strategy|real estate",
    ),
)
_LEVELS: tuple[tuple[Seniority, str], ...] = (
    (Seniority.JUNIOR, r"\b(junior|jr|intern(ship)?|trainee|graduate|apprentice|entry[- ]level|working student)\b"),
    (Seniority.STAFF, r"\bassistant to\b|\bexecutive assistant\b|\bbusiness partner\b"),
    (Seniority.EXECUTIVE, r"\bchief\b(?! of staff)|\bc[efotimpd]o\b|\bciso\b|\b([se]?vp)\b|president"),
    (Seniority.DIRECTOR, r"\bdirector\b|\bhead of\b|\bgeneral counsel\b"),
    (Seniority.MANAGER, r"\b(senior|sr\.?) manager\b"),
    (Seniority.SENIOR, r"\b(senior|sr|principal|lead)\b|\bstaff\b.*\b(engineer|developer|scientist|designer)\b"),
    # Titles of people who manage things and not people.
    (Seniority.STAFF, r"\b(account|product|project|program(me)?|category|community|content|social media) manager\b"),
    (Seniority.MANAGER, r"\bmanager\b|\bsupervisor\b|\bmanagement\b"),
)
_FUNCTION_RULES = tuple((function, re.compile(words, re.IGNORECASE)) for function, words in _FUNCTIONS)
_LEVEL_RULES = tuple((level, re.compile(words, re.IGNORECASE)) for level, words in _LEVELS)


def function_of(title: str, department: str | None) -> JobFunction:
    """By the title; where that says nothing, by the department's name."""
    for said in (title, department or ""):
        for function, words in _FUNCTION_RULES:
            if words.search(said):
                return function
    return JobFunction.OTHER


def seniority_of(title: str) -> Seniority:
    """By the title; one without any word of level is staff."""
    return next((level for level, words in _LEVEL_RULES if words.search(title)), Seniority.STAFF)
