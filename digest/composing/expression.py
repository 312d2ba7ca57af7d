"""What a letter may say about its subscriber: small expressions, kept as plain JSON, evaluated without Jinja.

The grammar (``compiling.py`` writes it, the store keeps it, ``filling.py`` evaluates it)::

    ["field", name]              a column of the list, or name, email, language; "" where it is empty
    ["const", value]
    ["has", name]                the field is not empty
    ["or", a, b, …] ["and", a, b, …] ["not", a]
    ["if", test, a, b]
    ["join", a, b, …]            Jinja's ~
    ["upper" | "lower" | "title" | "trim", a]
    ["eq" | "ne" | "lt" | "lteq" | "gt" | "gteq", a, b]     as numbers where one side is a number
    ["in", a, b] ["in", a, ["list", b, c, …]]

A value is a str, a number, a bool or None. Fields are texts; where one is compared with a number it is read
as a number, and a text that is none compares as false.
"""

from __future__ import annotations

import ast
import difflib
import operator
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeAlias, cast

from digest.errors import InvalidInputError
from digest.model import Expression, Subscriber

__all__ = [
    "Value",
    "check_condition",
    "evaluate",
    "needed_fields",
    "needed_in_test",
    "parse_condition",
    "text_reader",
    "used_fields",
    "written",
]

Value: TypeAlias = "str | int | float | bool | None"

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {  # texts or numbers, both sides alike
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
}
_CHANGE: Mapping[str, Callable[[str], str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "title": str.title,
    "trim": str.strip,
}


def evaluate(expression: Expression, subscriber: Subscriber) -> Value:  # noqa: PLR0911  # one a verb
    """Give an expression's value for one subscriber.

    >>> evaluate(("or", ("field", "name"), ("const", "reader")), Subscriber("ann@example.org"))
    'reader'
    """
    verb, *rest = expression
    if verb == "field":
        return _field(str(rest[0]), subscriber)
    if verb == "const":
        return cast("Value", rest[0])
    if verb == "has":
        return bool(_field(str(rest[0]), subscriber))
    parts = cast("list[Expression]", rest)
    if verb in {"or", "and"}:
        value: Value = None
        for part in parts:
            value = evaluate(part, subscriber)
            if bool(value) is (verb == "or"):
                break
        return value
    if verb == "if":
        return evaluate(parts[1 if evaluate(parts[0], subscriber) else 2], subscriber)
    if verb == "in":
        return _is_in(parts, subscriber)
    values = [evaluate(part, subscriber) for part in parts]
    return _apply(str(verb), values)


def text_reader(expression: Expression) -> Callable[[Subscriber], str]:
    """Give a function that writes an expression's value for one subscriber after the other.

    Fields, and fields with a default, are all that most letters ask for: they are looked up without walking the
    expression again, at a third of the time.

    >>> text_reader(("or", ("field", "name"), ("const", "reader")))(Subscriber("ann@example.org"))
    'reader'
    """
    verb, *rest = expression
    if verb == "field":
        return _field_reader(str(rest[0]))
    parts = cast("list[Expression]", rest)
    if verb == "or" and len(parts) == 2 and parts[0][0] == "field":  # noqa: PLR2004  # a text and its default
        read, instead = text_reader(parts[0]), text_reader(parts[1])
        return lambda subscriber: read(subscriber) or instead(subscriber)
    return lambda subscriber: written(evaluate(expression, subscriber))


def _field_reader(name: str) -> Callable[[Subscriber], str]:
    own = _OWN.get(name, _nothing)

    def read(subscriber: Subscriber) -> str:
        fields = subscriber.fields
        return fields[name] if name in fields else own(subscriber)

    return read


def _apply(verb: str, values: list[Value]) -> Value:
    if verb == "not":
        return not values[0]
    if verb == "join":
        return "".join(written(value) for value in values)
    if verb in _CHANGE:
        return _CHANGE[verb](written(values[0]))
    if verb in _COMPARE:
        return _compare(verb, values[0], values[1])
    raise ValueError(f"no expression begins with '{verb}'")


def written(value: Value) -> str:
    """Write a value as a letter shows it; None is empty."""
    return "" if value is None else str(value)


def _nothing(_subscriber: Subscriber) -> str:
    return ""


# What a subscriber has besides the list's columns, which come first.
_OWN: Mapping[str, Callable[[Subscriber], str]] = {
    "name": lambda subscriber: subscriber.name,
    "email": lambda subscriber: subscriber.address,
    "address": lambda subscriber: subscriber.address,
    "language": lambda subscriber: subscriber.language or "",
}


def _field(name: str, subscriber: Subscriber) -> str:
    return _field_reader(name)(subscriber)


def _is_in(parts: list[Expression], subscriber: Subscriber) -> bool:
    wanted = evaluate(parts[0], subscriber)
    if parts[1][0] == "list":
        members = cast("list[Expression]", list(parts[1][1:]))
        return any(_compare("eq", wanted, evaluate(member, subscriber)) for member in members)
    return written(wanted) in written(evaluate(parts[1], subscriber))


def _compare(verb: str, one: Value, other: Value) -> bool:
    if isinstance(one, (int, float)) or isinstance(other, (int, float)):
        try:
            return _COMPARE[verb](float(written(one)), float(written(other)))
        except ValueError:  # a text that is no number is never like one
            return verb == "ne"
    return _COMPARE[verb](written(one), written(other))


def used_fields(expression: Expression) -> frozenset[str]:
    """Name every field an expression looks at."""
    if expression[0] in {"field", "has"}:
        return frozenset({str(expression[1])})
    parts = (part for part in expression[1:] if isinstance(part, (list, tuple)))
    return frozenset().union(*(used_fields(part) for part in parts))


def needed_fields(expression: Expression) -> frozenset[str]:
    """Name the fields without which an expression has nothing to say.

    ``name or "reader"`` and a bare truth test need none; a comparison does, since a mistyped column would
    otherwise be false for everybody and nobody would notice.
    """
    verb = expression[0]
    parts = [part for part in expression[1:] if isinstance(part, (list, tuple))]
    if verb == "field":
        return frozenset({str(expression[1])})
    if verb in {"const", "has"}:
        return frozenset()
    if verb == "or":
        last = needed_fields(parts[-1])
        return frozenset().union(last, *(needed_in_test(part) for part in parts[:-1]))
    if verb == "if":
        test, then, otherwise = parts
        needed = needed_fields(then) - _true_in(test)
        return needed_in_test(test) | needed | needed_fields(otherwise)
    return frozenset().union(*(needed_fields(part) for part in parts))


def needed_in_test(test: Expression) -> frozenset[str]:
    """Name the fields a test needs: a field alone may be absent, which is what the test asks."""
    parts = [part for part in test[1:] if isinstance(part, (list, tuple))]
    if test[0] == "field":
        return frozenset()
    if test[0] in {"and", "or", "not"}:
        return frozenset().union(*(needed_in_test(part) for part in parts))
    if test[0] in _CHANGE:
        return needed_in_test(parts[0])
    return needed_fields(test)


def _true_in(test: Expression) -> frozenset[str]:
    """Name the fields that are surely there where a test holds."""
    if test[0] in {"field", "has"}:
        return frozenset({str(test[1])})
    if test[0] == "and":
        return frozenset().union(*(_true_in(part) for part in test[1:] if isinstance(part, (list, tuple))))
    return frozenset()


# --- conditions from the command line -------------------------------------------------------------------------

_PYTHON_COMPARE = {
    ast.Eq: "eq",
    ast.NotEq: "ne",
    ast.Lt: "lt",
    ast.LtE: "lteq",
    ast.Gt: "gt",
    ast.GtE: "gteq",
}
_CONDITION_LIMIT = (
    2_000  # characters: longer ones are no one's handwriting, and deep nesting ends in recursion
)


def parse_condition(text: str) -> Expression:
    """Read a segment's condition, such as ``city == 'Riga' and language != 'ru'``.

    Python's own parser reads it and nothing of it is ever run: only fields, constants, comparisons, ``in``,
    ``and``, ``or`` and ``not`` are known.

    >>> parse_condition("city == 'Riga'")
    ('eq', ('field', 'city'), ('const', 'Riga'))

    Raises:
        InvalidInputError: it is no condition.
    """
    hint = "write a column, a comparison and a value, such as city == 'Riga'"
    if len(text) > _CONDITION_LIMIT:
        raise InvalidInputError(f"the condition has {len(text)} characters", where="--where", hint=hint)
    try:
        return _from_python(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise InvalidInputError(f"'{text}' is no condition", where="--where", hint=hint) from error


def check_condition(condition: Expression, columns: Collection[str]) -> None:
    """Refuse a condition on a column that a list has not: it would be false for everybody, in silence.

    Raises:
        InvalidInputError: names the column, and the nearest one there is.
    """
    known = {*columns, "email", "address"}
    for name in sorted(used_fields(condition) - known):
        nearest = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean '{nearest[0]}'?" if nearest else f"its columns are {', '.join(sorted(known))}"
        raise InvalidInputError(f"the list has no column '{name}'", where="--where", hint=hint)


def _from_python(node: ast.expr) -> Expression:  # noqa: PLR0911  # one a kind of node
    match node:
        case ast.Name(id=name):
            return ("field", name)
        case ast.Attribute(value=ast.Name(id="subscriber"), attr=name):
            return ("field", name)
        case ast.Subscript(value=ast.Name(id="subscriber"), slice=ast.Constant(value=str(name))):
            return ("field", name)
        case ast.Constant(value=str() | int() | float() as value):
            return ("const", value)
        case ast.BoolOp(op=op, values=values):
            return ("and" if isinstance(op, ast.And) else "or", *map(_from_python, values))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return ("not", _from_python(operand))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _comparison(op, _from_python(left), right)
        case _:
            raise ValueError(ast.dump(node))


def _comparison(op: ast.cmpop, left: Expression, right: ast.expr) -> Expression:
    if isinstance(op, (ast.In, ast.NotIn)):
        if isinstance(right, (ast.List, ast.Tuple, ast.Set)):
            found: Expression = ("in", left, ("list", *map(_from_python, right.elts)))
        else:
            found = ("in", left, _from_python(right))
        return found if isinstance(op, ast.In) else ("not", found)
    name = _PYTHON_COMPARE.get(type(op))
    if name is None:
        raise ValueError(type(op).__name__)
    return (name, left, _from_python(right))
