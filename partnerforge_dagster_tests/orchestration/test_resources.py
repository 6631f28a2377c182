"""Clients and seller profile as Dagster resources: one for each argument that a module may take."""

import shutil
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import dagster as dg
import pytest

from partnerforge_dagster.definitions import declared_modules
from partnerforge_dagster.orchestration.resources import client_resources
from partnerforge_dagster.seller import BadSeller, Seller
from partnerforge_dagster_tests.orchestration.graph import Graph, graph_in


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """A seller profile of one's own, at first the built-in one."""
    path = tmp_path / "seller.yaml"
    with resources.as_file(resources.files("partnerforge_dagster") / "default_seller.yaml") as built_in:
        shutil.copyfile(built_in, path)
    return path


@pytest.fixture
def own(profile: Path, tmp_path: Path) -> Iterator[Graph]:
    with graph_in(tmp_path, seller=profile) as graph:
        yield graph


def test_every_argument_of_every_module_has_its_resource(answered: Graph) -> None:
    """By name, and of the class that the module asks for."""
    made = client_resources(answered.clients, answered.settings)
    wanted = {name: kind for module in declared_modules().values() for name, kind in module.resources.items()}
    assert set(wanted) <= set(made)
    with dg.build_resources(made) as built:
        for name, kind in wanted.items():
            assert isinstance(getattr(built, name), kind)


def test_every_resource_is_described(answered: Graph) -> None:
    """The resources page says what each is."""
    for resource in client_resources(answered.clients, answered.settings).values():
        assert len(resource.description or "") > 20


def test_an_edited_profile_counts_from_the_next_run_on(own: Graph, profile: Path) -> None:
    """It is read when a run starts and not when the process does."""
    definition = client_resources(own.clients, own.settings)["seller"]
    with dg.build_resources({"seller": definition}) as built:
        before = built.seller
    assert isinstance(before, Seller)
    text = profile.read_text()
    assert f"name: {before.name}\n" in text
    profile.write_text(text.replace(f"name: {before.name}\n", "name: Somebody Else\n", 1))
    with dg.build_resources({"seller": definition}) as built:
        assert built.seller.name == "Somebody Else"


def test_a_broken_profile_stops_the_run_with_its_line(own: Graph, profile: Path) -> None:
    """The reason that the seller profile gives is in the error of the run."""
    profile.write_text("name: [unclosed\n")
    definition = client_resources(own.clients, own.settings)["seller"]
    with pytest.raises(dg.DagsterResourceFunctionError) as refused, dg.build_resources({"seller": definition}):
        pass
    assert isinstance(refused.value.__cause__, BadSeller)
    assert str(profile) in str(refused.value.__cause__)
