"""The method llm, against a real HTTP server that speaks the OpenAI protocol."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from condensing_texts import HARBOUR

from digest.condensing import CondensingOptions, condense, warn_ungrounded, write_by_model
from digest.errors import ConfigurationError, TryAgainError

pytest.importorskip("llm")

HONEST = {
    "headline": "Port Ellery harbour board will rebuild the old pier",
    "summary": ["The harbour board of Port Ellery will rebuild its old stone pier after storms in January."],
    "key_points": ["The plan costs 6.2 million crowns, half of it paid by the county."],
}


class Desk:
    """A model that answers what it is told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answer = json.dumps(HONEST)
        self.status = 200
        self.asked: list[dict[str, object]] = []


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A server on loopback, and llm's own settings pointing at it."""
    desk = Desk()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            desk.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            choice = {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": desk.answer},
            }
            body = json.dumps({
                "id": "1", "object": "chat.completion", "created": 0, "model": "local", "choices": [choice],
                "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
            }).encode()  # fmt: skip
            self.send_response(desk.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it so
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    (tmp_path / "extra-openai-models.yaml").write_text(
        "- model_id: local-desk\n  model_name: local\n  supports_schema: true\n  can_stream: false\n"
        f"  api_base: http://127.0.0.1:{server.server_port}/v1\n"
    )
    monkeypatch.setenv("LLM_USER_PATH", str(tmp_path))
    monkeypatch.setenv("OPENAI_API_KEY", "none-needed")
    yield desk
    server.shutdown()
    thread.join()
    server.server_close()


OPTIONS = CondensingOptions(method="llm", model="local-desk")


def test_grounded_lines_are_kept_with_their_evidence(desk: Desk) -> None:
    """What the article bears is taken, each line with the sentences it rests on."""
    digest = condense(HARBOUR, options=OPTIONS)
    assert digest.headline == HONEST["headline"]
    assert [point.text for point in digest.summary] == HONEST["summary"]
    assert [point.text for point in digest.key_points] == HONEST["key_points"]
    for point in (*digest.summary, *digest.key_points):
        assert point.evidence
        for one in point.evidence:
            assert HARBOUR.paragraphs[one.paragraph][one.start : one.end] == one.text
    assert warn_ungrounded(digest) == ()
    assert len(desk.asked) == 1
    assert "response_format" in desk.asked[0]


@pytest.mark.parametrize(
    "line",
    [
        "The plan costs 9.7 million crowns.",
        "Board chair Ingrid Solberg said the pier had been patched eleven times.",
        "Lindqvist said “we should never have built it” to a meeting of fishers.",
        "The harbour board of Port Ellery has not agreed to rebuild the old stone pier.",
        "Vladimir Petrov: berth fees rise by 4 percent.",
        "Cheap holiday flights await curious travellers everywhere.",
        "",
    ],
)
def test_a_refused_line_falls_back_to_the_extract(desk: Desk, line: str) -> None:
    """New numbers, foreign names, changed quotations, added negations and idle talk never reach a digest."""
    desk.answer = json.dumps({**HONEST, "key_points": [line]})
    extract = condense(HARBOUR)
    written = write_by_model(extract, "local-desk")
    assert [point.text for point in written.digest.key_points] == [extract.key_points[0].text]
    (reason,) = written.refused
    assert reason.startswith("key point 1: ")


def test_what_was_refused_is_logged(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever runs it can see what the model made up."""
    desk.answer = json.dumps({**HONEST, "summary": ["The plan costs 9.7 million crowns."]})
    condense(HARBOUR, options=OPTIONS)
    assert "the number 9.7 is not in the article" in caplog.text


@pytest.mark.parametrize("answer", ["Sure! Here is your digest.", "[]", '{"summary": 4}', ""])
def test_an_answer_of_another_shape_leaves_the_extract(desk: Desk, answer: str) -> None:
    """A model that does not keep to the schema costs nothing but the call."""
    desk.answer = answer
    extract = condense(HARBOUR)
    written = write_by_model(extract, "local-desk")
    assert written.digest == extract
    assert written.refused


def test_a_model_that_fails_can_be_tried_again(desk: Desk) -> None:
    """An error of the provider is one of ours, with what to do."""
    desk.status = 400
    with pytest.raises(TryAgainError, match="local-desk did not answer"):
        condense(HARBOUR, options=OPTIONS)


def test_an_unknown_model_is_named(desk: Desk) -> None:
    """A misspelt model is a setting to mend, and nothing is called."""
    with pytest.raises(ConfigurationError, match="no-such-model"):
        condense(HARBOUR, options=CondensingOptions(method="llm", model="no-such-model"))
    assert desk.asked == []


def test_ranking_never_calls_a_model(desk: Desk) -> None:
    """No method but llm leaves the machine."""
    condense(HARBOUR)
    condense(HARBOUR, options=CondensingOptions(model="local-desk"))
    assert desk.asked == []
