"""What one module asked about one account: the answers, the gaps, and the status that follows.

A module asks everything through its `Inquiry`, independent things together (`asyncio.gather`), and ends with
`inquiry.result(CompanyContext, ...)`. "Could not ask" and "nothing there" are told apart here, once for all modules.
Not for: what to ask.
"""

from collections.abc import Awaitable, Iterable
from typing import Any, TypeVar

from partnerforge_dagster.models.account import Account
from partnerforge_dagster.models.failures import NotConfigured, ProviderError, Refused
from partnerforge_dagster.models.provenance import Answer, Disagreement, Gap, GapKind, WaterfallStep
from partnerforge_dagster.models.result import ModuleResult, Status
from partnerforge_dagster.research.trail import Trail

T = TypeVar("T")
R = TypeVar("R", bound=ModuleResult)


class Inquiry:
    """Collects answers and gaps for one account."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._gaps: dict[tuple[str, GapKind, str | None], Gap] = {}
        self.trail = Trail()
        self._answered = 0
        self._made_do = 0
        self._unasked = 0
        self._failures: dict[str, ProviderError] = {}
        self._steps: list[WaterfallStep] = []
        self._disagreements: list[Disagreement] = []
        self._stale = False

    async def ask(self, subject: str, call: Awaitable[Answer[T]], *, making_do: bool = False) -> Answer[T] | None:
        """Await one provider call. None when it could not be asked (the gap is noted); an Answer otherwise.

        An Answer whose value is None ("nothing there") notes a gap too and counts as answered. `making_do`: alone it is
        too little to replace an earlier good result.
        Only ProviderError is caught: a bug stays a bug.
        """
        try:
            answer = await call
        except ProviderError as error:
            self.failed(subject, error)
            return None
        self.answered(subject, answer, making_do=making_do)
        if answer.value is None:
            self.nothing_there(subject, answer.source.provider)
        return answer

    def failed(self, subject: str, error: ProviderError, *, note: str = "") -> None:
        """Note a question that could not be asked; `note` goes on from the error's own sentence."""
        self._unasked += 1
        self._failures[error.provider] = error
        self.trail.failed(subject, error.provider)
        self._note(
            Gap(
                subject=subject,
                kind=GapKind.COULD_NOT_ASK,
                provider=error.provider,
                reason=f"{error}{note}",
                needs_key=isinstance(error, NotConfigured),
                refused=isinstance(error, Refused),
            )
        )

    def answered(self, subject: str, answer: Answer[Any], *, making_do: bool = False) -> None:
        """Note an answer, empty or not. `making_do`: whoever knows it better could not be asked this time,
        or knows more.
        """
        if making_do:
            self._made_do += bool(answer.value)
        else:
            self._answered += 1
        self.trail.answered(subject, answer.source)
        self._stale = self._stale or answer.source.stale

    def failure_of(self, provider: str) -> ProviderError | None:
        """The last failure of a provider; None when everything that it was asked was answered."""
        return self._failures.get(provider)

    def stepped(self, step: WaterfallStep) -> None:
        """Note one provider's turn of a waterfall."""
        self._steps.append(step)

    def disagrees(self, disagreement: Disagreement) -> None:
        """Note what another provider says."""
        self._disagreements.append(disagreement)

    async def value(self, subject: str, call: Awaitable[Answer[T]]) -> T | None:
        """Like `ask`, for callers that need no source."""
        answer = await self.ask(subject, call)
        return None if answer is None else answer.value

    def nothing_there(self, subject: str, provider: str | None, reason: str | None = None) -> None:
        """Note that the question was answered and the answer is "nothing"."""
        said = reason or f"{provider or 'the sources'} was asked and has nothing on this"
        self._note(Gap(subject=subject, kind=GapKind.NOTHING_THERE, provider=provider, reason=said))

    def not_applicable(self, subject: str, reason: str) -> None:
        """Note that the question makes no sense for this account."""
        self._note(Gap(subject=subject, kind=GapKind.NOT_APPLICABLE, provider=None, reason=reason))

    def could_not_ask(self, subject: str, provider: str | None, reason: str) -> None:
        """Note a question that could not even be put, e.g. because an upstream module has a gap."""
        self._unasked += 1
        self._note(Gap(subject=subject, kind=GapKind.COULD_NOT_ASK, provider=provider, reason=reason))

    def rests_on(
        self, upstream: ModuleResult | None, *, name: str, subject: str, counts_as_answer: bool = True
    ) -> bool:
        """Whether an upstream module can be used; unavailable is noted as a gap, stale makes this stale.

        `counts_as_answer` is False where upstream only says what to ask for (a name): when then nobody can be asked,
        the result is unavailable and not a partial one that would replace good data with nothing.
        """
        if upstream is not None:
            self.trail.inherits(upstream)
        if upstream is None or upstream.status is Status.UNAVAILABLE:
            self.could_not_ask(subject, None, f"{name} is unavailable")
            return False
        self._answered += counts_as_answer
        self._stale = self._stale or upstream.status is Status.STALE
        return True

    def usable(self, upstream: R, *, name: str, subject: str) -> R | None:
        """The upstream result itself, or None (and a gap) when it is unavailable."""
        return upstream if self.rests_on(upstream, name=name, subject=subject) else None

    def _note(self, gap: Gap) -> None:
        self._gaps.setdefault((gap.subject, gap.kind, gap.provider), gap)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """All gaps, in a stable order whatever order the answers came in."""
        return tuple(self._gaps[key] for key in sorted(self._gaps, key=lambda k: (k[0], k[1], k[2] or "")))

    @property
    def status(self) -> Status:
        """COMPLETE, PARTIAL, STALE or UNAVAILABLE, from what was answered and what could not be asked."""
        if self._unasked and not self._answered:
            return Status.PARTIAL if self._made_do else Status.UNAVAILABLE
        if self._stale:
            return Status.STALE
        return Status.PARTIAL if self._unasked else Status.COMPLETE

    def result(self, kind: type[R], **fields: Any) -> R:  # noqa: ANN401 - validated by the record itself
        """The module's record, with account, time, mode, status and gaps filled in."""
        return kind(
            account=self.account.domain,
            as_of=self.account.as_of,
            mode=self.account.mode,
            status=self.status,
            gaps=self.gaps,
            unasked=self.trail.unasked(kind.__name__),
            heard=self.trail.heard(),
            # Facts are asked for side by side; of one fact the steps stay in their order.
            steps=tuple(sorted(self._steps, key=lambda step: step.subject)),
            disagreements=tuple(self._disagreements),
            made_do=bool(self._unasked and not self._answered and self._made_do),
            **fields,
        )


def unasked(gaps: Iterable[Gap], provider: str) -> bool:
    """Whether a provider could not be asked something; "it is not registered there" would then be a guess."""
    return any(gap.kind is GapKind.COULD_NOT_ASK and gap.provider == provider for gap in gaps)
