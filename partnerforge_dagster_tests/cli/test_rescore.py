"""`partnerforge rescore` on an enriched deployment: the same scores under the same profile, other ones under another.

Not for: the comparison itself (scoring/test_moving.py).
"""

from importlib import resources
from pathlib import Path

from partnerforge_dagster.store.calls import Calls
from partnerforge_dagster.store.database import open_engine
from partnerforge_dagster_tests.cli.conftest import Deployed
from partnerforge_dagster_tests.cli.running import run, store_in

BUILT_IN = resources.files("partnerforge_dagster").joinpath("default_seller.yaml").read_text("utf-8")


def profile(folder: Path, name: str, **weights: tuple[int, int]) -> str:
    """A profile like the built-in one with some weights of the fit score changed from one value to another."""
    text = BUILT_IN
    for part, (old, new) in weights.items():
        assert text.count(f"\n    {part}: {old}\n") == 1
        text = text.replace(f"\n    {part}: {old}\n", f"\n    {part}: {new}\n")
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_only_the_profile_makes_a_difference(deployed: Deployed, tmp_path: Path) -> None:
    """A copy of the present profile moves nobody, and the scores are those of the briefs."""
    same = run(deployed.folder, "rescore", "--seller", profile(tmp_path, "same.yaml"), "--json")
    assert same.code == 0, same.err
    assert not any(account["moved"] for account in same.report["accounts"].values())
    for domain, account in same.report["accounts"].items():
        brief = deployed.first.report["accounts"][domain]["scores"]
        assert {name: score["new"] for name, score in account["scores"].items()} == {
            name: score["value"] for name, score in brief.items()
        }


def test_other_weights_show_who_moves_and_why(deployed: Deployed, tmp_path: Path) -> None:
    """Sums of the parts' moves are the score's; the table names part and weights; nothing is asked or stored."""
    engine = open_engine(store_in(deployed.folder))
    calls = len(Calls(engine).rows())
    other = profile(tmp_path, "other.yaml", industry=(18, 4), visits=(18, 32))
    found = run(deployed.folder, "rescore", "--seller", other, "--json")
    assert found.code == 0, found.err
    moved = {domain: account for domain, account in found.report["accounts"].items() if account["moved"]}
    assert moved
    for account in moved.values():
        fit = account["scores"]["fit"]
        assert {part["name"] for part in fit["parts"]} <= {"industry", "visits"}
        assert round(sum(part["new"] - part["old"] for part in fit["parts"]), 1) == fit["by"] != 0
    shown = run(deployed.folder, "rescore", "sallybeauty.com", "--seller", other)
    assert "Visits: " in shown.out
    assert " of 32" in shown.out
    assert len(Calls(engine).rows()) == calls
    engine.dispose()


def test_a_wrong_profile_is_refused(deployed: Deployed, tmp_path: Path) -> None:
    """Weights that do not add up: the option, the file, the reason; exit status 2."""
    wrong = run(deployed.folder, "rescore", "--seller", profile(tmp_path, "wrong.yaml", industry=(18, 19)))
    assert (wrong.code, wrong.out) == (2, "")
    assert "--seller" in wrong.err
    assert "101" in wrong.err
    nobody = run(tmp_path, "rescore", "--seller", profile(tmp_path, "same.yaml"))
    assert nobody.code == 1
