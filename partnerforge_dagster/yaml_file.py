"""Reads YAML text into a record; every complaint names file, line, field, reason and value.

The text is composed once: its nodes know their lines, so that pydantic's error locations can be looked up in them.
Not for: the meaning of any field (the record's own file).
"""

import difflib
from collections.abc import Iterator
from typing import Any, Final, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

R = TypeVar("R", bound=BaseModel)
Loc = tuple[int | str, ...]

MOST_CHARACTERS: Final = 1_000_000
MOST_PROBLEMS: Final = 20


class BadFile(ValueError):
    """The text cannot be used. One line per problem: `profile.yaml, line 14, fit.weights: reason`."""


def parse(text: str, name: str, kind: type[R]) -> R:
    """Validate `text` as a `kind`; `name` is what messages call the file. Raises BadFile."""
    root = _composed(text, name)
    try:
        return kind.model_validate(yaml.SafeLoader("").construct_document(root))
    except yaml.YAMLError as error:
        raise BadFile(f"{name}{_place(error)}: {_reason(error)}") from error
    except ValidationError as error:
        problems = [_problem(name, root, kind, detail) for detail in error.errors(include_url=False)]
        raise BadFile(_listed(problems)) from error


def located(loc: Loc, reason: str, value: object) -> ValidationError:
    """For model validators: a complaint about a field below the model, which then carries that field's line."""
    kind = PydanticCustomError("value_error", "{reason}", {"reason": reason})
    return ValidationError.from_exception_data("", [InitErrorDetails(type=kind, loc=loc, input=value)])


def _composed(text: str, name: str) -> yaml.Node:
    if len(text) > MOST_CHARACTERS:
        raise BadFile(f"{name}: {len(text)} characters are too many; at most {MOST_CHARACTERS} are read")
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        problems = [] if root is None else list(_refused(name, root, set()))
    except yaml.YAMLError as error:
        raise BadFile(f"{name}{_place(error)}: {_reason(error)}") from error
    except RecursionError as error:
        raise BadFile(f"{name}: nested too deeply") from error
    if root is None:
        raise BadFile(f"{name}: the file is empty")
    if not isinstance(root, yaml.MappingNode):
        raise BadFile(f"{name}, line 1: a mapping of fields is expected, not a list or a single value")
    if problems:
        raise BadFile(_listed(problems))
    return root


def _refused(name: str, node: yaml.Node, seen: set[int]) -> Iterator[str]:
    """What YAML would let pass or PyYAML would choke on: keys given twice (the last would win silently), nodes used
    twice (which can grow without bound), scalars that are not what they look like (a date of month 99)."""
    if id(node) in seen:
        yield f"{name}, line {_line(node)}: anchors and aliases are not supported; write the value out"
        return
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode) and not _readable(node):
        yield f"{name}, line {_line(node)}: {node.value!r} cannot be read; put it in quotes if it is meant as text"
    children = node.value if isinstance(node, yaml.CollectionNode) else []
    if isinstance(node, yaml.MappingNode):
        first: dict[str, int] = {}
        for key, _ in node.value:
            word = str(key.value)
            if word in first:
                yield f"{name}, line {_line(key)}: key {word!r} is given twice, first in line {first[word]}"
            first.setdefault(word, _line(key))
        children = [child for pair in node.value for child in pair]
    for child in children:
        yield from _refused(name, child, seen)


def _readable(node: yaml.ScalarNode) -> bool:
    try:
        yaml.SafeLoader("").construct_document(node)
    except (yaml.YAMLError, ValueError, KeyError, IndexError):  # an unknown tag, a bad date, `!!bool x`, `!!int ""`
        return False
    return True


def _problem(name: str, root: yaml.Node, kind: type[BaseModel], detail: ErrorDetails) -> str:
    loc = tuple(step for step in detail["loc"] if step != "[key]")
    field = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc).lstrip(".")
    where = f"{name}, line {_line_of(root, loc)}" + (f", {field}" if field else "")
    if detail["type"] == "missing":
        return f"{where}: this field is missing"
    if detail["type"] == "extra_forbidden":
        return f"{where}: no such field{_did_you_mean(kind, loc)}"
    reason = detail["msg"].removeprefix("Value error, ")
    value = repr(detail["input"])
    return f"{where}: {reason}" + (f" (got {value})" if len(value) <= 80 and value not in reason else "")


def _line_of(node: yaml.Node, loc: Loc) -> int:
    """Line of the deepest node on the way that exists; for a field it is the line of its key."""
    line = _line(node)
    for step in loc:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == str(step)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            found = (node.value[step], node.value[step])
        else:
            found = None
        if found is None:
            return line
        line, node = _line(found[0]), found[1]
    return line


def _did_you_mean(kind: type[BaseModel], loc: Loc) -> str:
    annotation: Any = kind
    for step in loc[:-1]:
        model = _model_in(annotation)
        annotation = model.model_fields[step].annotation if model and step in model.model_fields else annotation
    model = _model_in(annotation)
    close = difflib.get_close_matches(str(loc[-1]), model.model_fields if model else (), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - a type expression
    """The record inside `X`, `X | None`, `tuple[X, ...]` or `dict[str, X]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _model_in(inner))), None)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _place(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return "" if mark is None else f", line {mark.line + 1}"


def _reason(error: Exception) -> str:
    problem = getattr(error, "problem", None)
    return f"not valid YAML: {problem or error}"


def _listed(problems: list[str]) -> str:
    more = len(problems) - MOST_PROBLEMS
    return "\n".join(problems[:MOST_PROBLEMS] + ([f"... and {more} more"] if more > 0 else []))
