"""Who moves between two scorings, and which parts did it.

Not for: the command (cli/test_rescore.py).
"""

from partnerforge_dagster.models.icp_priority_mapping import Tier
from partnerforge_dagster.models.scores import Score
from partnerforge_dagster.scoring.moving import Scored, moves, ranked
from partnerforge_dagster.scoring.score import known, total, unknown


def score(**parts: tuple[float, float]) -> Score:
    """Of parts with a weight and a value."""
    return total(known(name, weight, value, f"{name} is so", []) for name, (weight, value) in parts.items())


def test_a_part_that_weighs_more_moves_its_account_up() -> None:
    """The new order, places before and after, points of each part that changed, the largest first."""
    old = {
        "a.com": Scored(fit=score(visits=(50, 1.0), industry=(50, 0.2)), tier=Tier.WARM),
        "b.com": Scored(fit=score(visits=(50, 0.4), industry=(50, 1.0)), tier=Tier.WARM),
    }
    new = {
        "a.com": Scored(fit=score(visits=(80, 1.0), industry=(20, 0.2)), tier=Tier.HOT),
        "b.com": Scored(fit=score(visits=(80, 0.4), industry=(20, 1.0)), tier=Tier.COOL),
    }
    first, second = moves(old, new)
    assert (first.account, first.old_rank, first.new_rank) == ("a.com", 2, 1)
    assert (second.account, second.old_rank, second.new_rank) == ("b.com", 1, 2)
    assert (first.old_tier, first.new_tier) == (Tier.WARM, Tier.HOT)
    fit = first.scores["fit"]
    assert (fit.old, fit.new, fit.by) == (60.0, 84.0, 24.0)
    assert [(part.name, part.by) for part in fit.parts] == [("visits", 30.0), ("industry", -6.0)]
    assert fit.by == round(sum(part.by for part in fit.parts), 1)
    assert fit.parts[0].reason == "visits is so"


def test_parts_that_make_up_for_each_other_move_nobody() -> None:
    """The parts are told all the same."""
    old = {"a.com": Scored(fit=score(visits=(50, 1.0), industry=(50, 1.0)))}
    (move,) = moves(old, {"a.com": Scored(fit=score(visits=(60, 1.0), industry=(40, 1.0)))})
    assert not move.moved
    assert [part.by for part in move.scores["fit"].parts] == [-10.0, 10.0]


def test_who_is_passed_moves_without_a_change_of_its_own() -> None:
    """Its place is another one."""
    old = {"a.com": Scored(fit=score(visits=(100, 0.5))), "b.com": Scored(fit=score(visits=(100, 0.4)))}
    first, second = moves(old, {**old, "b.com": Scored(fit=score(visits=(100, 0.6)))})
    assert first.account == "b.com"
    assert second.moved
    assert not second.scores["fit"].parts


def test_unknown_is_last_and_by_name_where_all_is_equal() -> None:
    """As in the accounts table; a score that is unknown on one side moves by nothing."""
    known_fit = score(visits=(100, 0.0))
    scored = {"c.com": Scored(), "b.com": Scored(fit=known_fit), "a.com": Scored(fit=known_fit)}
    assert ranked(scored) == ["a.com", "b.com", "c.com"]
    one, *_, last = moves(scored, {**scored, "c.com": Scored(fit=known_fit)})
    assert one.account == "a.com"
    assert (last.scores["fit"].old, last.scores["fit"].new, last.scores["fit"].by) == (None, 0.0, 0.0)


def test_an_unknown_part_moves_with_its_prior() -> None:
    """Its expected points count as any part's."""
    old = {"a.com": Scored(fit=total([unknown("visits", 40, 0.5, "visits"), known("industry", 60, 1.0, "so", [])]))}
    new = {"a.com": Scored(fit=total([unknown("visits", 20, 0.5, "visits"), known("industry", 80, 1.0, "so", [])]))}
    (move,) = moves(old, new)
    assert {part.name: part.by for part in move.scores["fit"].parts} == {"visits": -10.0, "industry": 20.0}
