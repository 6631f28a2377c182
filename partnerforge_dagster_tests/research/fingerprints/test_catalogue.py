"""The fingerprints as data: one name a product, and complaints that name the line."""

import json

import pytest

from partnerforge_dagster.providers.sandbox.catalogue import CATALOGUE
from partnerforge_dagster.research.fingerprints.catalogue import catalogue, parse
from partnerforge_dagster.seller import load_seller
from partnerforge_dagster.yaml_file import BadFile

WEIGHTS = json.dumps(dict.fromkeys(catalogue().weights, 0.5))


def of(*lines: str, weights: str = WEIGHTS) -> str:
    body = ",\n".join(lines)
    return f'{{\n"weights": {weights},\n"enough": 0.5,\n"technologies": [\n{body}\n]\n}}\n'


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (of('{"name": "A"}', '{"name": "B", "hosts": ["b.com"]}'), "line 6, technologies[1].hosts: no such field"),
        (of('{"name": "A", "requests": ["https://a.com"]}'), "line 5, technologies[0].requests: 'https://a.com' is no"),
        (of('{"name": "A", "scripts": ["fb"]}'), "line 5, technologies[0].scripts: 'fb' is no name"),
        (of('{"name": "A"}', '{"name": "B", "aliases": ["a"]}'), "line 6, technologies[1]: 'a' is also 'A'"),
        (of('{"aliases": ["A"]}'), "line 5, technologies[0].name: this field is missing"),
        (of(weights='{"request": 0.9}'), "line 2, weights: no weight for cookie, csp, dns, header"),
        (of(weights=WEIGHTS.replace("0.5", "1.5", 1)), "line 2, weights.request: Input should be less than or equal"),
        (of('{"name": "A",}}'), "line 5: not valid YAML"),
        ("", "the file is empty"),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_reason(text: str, complaint: str) -> None:
    """As the seller profile is."""
    with pytest.raises(BadFile) as refused:
        parse(text, "mine.json")
    assert complaint in str(refused.value)
    assert str(refused.value).startswith("mine.json")


def test_every_technology_has_a_mark_or_another_name() -> None:
    """A line that recognises nothing is of no use."""
    idle = [one.name for one in catalogue().technologies if len(one.model_dump(exclude_defaults=True)) < 3]
    assert idle == []
    assert len(catalogue().technologies) > 400


def test_one_product_has_one_name() -> None:
    """Spellings of the same product, in any case, are that product; what nobody knows stays as it is."""
    of = catalogue().canonical
    assert {of(name) for name in ("Demandware", "salesforce commerce cloud")} == {"Salesforce Commerce Cloud"}
    assert {of(name) for name in ("Constructor", "Constructor IO", "Constructor.io")} == {"Constructor.io"}
    assert of("Somebody's Search") == "Somebody's Search"


def test_names_of_the_seller_profile_lead_to_one_product_each() -> None:
    """Spellings under which the profile knows a competitor are not two products of the catalogue, but for suites."""
    suites = {"Algolia", "Swiftype", "Elasticsearch"}
    for product in load_seller(None).competing:
        if product.name not in suites:
            known = {one.name for name in product.recognized_by if (one := catalogue().by_name.get(name.casefold()))}
            assert len(known) <= 1, product.name


def test_names_are_those_of_the_lookups() -> None:
    """What the sandbox's BuiltWith calls a product is our name for it, so that both sources mean the same."""
    renamed = {name: catalogue().canonical(name) for name in CATALOGUE}
    assert {name: other for name, other in renamed.items() if name != other} == {}
