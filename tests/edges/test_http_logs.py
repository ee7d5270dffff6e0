"""The log: one line a request, for machines or for a person, and never a secret."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from tests.edges.http_server import client, echo_app

from tertulia.api.dispatch import Answer
from tertulia.api.log_lines import JsonFormatter
from tertulia.edges.server.logs import ACCESS, PlainFormatter, configure

SECRETS = {
    "token": "eyJhbGciOiJFZERTQSJ9.secret-token",
    "cookie": "secret-cookie",
    "query": "secret-query",
    "body": "secret-body",
}


@pytest.fixture
def loggers() -> Iterator[None]:
    """Puts the loggers back as they were."""
    names = ("tertulia", "uvicorn", "uvicorn.access")
    before = [(log, log.handlers, log.level, log.propagate, log.disabled) for log in map(logging.getLogger, names)]
    yield
    for log, handlers, level, propagate, disabled in before:
        log.handlers, log.propagate, log.disabled = handlers, propagate, disabled
        log.setLevel(level)


async def test_a_request_is_one_line_of_json_without_secrets(loggers: None) -> None:
    """The line has the request's id, operation, status, time and caller; nothing of query, headers and body."""
    stream = io.StringIO()
    configure(json=True, stream=stream)
    echo, app = echo_app()
    echo.answer = Answer(status=201, body={"text": SECRETS["body"]}, username="ana")
    headers = {
        "authorization": f"Bearer {SECRETS['token']}",
        "cookie": f"tertulia_refresh={SECRETS['cookie']}",
        "x-request-id": "r-1",
        "content-type": "application/json",
    }
    async with client(app) as http:
        path = f"/api/conversations/c1/messages?signature={SECRETS['query']}"
        await http.post(path, headers=headers, content=json.dumps({"text": SECRETS["body"]}))
        await http.get(f"/ws?ticket={SECRETS['query']}")
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert len(lines) == 2
    line = lines[0]
    assert (line["request_id"], line["operation"], line["status"]) == ("r-1", "send_message", 201)
    assert (line["method"], line["path"]) == ("POST", "/api/conversations/c1/messages")
    assert (line["username"], line["address"], line["level"]) == ("ana", "203.0.113.9", "info")
    assert line["ms"] >= 0
    assert line["time"].endswith("+00:00")
    assert not [secret for secret in SECRETS.values() if secret in stream.getvalue()]


async def test_a_fault_is_logged_with_its_stack_under_the_request(loggers: None) -> None:
    """An unexpected error leaves two lines with the same id: what failed, and what was answered."""
    stream = io.StringIO()
    configure(json=True, stream=stream)
    echo, app = echo_app()
    echo.error = ZeroDivisionError("why")
    async with client(app) as http:
        await http.get("/api/users/me", headers={"x-request-id": "r-2"})
    fault, access = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert "ZeroDivisionError: why" in fault["exception"]
    assert (fault["request_id"], fault["level"]) == ("r-2", "error")
    assert (access["request_id"], access["status"], access["code"]) == ("r-2", 500, "internal")


async def test_the_log_of_a_terminal_can_not_be_forged(loggers: None) -> None:
    """A path with control characters stays on its own line and can't colour the terminal."""
    stream = io.StringIO()
    configure(json=False, stream=stream)
    _, app = echo_app()
    scope_path = b"/x\r\n2026 fake line\x1b[31m"
    record = logging.LogRecord(ACCESS, logging.INFO, "", 0, "GET %s 200", (scope_path.decode(),), None)
    logging.getLogger(ACCESS).handle(record)
    async with client(app) as http:
        await http.get("/healthz")
    lines = stream.getvalue().split("\n")
    assert len(lines) == 3
    assert "\\x0d\\x0a2026 fake line\\x1b[31m" in lines[0]
    assert "GET /healthz 200" in lines[1]


def test_levels_are_obeyed(loggers: None) -> None:
    """What is below the level isn't written, and uvicorn's own line for each request never is."""
    stream = io.StringIO()
    configure(json=True, level="WARNING", stream=stream)
    logging.getLogger("tertulia.x").info("quiet")
    logging.getLogger("tertulia.x").warning("loud")
    logging.getLogger("uvicorn.access").error("twice")
    assert [json.loads(line)["message"] for line in stream.getvalue().splitlines()] == ["loud"]


@pytest.mark.parametrize("formatter", [JsonFormatter(), PlainFormatter()], ids=["json", "plain"])
def test_every_record_can_be_written(formatter: logging.Formatter) -> None:
    """Text in any script, an exception, and fields of any kind are written and never raise."""
    try:
        raise ValueError("é \ud800 \x00")
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("tertulia", logging.ERROR, "", 0, "привет \ud800", (), info)
    record.fields = {"value": object(), "ms": 1.5}
    assert "ValueError" in formatter.format(record)
