"""The rewriting of a template's syntax tree: what asks about a subscriber is recorded instead of answered.

See ``templating.py`` for the filters that the rewritten tree calls. Jinja's nodes are known here because they
are its tree; nothing else of Jinja is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from digest.errors import TemplateError

__all__ = ["rewrite"]

_SUBSCRIBER = "subscriber"
_HINT = "print single fields: {{ subscriber.city }}; or test them: {% if subscriber.city %}…{% endif %}"


def rewrite(template: nodes.Template, place: str) -> nodes.Template:
    """Rewrite a parsed template in place; ``place`` names its file.

    Raises:
        TemplateError: it asks something of the subscriber that no letter can keep.
    """
    kind = "html" if place.endswith(".html") else "text"
    _Rewriter(_names_set_from_fields(template), place, kind).visit(template)
    return template


def _names_set_from_fields(template: nodes.Template) -> frozenset[str]:
    names = {_SUBSCRIBER}
    while True:
        found = {
            target.name
            for assignment in template.find_all(nodes.Assign)
            if _mentions(assignment.node, names)
            for target in _targets(assignment.target)
        }
        if found <= names:
            return frozenset(names)
        names |= found


def _targets(node: nodes.Node) -> Iterable[nodes.Name]:
    return [node] if isinstance(node, nodes.Name) else list(node.find_all(nodes.Name))


def _mentions(node: nodes.Node, names: Iterable[str]) -> bool:
    if isinstance(node, nodes.Name):
        return node.name in names
    if isinstance(node, nodes.Filter) and node.name.startswith("digest_"):
        return True
    return any(name.name in names for name in node.find_all(nodes.Name)) or any(
        inner.name.startswith("digest_") for inner in node.find_all(nodes.Filter)
    )


def _as_expression(node: nodes.Node) -> nodes.Expr:
    assert isinstance(node, nodes.Expr)  # Jinja types an If's test wider than its parser makes it
    return node


class _Rewriter(NodeTransformer):
    """Walks outside in, so that a test is looked at before what it is made of changes."""

    def __init__(self, names: frozenset[str], place: str, kind: str) -> None:
        self._names = names
        self._place = place
        self._kind = kind

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:  # noqa: N802  # Jinja names visitors after nodes
        if isinstance(node.node, nodes.Name) and node.node.name == _SUBSCRIBER:
            return self._field(node.attr, node)
        return self.generic_visit(node)

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:  # noqa: N802  # as above
        if isinstance(node.node, nodes.Name) and node.node.name == _SUBSCRIBER:
            if not (isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str)):
                self._refuse("the name of a subscriber's field must be written out", node)
            return self._field(node.arg.value, node)
        return self.generic_visit(node)

    def visit_Name(self, node: nodes.Name) -> nodes.Node:  # noqa: N802  # as above
        if node.name == _SUBSCRIBER:
            self._refuse("the subscriber as a whole cannot be used", node)
        return node

    def visit_Or(self, node: nodes.Or) -> nodes.Node:  # noqa: N802  # as above
        return self._binary("or", node)

    def visit_And(self, node: nodes.And) -> nodes.Node:  # noqa: N802  # as above
        return self._binary("and", node)

    def visit_Not(self, node: nodes.Not) -> nodes.Node:  # noqa: N802  # as above
        if not _mentions(node.node, self._names):
            return self.generic_visit(node)
        return self._call("not", node, node.node)

    def visit_CondExpr(self, node: nodes.CondExpr) -> nodes.Node:  # noqa: N802  # as above
        if not _mentions(node.test, self._names):
            return self.generic_visit(node)
        return self._call("if", node, node.test, node.expr1, node.expr2 or nodes.Const(""))

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802  # as above
        if not _mentions(node, self._names):
            return self.generic_visit(node)
        if len(node.ops) != 1:
            self._refuse("write one comparison at a time, joined by and", node)
        return self._call("compare", node, node.expr, nodes.Const(node.ops[0].op), node.ops[0].expr)

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802  # as above
        if not _mentions(node, self._names):
            return self.generic_visit(node)
        return self._call("join", node, *node.nodes)

    def visit_Test(self, node: nodes.Test) -> nodes.Node:  # noqa: N802  # as above
        if not _mentions(node.node, self._names):
            return self.generic_visit(node)
        if node.name not in {"defined", "undefined"} or not isinstance(
            node.node, (nodes.Getattr, nodes.Getitem)
        ):
            self._refuse(f"'is {node.name}' cannot be asked of a subscriber's field", node)
        found = self._call("has", node, node.node)
        return found if node.name == "defined" else self._call("not", node, found)

    def visit_If(self, node: nodes.If) -> nodes.Node | list[nodes.Node]:  # noqa: N802  # as above
        tests = [node.test, *(branch.test for branch in node.elif_)]
        if not any(_mentions(test, self._names) for test in tests):
            return self.generic_visit(node)
        for body in (node.body, node.else_, *(branch.body for branch in node.elif_)):
            self._check_sets_nothing(body)
        otherwise = list(node.else_)
        for branch in reversed(node.elif_):
            otherwise = self._branches(_as_expression(branch.test), branch.body, otherwise)
        return self._branches(_as_expression(node.test), node.body, otherwise)

    def _branches(
        self, test: nodes.Expr, body: list[nodes.Node], otherwise: list[nodes.Node]
    ) -> list[nodes.Node]:
        kind = nodes.Const(self._kind)
        return [
            self._output(self._call("open", test, test, kind)),
            *self._visited(body),
            self._output(self._call("else", test, nodes.Const(""), kind)),
            *self._visited(otherwise),
            self._output(self._call("end", test, nodes.Const(""), kind)),
        ]

    def _visited(self, body: list[nodes.Node]) -> list[nodes.Node]:
        found: list[nodes.Node] = []
        for node in body:
            visited = self.visit(node)
            found += visited if isinstance(visited, list) else [visited]
        return found

    def _check_sets_nothing(self, body: list[nodes.Node]) -> None:
        for node in body:
            inside = node if isinstance(node, (nodes.Assign, nodes.AssignBlock)) else None
            inside = inside or node.find(nodes.Assign) or node.find(nodes.AssignBlock)
            if inside is not None:
                self._refuse(
                    "a name cannot be set for some subscribers only",
                    inside,
                    '{% set x = "a" if … else "b" %}',
                )

    def _field(self, name: str, node: nodes.Node) -> nodes.Node:
        line = nodes.Const(f"{self._place}:{node.lineno}")
        return self._built("field", node, [nodes.Const(name), line])

    def _binary(self, verb: str, node: nodes.BinExpr) -> nodes.Node:
        if not _mentions(node, self._names):
            return self.generic_visit(node)
        return self._call(verb, node, node.left, node.right)

    def _call(self, verb: str, node: nodes.Node, *parts: nodes.Expr) -> nodes.Filter:
        return self._built(verb, node, [self.visit(part) for part in parts])

    def _built(self, verb: str, node: nodes.Node, parts: list[nodes.Expr]) -> nodes.Filter:
        built = nodes.Filter(parts[0], f"digest_{verb}", parts[1:], [], None, None)
        built.set_lineno(node.lineno, override=False)
        if node.environment is not None:
            built.set_environment(node.environment)
        return built

    def _output(self, expression: nodes.Expr) -> nodes.Output:
        output = nodes.Output([expression])
        output.set_lineno(expression.lineno)
        if expression.environment is not None:
            output.set_environment(expression.environment)
        return output

    def _refuse(self, what: str, node: nodes.Node, hint: str = _HINT) -> NoReturn:
        raise TemplateError(what, where=f"{self._place}:{node.lineno}", hint=hint)
