"""What each service says when it refuses: rate limit, bad key, its error inside a 200. Faults play them.

Bodies follow the services' documents where there are any; those of the job boards, GDELT, Tranco, Common Crawl, the
DNS and of Wikidata's 403 are unverified: never seen from the real services.
Not for: when a fault strikes (faults.py), or refusals that follow from the request itself (the emulators).
"""

from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from partnerforge_dagster.providers.sandbox.faults import Kind, under


def page(status: int, title: str, sentence: str) -> Response:
    """A small web page."""
    head = f"<!DOCTYPE html><html><head><title>{title}</title></head>"
    return HTMLResponse(f"{head}<body><h1>{title}</h1><p>{sentence}</p></body></html>", status_code=status)


def builtwith_error(code: int, message: str) -> Response:
    """BuiltWith's errors come with HTTP 200 and empty Results (seen in a recorded answer)."""
    return JSONResponse({"Results": [], "Errors": [{"Lookup": None, "Message": message, "Code": code}]})


def brave_error(status: int, code: str, detail: str, component: str = "authentication") -> Response:
    """Brave's ErrorResponse, as in its documents."""
    error = {"id": "sandbox", "code": code, "detail": detail, "status": status, "meta": {"component": component}}
    return JSONResponse({"type": "ErrorResponse", "error": error, "time": 1_794_787_200}, status_code=status)


INVALID_CRUMB = JSONResponse(
    {"finance": {"result": None, "error": {"code": "Unauthorized", "description": "Invalid Crumb"}}}, status_code=401
)
UNDECLARED_TOOL = page(
    403,
    "SEC.gov | Your Request Originates from an Undeclared Automated Tool",
    "Please declare your traffic by updating your user agent to include company specific information.",
)
INVALID_TOKEN = brave_error(422, "SUBSCRIPTION_TOKEN_INVALID", "The provided subscription token is invalid.")
RATE_LIMITED = brave_error(429, "RATE_LIMITED", "Request rate limit exceeded for plan.", component="rate_limiter")
RATE_LIMITED.headers.update(
    {"x-ratelimit-limit": "1, 15000", "x-ratelimit-remaining": "0, 14000", "x-ratelimit-reset": "1, 1209600"}
)
SERPER_UNAUTHORIZED = JSONResponse(
    {"message": "Unauthorized. Sign up for a free account.", "statusCode": 403}, status_code=403
)
TAVILY_UNAUTHORIZED = JSONResponse({"detail": {"error": "Unauthorized: missing or invalid API key."}}, status_code=401)
THEIRSTACK_UNAUTHORIZED = JSONResponse({"detail": "Invalid or missing API key"}, status_code=401)

GDELT_SLOW_DOWN = (
    "Please limit requests to one every 5 seconds or contact the project for larger queries. (Sandbox's own words.)"
)
_OUR_FAULT = "An internal error occurred."

REFUSALS: dict[str, dict[Kind, Response]] = {
    "builtwith": {
        Kind.TOO_MANY: JSONResponse(
            {
                "error": "Rate limit exceeded",
                "maxConcurrentRequests": 8,
                "maxRequestsPerSecond": 10,
                "retryAfterSeconds": 1,
            },
            status_code=429,
        ),
        Kind.UNAUTHORIZED: builtwith_error(-2, "API Key is incorrect"),
        Kind.ERROR_200: builtwith_error(-99, "Internal error"),
    },
    "similarweb": {
        Kind.TOO_MANY: JSONResponse({"message": "API rate limit exceeded"}, status_code=429),
        Kind.UNAUTHORIZED: PlainTextResponse("invalid API key", status_code=401),
        Kind.ERROR_200: JSONResponse({"error_code": 101, "error_message": "Dates out of range"}),
    },
    "yahoo": {
        Kind.TOO_MANY: PlainTextResponse("Too Many Requests\r\n", status_code=429),
        Kind.UNAUTHORIZED: INVALID_CRUMB,
        Kind.ERROR_200: JSONResponse(
            {"finance": {"result": None, "error": {"code": "Internal Server Error", "description": _OUR_FAULT}}}
        ),
    },
    "sec_edgar": {
        Kind.TOO_MANY: page(429, "SEC.gov | Request Rate Threshold Exceeded", "Please try again in ten minutes."),
        Kind.UNAUTHORIZED: UNDECLARED_TOOL,
        Kind.ERROR_200: JSONResponse({"message": _OUR_FAULT}),
    },
    "brave": {
        Kind.TOO_MANY: RATE_LIMITED,
        Kind.UNAUTHORIZED: INVALID_TOKEN,
        Kind.ERROR_200: JSONResponse(
            {"type": "ErrorResponse", "error": {"code": "INTERNAL", "detail": _OUR_FAULT, "status": 500}}
        ),
    },
    "serper": {
        Kind.TOO_MANY: JSONResponse({"message": "Too many requests", "statusCode": 429}, status_code=429),
        Kind.UNAUTHORIZED: SERPER_UNAUTHORIZED,
        Kind.ERROR_200: JSONResponse({"message": _OUR_FAULT, "statusCode": 500}),
    },
    "tavily": {
        Kind.TOO_MANY: JSONResponse(
            {"detail": {"error": "Too many requests."}}, status_code=429, headers={"retry-after": "2"}
        ),
        Kind.UNAUTHORIZED: TAVILY_UNAUTHORIZED,
        Kind.ERROR_200: JSONResponse({"detail": {"error": _OUR_FAULT}}),
    },
    "lever": {
        Kind.TOO_MANY: JSONResponse({"ok": False, "error": "Too many requests"}, status_code=429),
        Kind.UNAUTHORIZED: JSONResponse({"ok": False, "error": "Forbidden"}, status_code=403),
        Kind.ERROR_200: JSONResponse({"ok": False, "error": _OUR_FAULT}),
    },
    "theirstack": {
        Kind.TOO_MANY: JSONResponse(
            {"detail": "Rate limit exceeded"},
            status_code=429,
            headers={"ratelimit": '"second";r=0;t=1', "retry-after": "1"},
        ),
        Kind.UNAUTHORIZED: THEIRSTACK_UNAUTHORIZED,
        Kind.ERROR_200: JSONResponse({"error": {"code": "internal", "title": _OUR_FAULT}}),
    },
    "board": {
        Kind.TOO_MANY: JSONResponse(
            {"status": 429, "error": "Too many requests"}, status_code=429, headers={"retry-after": "2"}
        ),
        Kind.UNAUTHORIZED: JSONResponse({"status": 403, "error": "Forbidden"}, status_code=403),
        Kind.ERROR_200: JSONResponse({"status": 500, "error": _OUR_FAULT}),
    },
    "wikidata": {
        Kind.TOO_MANY: PlainTextResponse("Rate limit exceeded", status_code=429, headers={"retry-after": "5"}),
        Kind.UNAUTHORIZED: PlainTextResponse("Please set a user-agent and respect our robot policy.", status_code=403),
        Kind.ERROR_200: JSONResponse({"error": {"code": "internal_api_error_DBQueryError", "info": _OUR_FAULT}}),
    },
    "gdelt": {
        Kind.TOO_MANY: PlainTextResponse(GDELT_SLOW_DOWN, status_code=429),
        Kind.UNAUTHORIZED: PlainTextResponse("Forbidden", status_code=403),
        Kind.ERROR_200: PlainTextResponse(GDELT_SLOW_DOWN),
    },
    "tranco": {
        Kind.TOO_MANY: PlainTextResponse("Too Many Requests", status_code=429),
        Kind.UNAUTHORIZED: page(403, "403 Forbidden", "nginx"),
        Kind.ERROR_200: JSONResponse({"error": _OUR_FAULT}),
    },
    "common_crawl": {
        Kind.TOO_MANY: PlainTextResponse("Please reduce your request rate.", status_code=429),
        Kind.UNAUTHORIZED: page(403, "403 Forbidden", "Access denied"),
        Kind.ERROR_200: JSONResponse({"message": _OUR_FAULT}),
    },
    "dns": {
        Kind.TOO_MANY: PlainTextResponse("Too Many Requests", status_code=429),
        Kind.UNAUTHORIZED: page(403, "403 Forbidden", "Access denied"),
        Kind.ERROR_200: JSONResponse({"Status": 2, "Comment": _OUR_FAULT}),
    },
    "web_page": {
        Kind.TOO_MANY: PlainTextResponse("Please slow down.", status_code=429, headers={"retry-after": "2"}),
        Kind.UNAUTHORIZED: page(403, "Access denied", "Automated access to this site is not allowed."),
        Kind.ERROR_200: page(200, "We'll be right back", "The site is down for maintenance."),
    },
}

_SERVICES = {
    "web_search": (("api.search.brave.com", "brave"), ("api.tavily.com", "tavily"), ("res", "brave"), ("", "serper")),
    "job_boards": (("v0", "lever"), ("v1/jobs", "theirstack"), ("", "board")),
}
"""Providers of several services: host or path prefix -> service."""

SERVER_ERROR = JSONResponse({"message": "Internal Server Error"}, status_code=500)
WRONG_PAGE = page(200, "Attention required", "Please enable cookies and reload this page.")


def refusal(provider: str, host: str, path: str, kind: Kind) -> Response:
    """What the service behind `provider`, `host` and `path` says; only for the kinds in REFUSALS, 500 and html."""
    if kind is Kind.SERVER_ERROR:
        return SERVER_ERROR
    if kind is Kind.HTML:
        return WRONG_PAGE
    services = _SERVICES.get(provider, (("", provider),))
    service = next(name for where, name in services if where == host or under(path, where))
    return REFUSALS[service][kind]
