"""Jinja, known to this file only: sandboxed, autoescaping, strict, and aware of what differs per subscriber.

Expressions on ``subscriber`` cannot be run when a theme renders. After parsing, the syntax tree is rewritten:
a field becomes a Symbol, and what Jinja would decide now (``or``, ``if``, comparisons, ``~``) becomes a filter
that builds an Expression instead. ``{% if subscriber… %}`` renders both its branches between marks. Reading a
name that a template set from a field counts as well; anything else that needs the value is refused by the
Symbol itself.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from digest.composing.symbols import Marks, Symbol
from digest.composing.theme import Theme
from digest.errors import TemplateError

if TYPE_CHECKING:
    from types import TracebackType

    from jinja2 import Environment
    from jinja2.nodes import Template as TemplateNode

__all__ = ["Templates"]

# What a template's own code may raise when it is wrong; anything else is our bug and keeps its traceback.
_TEMPLATE_FAULTS = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)
_LETTERS = frozenset({"upper", "lower", "title", "trim"})
_REWRITTEN = "digest_"


class Templates:
    """The templates of one theme, rendered for one edition; ``marks`` collects what differs."""

    def __init__(self, theme: Theme, marks: Marks) -> None:
        self._theme = theme
        self._marks = marks
        self._environment = _environment(theme, marks)

    def has(self, name: str) -> bool:
        """Tell whether the theme has a file of that name."""
        return name in self._theme.files

    def render(self, name: str, context: Mapping[str, object]) -> str:
        """Render one file of the theme.

        Raises:
            TemplateError: with the template and its line.
        """
        import jinja2

        try:
            return self._environment.get_template(name).render(context)
        except jinja2.TemplateSyntaxError as error:
            where = f"{_place(self._theme, error.name or name)}:{error.lineno}"
            raise TemplateError(error.message or "no valid template", where=where) from error
        except TemplateError as error:
            if error.where is None:
                raise TemplateError(
                    error.what, where=self._line(error.__traceback__, name), hint=error.hint
                ) from error
            raise
        except jinja2.TemplateNotFound as error:
            raise TemplateError(
                f"the theme has no file '{error.name}'", where=self._line(error.__traceback__, name)
            ) from error
        except (jinja2.TemplateError, *_TEMPLATE_FAULTS) as error:
            raise TemplateError(
                str(error) or type(error).__name__, where=self._line(error.__traceback__, name)
            ) from error

    def _line(self, traceback: TracebackType | None, name: str) -> str:
        """Find the innermost template line; Jinja rewrites its frames to template lines."""
        place = _place(self._theme, name)
        known = {_place(self._theme, file) for file in self._theme.files}
        while traceback is not None:
            file = traceback.tb_frame.f_code.co_filename
            if file in known:
                place = f"{file}:{traceback.tb_lineno}"
            traceback = traceback.tb_next
        return place


def _place(theme: Theme, name: str) -> str:
    """Name a file of a theme as a person would look for it."""
    return name if name.startswith("shared/") else f"{theme.name}/{name}"


def _environment(theme: Theme, marks: Marks) -> Environment:
    import jinja2
    from jinja2.sandbox import SandboxedEnvironment
    from markupsafe import Markup

    from digest.composing.rewriting import rewrite

    class Subscribing(SandboxedEnvironment):
        def _generate(
            self,
            source: TemplateNode,
            name: str | None,
            filename: str | None,
            defer_init: bool = False,  # noqa: FBT001, FBT002  # Jinja's signature
        ) -> str:
            # Jinja's documented hook between parsing and code generation.
            return super()._generate(
                rewrite(source, functools.partial(_place, theme)(name or "")), name, filename, defer_init
            )

    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        text = theme.files.get(name)
        return None if text is None else (text, _place(theme, name), lambda: True)

    def printed(value: object) -> object:
        return Markup(marks.slot(value)) if isinstance(value, Symbol) else value  # noqa: S704  # letters only

    environment = Subscribing(
        loader=jinja2.FunctionLoader(load),
        autoescape=lambda name: (name or "").endswith(".html"),
        undefined=jinja2.StrictUndefined,
        finalize=printed,
        trim_blocks=True,
        lstrip_blocks=True,
        optimized=False,  # the optimiser would run our filters before there is anything to run them on
        cache_size=0,
    )
    environment.filters = {**_guarded(environment.filters), **_filters(marks)}
    environment.tests = _guarded(environment.tests)  # type: ignore[assignment, arg-type]  # as above
    environment.globals.clear()  # `range`, `lipsum` and `cycler` have no place in a letter
    return environment


def _guarded(functions: Mapping[str, Callable[..., object]]) -> dict[str, Callable[..., object]]:
    """Refuse Symbols in Jinja's own filters and tests: many would quietly take their text."""

    def guard(name: str, function: Callable[..., object]) -> Callable[..., object]:
        @functools.wraps(function)
        def guarded(*arguments: object, **named: object) -> object:
            for argument in (*arguments, *named.values()):
                if isinstance(argument, Symbol):
                    if name in _LETTERS and len(arguments) == 1:
                        return Symbol((name, argument.expression), argument.place)
                    if name in {"default", "d"} and argument is arguments[0] and len(arguments) > 1:
                        return _chain("or", argument, arguments[1])
                    argument.refuse()
            return function(*arguments, **named)

        return guarded

    return {name: guard(name, function) for name, function in functions.items()}


def _expression(value: object) -> tuple[object, ...]:
    return tuple(value.expression) if isinstance(value, Symbol) else ("const", value)


def _symbol(verb: str, *parts: object) -> Symbol:
    symbols = [part for part in parts if isinstance(part, Symbol)]
    for part in parts:
        if not isinstance(part, (Symbol, str, int, float, bool, type(None))):
            symbols[0].refuse()
    return Symbol((verb, *map(_expression, parts)), symbols[0].place)  # type: ignore[arg-type]  # checked above


def _chain(verb: str, *parts: object) -> object:
    if any(isinstance(part, Symbol) for part in parts):
        return _symbol(verb, *parts)
    left, right = parts
    return (left or right) if verb == "or" else (left and right)


def _filters(marks: Marks) -> dict[str, Callable[..., object]]:  # noqa: C901  # eleven small closures over two values
    """Give the filters that rewritten templates call; their names cannot be typed by mistake."""
    from jinja2 import pass_context
    from markupsafe import Markup, escape

    open_tests: list[str] = []

    def named(name: str, place: str) -> Symbol:
        return Symbol(("field", name), place)

    def negated(value: object) -> object:
        return _symbol("not", value) if isinstance(value, Symbol) else not value

    def has(value: object) -> object:
        return Symbol(("has", value.expression[1]), value.place) if isinstance(value, Symbol) else True

    def chosen(test: object, then: object, otherwise: object) -> object:
        if isinstance(test, Symbol):
            return _symbol("if", test, then, otherwise)
        return then if test else otherwise

    def compared(left: object, operator: str, right: object) -> object:
        if operator in {"in", "notin"} and isinstance(right, (list, tuple)):
            inner: tuple[object, ...] = ("list", *map(_expression, right))
            place = left.place if isinstance(left, Symbol) else ""
            found = Symbol(("in", _expression(left), inner), place)  # type: ignore[arg-type]  # of our own making
        else:
            found = _symbol("in" if operator == "notin" else operator, left, right)
        return _symbol("not", found) if operator == "notin" else found

    def joined(*parts: object) -> object:
        if any(isinstance(part, Symbol) for part in parts):
            return _symbol("join", *(str(part) if not isinstance(part, Symbol) else part for part in parts))
        return Markup("").join(map(escape, parts))

    def opened(test: object, kind: str) -> Markup:
        symbol = test if isinstance(test, Symbol) else Symbol(("const", bool(test)), "")
        mark = marks.opening(symbol)
        open_tests.append(mark)
        return _comment(mark, kind)

    def switched(_: str, kind: str) -> Markup:
        return _comment(open_tests[-1].replace(f"{marks.nonce}i", f"{marks.nonce}e"), kind)

    def closed(_: str, kind: str) -> Markup:
        return _comment(open_tests.pop().replace(f"{marks.nonce}i", f"{marks.nonce}f"), kind)

    def _comment(mark: str, kind: str) -> Markup:
        # A comment may stand between table rows, where bare text would be moved by every HTML parser.
        return Markup(f"<!--{mark}-->" if kind == "html" else mark)  # noqa: S704  # letters and digits only

    own: dict[str, Callable[..., object]] = {
        "field": named,
        "or": functools.partial(_chain, "or"),
        "and": functools.partial(_chain, "and"),
        "not": negated,
        "has": has,
        "if": chosen,
        "compare": compared,
        "join": joined,
        "open": opened,
        "else": switched,
        "end": closed,
    }

    def late(function: Callable[..., object]) -> Callable[..., object]:
        # Filters that want the context are never folded into constants when a template is compiled.
        return pass_context(lambda _context, *arguments: function(*arguments))

    return {f"{_REWRITTEN}{name}": late(function) for name, function in own.items()}
