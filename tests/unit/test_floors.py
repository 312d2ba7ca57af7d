"""The shape of the house: rooms import downwards only, and heavy packages stay behind one file."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "digest"
FLOORS = {
    "errors": 0,
    "lazily": 0,
    "model": 0,
    "shapes": 0,
    "shingles": 0,
    "reading": 1,
    "condensing": 1,
    "composing": 2,
    "smtp": 3,
    "store": 3,
    "delivering": 4,
    "web": 5,
    "schedule": 5,
    "settings": 5,
    "mailing": 6,
    "testing": 6,
    "cli": 7,
    "__main__": 8,
    "__init__": 9,  # public names, resolved lazily
}
# On the ground floor the order is: errors, model, then what is made of them.
GROUND = ("errors", "lazily", "model", "shapes", "shingles")
# Each third-party package and the only places that may import it.
KEEPERS = {
    "aiosmtpd": ("web/smtp_door.py", "testing.py"),
    "aiosmtplib": ("smtp/",),
    "click": ("cli/",),
    "crontab": ("schedule/tab.py",),
    "cryptography": ("smtp/dkim_keys.py",),
    "fastfeedparser": ("reading/",),
    "httpx2": ("reading/", "smtp/http.py"),
    "jinja2": ("composing/", "web/"),
    "premailer": ("composing/inline.py",),
    "rich": ("cli/",),
    "sentencex": ("condensing/sentences.py",),
    "starlette": ("web/",),
    "trafilatura": ("reading/html.py",),
    "uvicorn": ("web/",),
    "uvloop": ("cli/terminal.py",),
}
HEAVY = frozenset(KEEPERS) - {"click", "sentencex"} | {"lxml", "asyncio.subprocess"}


def sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(tree: ast.AST) -> list[tuple[str, bool]]:
    """Every imported module and whether the import stands inside a function or under TYPE_CHECKING."""
    found: list[tuple[str, bool]] = []

    def walk(node: ast.AST, *, lazy: bool) -> None:
        for child in ast.iter_child_nodes(node):
            inner = lazy or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                inner = True
            if isinstance(child, ast.Import):
                found.extend((alias.name, inner) for alias in child.names)
            elif isinstance(child, ast.ImportFrom) and child.module:
                found.append((child.module, inner))
                found.extend(
                    (f"{child.module}.{alias.name}", inner)
                    for alias in child.names
                    if child.module == "digest"
                )
            walk(child, lazy=inner)

    walk(tree, lazy=False)
    return found


def test_every_room_has_a_floor() -> None:
    """A new room is placed before it is built."""
    assert {room(path) for path in sources()} <= set(FLOORS)


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_downwards(path: Path) -> None:
    """A room imports only lower floors and itself; on the ground the order is fixed."""
    here = room(path)
    for module, _lazy in imports(ast.parse(path.read_text("utf-8"))):
        parts = module.split(".")
        if parts[0] != "digest" or len(parts) < 2 or parts[1] == here or parts[1] not in FLOORS:
            continue
        there = parts[1]
        if here in GROUND and there in GROUND:
            assert GROUND.index(there) < GROUND.index(here), f"{path} imports {module}"
        else:
            assert FLOORS[there] < FLOORS[here], f"{path} imports {module}"


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_heavy_packages_are_imported_where_they_are_used(path: Path) -> None:
    """A heavy package is imported inside a function, or in a module that is itself imported lazily; never by cli."""
    for module, lazy in imports(ast.parse(path.read_text("utf-8"))):
        if module.split(".")[0] in HEAVY and room(path) in {"cli", "mailing", "settings", "__init__"}:
            assert lazy, f"{path} imports {module} at its top"


@pytest.mark.parametrize("package", sorted(KEEPERS))
def test_one_place_knows_each_package(package: str) -> None:
    """A third-party package can be replaced in one place."""
    users = [
        str(path.relative_to(PACKAGE))
        for path in sources()
        if any(module.split(".")[0] == package for module, _ in imports(ast.parse(path.read_text("utf-8"))))
    ]
    strangers = [user for user in users if not user.startswith(KEEPERS[package])]
    assert users, f"nothing uses {package}: drop it from pyproject.toml"
    assert not strangers


def test_rooms_have_no_cycles() -> None:
    """Following imports from room to room never comes back."""
    graph: dict[str, set[str]] = defaultdict(set)
    for path in sources():
        if room(path) == "__init__":
            continue
        for module, _ in imports(ast.parse(path.read_text("utf-8"))):
            parts = module.split(".")
            if parts[0] == "digest" and len(parts) > 1 and parts[1] in FLOORS and parts[1] != room(path):
                graph[room(path)].add(parts[1])
    seen: set[str] = set()

    def visit(node: str, trail: tuple[str, ...]) -> None:
        assert node not in trail, " -> ".join((*trail, node))
        if node not in seen:
            for below in graph[node]:
                visit(below, (*trail, node))
            seen.add(node)

    for start in list(graph):
        visit(start, ())
