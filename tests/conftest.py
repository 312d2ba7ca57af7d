"""What every ring of tests shares: skips that CI refuses, and a home of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Deadlines measure the machine's neighbours, not the code. CI looks at the same examples each time, so that a
# change is judged by what it changed; everybody else's runs look for new ones.
settings.register_profile(
    "digest",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("digest")

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Turn a skip into a failure where everything is installed: a test that cannot run proves nothing.

    But for what asks the kernel: no program that is installed makes a container let somebody mount or trace.
    """
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]  # pluggy's wrapper protocol
    is_refused = os.environ.get("DIGEST_NO_SKIPS") and not item.get_closest_marker("asks")
    if report.skipped and is_refused and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped: {report.longrepr}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs texts of others, unless their folder is named: no machine has them installed."""
    if os.environ.get("DIGEST_CONDENSING_KIT"):
        return
    left_out = [item for item in items if item.get_closest_marker("kit")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep settings and state of whoever runs the tests out of them."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    for name in list(os.environ):
        if name.startswith("DIGEST_") and name != "DIGEST_NO_SKIPS":
            monkeypatch.delenv(name)


@pytest.fixture
def sample_article() -> Path:
    """The sample article of the checkout, pasted from a page of our own writing."""
    return EXAMPLES / "harbour-library.txt"
