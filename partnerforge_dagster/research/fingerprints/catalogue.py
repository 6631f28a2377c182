"""The fingerprints as data: `catalogue.json` beside this file, one technology a line, validated here.

JSON, because every run reads it: it is there in milliseconds, where YAML takes a second. What is wrong with it is told
by yaml_file.py, which reads JSON too and knows the lines. docs/fingerprints.md says how to add one.
Not for: matching (matching.py).
"""

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from importlib import resources
from typing import Annotated

from pydantic import Field, ValidationError, field_validator, model_validator

from partnerforge_dagster import yaml_file
from partnerforge_dagster.models.base import Frozen, Share
from partnerforge_dagster.models.technology_stack import EvidenceKind

NAME = "catalogue.json"

Text = Annotated[str, Field(min_length=1)]
_ADDRESS = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+(/\S*)?")
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")


class Fingerprint(Frozen):
    """What gives one technology away. Marks that other products share have no place here."""

    name: Text
    """As BuiltWith names it."""
    tag: str = ""
    """BuiltWith's tag: `shop`, `cms`, `widgets`."""
    categories: tuple[Text, ...] = ()
    aliases: tuple[Text, ...] = ()
    """Other names of the same product: what is found under one of them is this technology."""
    editions: tuple[Text, ...] = ()
    """Technologies of their own that show the same marks; where one of them is known, the find is that one's."""
    requests: tuple[Text, ...] = ()
    """Hosts, sub-domains included, from which a browser loads it, some with the beginning of the path."""
    paths: tuple[Text, ...] = ()
    """Parts of addresses of scripts and styles, whatever the host."""
    scripts: tuple[Text, ...] = ()
    """Names that an inline script sets or calls, or under which it is given settings."""
    headers: tuple[Text, ...] = ()
    """Names of answer headers, some with a part of the value: `server: cloudflare`."""
    cookies: tuple[Text, ...] = ()
    """Names of cookies; a `*` at the end stands for any ending."""
    meta: tuple[Text, ...] = ()
    """Names of meta tags, some with how the content begins: `generator: WordPress`."""
    dns: tuple[Text, ...] = ()
    """Hosts in the domain's records, sub-domains included, or the beginning of a record, with a `*`."""

    @field_validator("requests")
    @classmethod
    def _addresses(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if not _ADDRESS.fullmatch(value):
                raise ValueError(f"{value!r} is no host in small letters, as cdn.example.com or example.com/path")
        return values

    @field_validator("scripts")
    @classmethod
    def _identifiers(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if not _IDENTIFIER.fullmatch(value) or len(value) < 3:
                raise ValueError(f"{value!r} is no name in a script, or too short to mean one product")
        return values

    @property
    def groups(self) -> tuple[str, ...]:
        """Categories and tag, as BuiltWith's rows have them."""
        return tuple(dict.fromkeys((*self.categories, self.tag))) if self.tag else self.categories


class Catalogue(Frozen):
    """All fingerprints, and what each kind of evidence is worth."""

    weights: dict[EvidenceKind, Share]
    """How likely the product is in use when nothing but one evidence of the kind is seen."""
    enough: Share
    """Confidence from which a technology is stated."""
    technologies: tuple[Fingerprint, ...]

    @model_validator(mode="after")
    def _unambiguous(self) -> "Catalogue":
        missing = set(EvidenceKind) - set(self.weights)
        if missing:
            raise yaml_file.located(("weights",), f"no weight for {', '.join(sorted(missing))}", None)
        meant: dict[str, int] = {}
        for place, one in enumerate(self.technologies):
            for name in (one.name, *one.aliases):
                if meant.setdefault(name.casefold(), place) != place:
                    reason = f"{name!r} is also {self.technologies[meant[name.casefold()]].name!r}"
                    raise yaml_file.located(("technologies", place), reason, name)
        return self

    @cached_property
    def by_name(self) -> dict[str, Fingerprint]:
        """Every technology by its folded name and aliases."""
        return {name.casefold(): one for one in self.technologies for name in (one.name, *one.aliases)}

    def canonical(self, name: str) -> str:
        """The one name of a product that is known under several; any other name stays as it is."""
        known = self.by_name.get(name.casefold())
        return known.name if known else name


def parse(text: str, name: str = NAME) -> Catalogue:
    """Read a catalogue. Raises yaml_file.BadFile, which names line, field, reason and value."""
    try:
        return Catalogue.model_validate_json(text)
    except ValidationError:
        return yaml_file.parse(text, name, Catalogue)


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The catalogue of the package, read once a process."""
    return parse(resources.files(__package__).joinpath(NAME).read_text(encoding="utf-8"))


def endings_of(host: str) -> Iterator[str]:
    """The host and all that it is a sub-domain of: `a.b.com`, `b.com`."""
    labels = host.split(".")
    return (".".join(labels[start:]) for start in range(len(labels) - 1))
