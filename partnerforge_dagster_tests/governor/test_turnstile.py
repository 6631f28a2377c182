import asyncio

from partnerforge_dagster.governor.turnstile import Turnstile


def order(cancelled: str | None, *, at_the_last_moment: bool) -> list[str]:
    """Who had the turn, of three who wait behind a fourth; one of them is cancelled."""

    async def wait() -> list[str]:
        turnstile, had, go = Turnstile(), list[str](), asyncio.Event()

        async def hold() -> None:
            async with turnstile.turn((0, 0)):
                await go.wait()

        async def take(name: str, rank: tuple[int, int]) -> None:
            async with turnstile.turn(rank):
                had.append(name)

        holder = asyncio.create_task(hold())
        await asyncio.sleep(0)
        ranks = {"batch": (1, 1), "second": (0, 3), "first": (0, 2)}
        waiting = {name: asyncio.create_task(take(name, rank)) for name, rank in ranks.items()}
        await asyncio.sleep(0.01)
        if cancelled and not at_the_last_moment:
            waiting[cancelled].cancel()
            await asyncio.sleep(0.01)
        go.set()
        await holder  # has passed the turn on, but the next one does not run yet
        if cancelled and at_the_last_moment:
            waiting[cancelled].cancel()
        await asyncio.wait(waiting.values(), timeout=5)
        return had

    return asyncio.run(wait())


def test_the_most_urgent_goes_first() -> None:
    """Whatever the order of arrival, the lowest rank is next."""
    assert order(None, at_the_last_moment=False) == ["first", "second", "batch"]


def test_who_is_cancelled_is_passed_over() -> None:
    """A waiting caller that gives up holds nobody up."""
    assert order("first", at_the_last_moment=False) == ["second", "batch"]


def test_a_turn_given_to_somebody_who_gives_up_is_passed_on() -> None:
    """Cancelled in the moment in which the turn came, it goes to the next."""
    assert order("first", at_the_last_moment=True) == ["second", "batch"]


def test_a_turn_is_free_while_nobody_has_it() -> None:
    """Whoever has it keeps it until he has passed it on."""

    async def look() -> list[bool]:
        turnstile = Turnstile()
        seen = [turnstile.free]
        async with turnstile.turn((0, 0)):
            seen.append(turnstile.free)
        return [*seen, turnstile.free]

    assert asyncio.run(look()) == [True, False, True]
