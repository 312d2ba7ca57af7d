"""Settings: which source wins, and what a wrong file is told."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from digest.errors import ConfigurationError, InputMissingError
from digest.mailing.starting import settings_template
from digest.settings import load_settings, sections


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return tmp_path / "digest.toml"


def test_flag_before_environment_before_file_before_default(written: Path) -> None:
    """Each source of a setting gives way to the next nearer one."""
    written.write_text('[smtp]\nurl = "smtp://file.example.org"\nconnections = 3\n[list]\nname = "File"\n')
    settings = load_settings(
        written,
        environ={"DIGEST_SMTP_URL": "smtp://environment.example.org", "DIGEST_SMTP_CONNECTIONS": "5"},
        flags={"smtp.url": "smtp://flag.example.org", "list.name": None},
    )
    assert settings.smtp.url == "smtp://flag.example.org"
    assert settings.smtp.connections == 5
    assert settings.list.name == "File"
    assert settings.smtp.pipelining is True


def test_short_environment_names_serve(written: Path) -> None:
    """DIGEST_STORE is promised to scripts."""
    assert load_settings(environ={"DIGEST_STORE": "sqlite:///x.db"}).store.url == "sqlite:///x.db"


def test_paths_in_the_file_start_from_the_file(written: Path) -> None:
    """A settings file means the same wherever the command is called."""
    written.write_text('[list]\nsubscribers = "people.csv"\n[[sources]]\npath = "articles/*.txt"\n')
    settings = load_settings(written, environ={})
    assert settings.list.subscribers == str(written.parent / "people.csv")
    assert settings.sources[0].name == str(written.parent / "articles/*.txt")


def test_paths_within_urls_start_from_the_file_too(written: Path) -> None:
    """Cron calls from another folder: another store there would mail everybody again."""
    written.write_text('[store]\nurl = "sqlite:///state.db"\n[smtp]\nurl = "folder:letters"\n')
    settings = load_settings(written, environ={})
    assert settings.store.url == f"sqlite:///{written.parent / 'state.db'}"
    assert settings.smtp.url == f"folder:{written.parent / 'letters'}"
    written.write_text('[store]\nurl = "sqlite:////var/state.db"\n[smtp]\nurl = "folder:"\n')
    settings = load_settings(written, environ={})
    assert (settings.store.url, settings.smtp.url) == ("sqlite:////var/state.db", "folder:")


@pytest.mark.parametrize(
    ("text", "line", "words", "hint"),
    [
        ("[smtp]\n\nconections = 3\n", 3, "'conections' is no key of [smtp]", "did you mean 'connections'?"),
        ("[sntp]\n", 1, "'sntp' is no section", "did you mean 'smtp'?"),
        ('[smtp]\nconnections = "many"\n', 2, "'connections' must be a whole number", None),
        ("[smtp]\nconnections = 0\n", 2, "'connections' must be 1 or more", None),
        ("[smtp]\nmessages_per_connection = -1\n", 2, "'messages_per_connection' must be 1 or more", None),
        ("[smtp]\nmax_time = -1\n", 2, "'max_time' must be 0 or more", None),
        ("[run]\nwindow_days = nan\n", 2, "'window_days' must be 0 or more", None),
        ("[run]\nstories = 0\n", 2, "'stories' must be 1 or more", None),
        ("[list]\none_click = 1\n", 2, "'one_click' must be true or false", None),
        ("smtp = 3\n", 1, "'smtp' is a section", "write [smtp] and its keys below"),
        ("[[sources]]\nlimit = 3\n", 1, "a source has either a url or a path", "give one of them"),
        (
            '[[sources]]\nurl = "https://example.org"\ninclude = "x"\n',
            3,
            "'include' must be a list of texts",
            None,
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_line(
    written: Path, text: str, line: int, words: str, hint: str | None
) -> None:
    """A wrong key or value is refused with file, line and the nearest right one."""
    written.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        load_settings(written, environ={})
    assert caught.value.where == f"{written}:{line}"
    assert words in caught.value.what
    assert caught.value.hint == hint


def test_broken_toml_and_other_encodings_are_refused(written: Path) -> None:
    """What is no settings file is refused as such."""
    for content in (b"[smtp\n", b'[sender]\nname = "D\xf6rte"\n'):
        written.write_bytes(content)
        with pytest.raises(ConfigurationError):
            load_settings(written, environ={})


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    """A file that was asked for and is missing is not replaced by defaults."""
    with pytest.raises(InputMissingError):
        load_settings(tmp_path / "digest.toml", environ={})


def test_wrong_environment_values_are_refused() -> None:
    """A number must be one in the environment too."""
    with pytest.raises(ConfigurationError, match="DIGEST_SMTP_CONNECTIONS"):
        load_settings(environ={"DIGEST_SMTP_CONNECTIONS": "many"})
    for name, number in (("SMTP_CONNECTIONS", "0"), ("SMTP_MAX_TIME", "-1"), ("RUN_WINDOW_DAYS", "nan")):
        with pytest.raises(ConfigurationError, match="too small or no number"):
            load_settings(environ={f"DIGEST_{name}": number})
    with pytest.raises(ConfigurationError, match="neither true nor false"):
        load_settings(environ={"DIGEST_LIST_ONE_CLICK": "maybe"})


def test_the_template_explains_every_key_and_loads(written: Path) -> None:
    """What `digest init` writes is valid as it stands, and with every example switched on."""
    template = settings_template()
    written.write_text(template)
    assert load_settings(written, environ={}).smtp.url == "smtp://127.0.0.1:1025"
    switched_on = "\n".join(
        line.removeprefix("# ") if " = " in line or "[[" in line else line for line in template.splitlines()
    )
    table = tomllib.loads("\n".join(line for line in switched_on.splitlines() if "None" not in line))
    table["sources"][0].pop("path")
    for name, options in sections().items():
        keys = table[name][0] if name == "sources" else table[name]
        missing = {field.name for field in fields(options)} - set(keys) - {"path"}
        assert not missing, f"[{name}] does not show {missing}"
