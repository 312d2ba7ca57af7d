"""Names of a package that are resolved when first used (PEP 562), so that importing a room loads nothing behind it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping

__all__ = ["lazily"]


def lazily(package: str, files: Mapping[str, str]) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Give a package's ``__getattr__`` and ``__dir__``; ``files`` tells in which of its modules each name stands."""

    def resolve(name: str) -> object:
        if name not in files:
            raise AttributeError(f"module '{package}' has no attribute '{name}'")
        found: object = getattr(importlib.import_module(f"{package}.{files[name]}"), name)
        # A module may have the name of its function: what is bound here wins over it.
        setattr(sys.modules[package], name, found)
        return found

    return resolve, lambda: sorted(files)
