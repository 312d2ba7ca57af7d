"""Themes: found, read and checked here; the only file access of this room.

A theme is a folder with ``theme.toml`` (colours, fonts, words), ``letter.html``, ``letter.txt``, ``style.css``
(inlined) and ``keep.css`` (media queries and what else must stay in a style element). What it does not have
comes from ``shared/`` beside the built-in themes. Look-up order: the user's folder, the packaged themes, the
checkout's ``templates/`` where ``pyproject.toml`` stands beside it.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from digest.errors import InputMissingError, TemplateError

__all__ = ["Theme", "load_theme", "theme_files", "theme_names"]

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_SHARED = "shared"
_FILE_LIMIT = 512 * 1024  # octets: a letter is clipped at 102 KB, so no honest template comes near
_COUNT_LIMIT = 64  # files of one theme
_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
_FONTS = re.compile(r"[A-Za-z0-9 ,'-]+")
_KEYS = frozenset({"title", "colours", "dark", "fonts", "words", "options"})

Words = Mapping[str, Mapping[str, str | Sequence[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A theme as it was read: ``files`` by name, shared ones under ``shared/``.

    ``colours`` and ``dark`` are ``#rrggbb`` by name, ``fonts`` are CSS font stacks, ``words`` are the fixed
    words by language. ``origin`` is the folder it was read from, for messages.
    """

    name: str
    origin: str
    files: Mapping[str, str]
    colours: Mapping[str, str]
    dark: Mapping[str, str]
    fonts: Mapping[str, str]
    words: Words
    options: Mapping[str, object]

    @property
    def fingerprint(self) -> str:
        """Name the look: another file or another byte in one gives another name."""
        told = hashlib.blake2b(digest_size=8)
        for name in sorted(self.files):
            told.update(f"{name}\0{self.files[name]}\0".encode("utf-8", "surrogatepass"))
        return told.hexdigest()


def theme_names() -> tuple[str, ...]:
    """Name the built-in themes, sorted."""
    for place in _built_in():
        names = {found.parent.name for found in place.glob("*/theme.toml")} - {_SHARED}
        if names:
            return tuple(sorted(names))
    return ()


def theme_files(name: str) -> Mapping[str, bytes]:
    """Give a built-in theme's own files by name, for a copy to edit.

    Raises:
        InputMissingError: there is no such theme.
        TemplateError: the name is no name of a theme.
    """
    folder = _folder_of(name, _built_in())
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def load_theme(name: str, *, folder: Path | None = None) -> Theme:
    """Read a theme, the user's own ``folder/name`` first.

    Raises:
        InputMissingError: no place has it; the message names the places.
        TemplateError: the name is a path, or the theme's files are wrong.
    """
    places = [*([folder] if folder else []), *_built_in()]
    found = _folder_of(name, places)
    files = {f"{_SHARED}/{file}": text for file, text in _read_all(_shared_folder(places)).items()}
    files |= _read_all(found)
    where = str(found / "theme.toml")
    settings = _toml(files["theme.toml"], where)
    unknown = sorted(settings.keys() - _KEYS)
    if unknown:
        raise TemplateError(
            f"unknown key '{unknown[0]}'", where=where, hint=f"known: {', '.join(sorted(_KEYS))}"
        )
    base = _toml(files[f"{_SHARED}/theme.toml"], f"{_SHARED}/theme.toml")
    return Theme(
        name=name,
        origin=str(found),
        files=files,
        colours=_matching(base, settings, "colours", _COLOUR, where),
        dark=_matching(base, settings, "dark", _COLOUR, where),
        fonts=_matching(base, settings, "fonts", _FONTS, where),
        words=_words(
            _toml(files[f"{_SHARED}/words.toml"], f"{_SHARED}/words.toml"),
            _table(settings, "words", where),
            where,
        ),
        options={**_table(base, "options", where), **_table(settings, "options", where)},
    )


def _built_in() -> list[Path]:
    package = Path(__file__).resolve().parent.parent
    places = [package / "templates"]
    if (package.parent / "pyproject.toml").is_file():
        places.append(package.parent / "templates")
    return places


def _folder_of(name: str, places: Sequence[Path]) -> Path:
    if not _NAME.fullmatch(name) or name == _SHARED:
        raise TemplateError(
            f"'{name[:80]!r}' is no name of a theme"[:120],
            hint="a theme is named by lower-case letters, digits, - and _, never by a path",
        )
    for place in places:
        folder = place / name
        if (folder / "theme.toml").is_file():
            if folder.resolve().parent != place.resolve():
                raise TemplateError(
                    "the theme's folder leads elsewhere", where=str(folder), hint="copy it here"
                )
            return folder
    looked = ", ".join(str(place / name) for place in places)
    raise InputMissingError(
        f"there is no theme '{name}'",
        where=looked,
        hint=f"built in are {', '.join(theme_names()) or 'none'}; `digest init --theme` copies one",
    )


def _shared_folder(places: Sequence[Path]) -> Path:
    for place in reversed(places):
        if (place / _SHARED / "words.toml").is_file():
            return place / _SHARED
    looked = ", ".join(str(place / _SHARED) for place in places)
    raise InputMissingError(
        "the parts shared by all themes are missing", where=looked, hint="install Digest anew"
    )


def _read_all(folder: Path) -> dict[str, str]:
    texts: dict[str, str] = {}
    root = folder.resolve()
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or not path.is_file():
            continue
        if not path.resolve().is_relative_to(root):
            raise TemplateError(
                "the file leads out of its theme", where=str(path), hint="copy it into the folder"
            )
        if path.stat().st_size > _FILE_LIMIT or len(texts) >= _COUNT_LIMIT:
            raise TemplateError(
                f"a theme has at most {_COUNT_LIMIT} files of {_FILE_LIMIT // 1024} KB each", where=str(path)
            )
        try:
            texts[path.name] = path.read_text("utf-8")
        except UnicodeDecodeError as error:
            raise TemplateError("the file is not UTF-8", where=str(path), hint="save it as UTF-8") from error
    return texts


def _toml(text: str, where: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TemplateError(f"no valid TOML: {error}", where=where) from error


def _table(settings: Mapping[str, object], name: str, where: str) -> Mapping[str, object]:
    table = settings.get(name, {})
    if not isinstance(table, Mapping):
        raise TemplateError(f"[{name}] must be a table", where=where)
    return table


def _matching(
    base: Mapping[str, object],
    settings: Mapping[str, object],
    name: str,
    pattern: re.Pattern[str],
    where: str,
) -> Mapping[str, str]:
    known = _table(base, name, where)
    texts: dict[str, str] = {}
    for key, value in {**known, **_table(settings, name, where)}.items():
        if key not in known:
            raise TemplateError(f"unknown key '{name}.{key}'", where=where, hint=f"known: {', '.join(known)}")
        if not isinstance(value, str) or not pattern.fullmatch(value):
            wanted = "a colour like #1a2b3c" if pattern is _COLOUR else "a list of font names"
            raise TemplateError(f"'{name}.{key}' must be {wanted}", where=where)
        texts[key] = value
    return texts


def _words(base: Mapping[str, object], own: Mapping[str, object], where: str) -> Words:
    words: dict[str, dict[str, str | Sequence[str]]] = {}
    for source in (base, own):
        for language, table in source.items():
            if not isinstance(table, Mapping):
                raise TemplateError(f"[words.{language}] must be a table", where=where)
            for key, value in table.items():
                if not isinstance(value, (str, list)):
                    raise TemplateError(f"'words.{language}.{key}' must be a text", where=where)
                words.setdefault(language, {})[key] = value
    return words
