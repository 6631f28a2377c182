"""`@module`: declares that an async function about one account is one of the fifteen modules.

The function is returned unchanged, so that a test calls it without Dagster. Its argument names say what it needs:
`account`, upstream modules by name, and clients or the seller profile by type.
Not for: making the Dagster asset of it (assets_of.py) or running it for the accounts of a step (enrichment.py).
"""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

from partnerforge_dagster.models.modules import MODULES, ModuleSpec
from partnerforge_dagster.models.result import ModuleResult

R = TypeVar("R", bound=ModuleResult)
ModuleFunction = Callable[..., Awaitable[R]]


@dataclass(frozen=True)
class Module:
    """A declared module."""

    name: str
    spec: ModuleSpec
    function: Callable[..., Awaitable[ModuleResult]]
    needs: tuple[str, ...]
    """Upstream modules, in the order of the arguments."""
    resources: dict[str, type[Any]]
    """Argument name -> class of the client (or Seller) it takes."""

    @property
    def description(self) -> str:
        """The function's docstring: the catalogue entry in the Dagster UI."""
        return inspect.getdoc(self.function) or ""


DECLARED: dict[str, Module] = {}
"""Modules by name, filled as their files are imported."""


def module(function: ModuleFunction[R]) -> ModuleFunction[R]:
    """Declare `function` as the module of its name.

    Raises ValueError at import when the name is not one of the fifteen, an argument has no type,
    or the return type is not the module's record.
    """
    name = function.__name__
    if name not in MODULES:
        raise ValueError(f"{name!r} is not a module; the fifteen are: {', '.join(MODULES)}")
    hints = get_type_hints(function)
    if hints.pop("return", None) is not MODULES[name].result:
        raise ValueError(f"{name} must be annotated to return {MODULES[name].result.__name__}")
    arguments = list(inspect.signature(function).parameters)
    if arguments[:1] != ["account"]:
        raise ValueError(f"{name}'s first argument must be `account`")
    needs = tuple(argument for argument in arguments if argument in MODULES)
    DECLARED[name] = Module(
        name=name,
        spec=MODULES[name],
        function=function,
        needs=needs,
        resources={argument: hints[argument] for argument in arguments[1:] if argument not in MODULES},
    )
    return function
