"""The HTTP service: its command, its settings, and a real server on loopback."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from adclassifier_api.app import create_app
from adclassifier_api.listeners import open_listener, open_listeners
from adclassifier_api.main import main
from adclassifier_api.settings import ServiceSettings, read_settings
from starlette.testclient import TestClient

from adclassifier import cli, load
from adclassifier.errors import ConfigError

COMMAND = [sys.executable, "-m", "adclassifier_api"]


def test_read_settings_takes_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADCLASSIFIER_PORT", "9001")
    assert read_settings({"port": None}).port == 9001


def test_read_settings_prefers_an_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADCLASSIFIER_PORT", "9001")
    assert read_settings({"port": "9002"}).port == 9002


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"port": "many"}, "--port or ADCLASSIFIER_PORT"),
        ({"port": "65536"}, "--port or ADCLASSIFIER_PORT"),
        ({"workers": "0"}, "--workers or ADCLASSIFIER_WORKERS"),
        ({"max_threads": "0"}, "--max-threads or ADCLASSIFIER_MAX_THREADS"),
        ({"model_sha256": "abc"}, "--model-sha256 or ADCLASSIFIER_MODEL_SHA256"),
    ],
)
def test_read_settings_names_the_setting_that_is_wrong(options: dict[str, Any], where: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_settings(options)
    assert caught.value.where == where


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost"])
def test_open_listener_takes_loopback(host: str) -> None:
    with open_listener(ServiceSettings(host=host, port=0)) as listener:
        assert listener.getsockname()[1] > 0


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])  # noqa: S104 - refused here
def test_open_listener_refuses_what_other_machines_reach(host: str) -> None:
    with pytest.raises(ConfigError, match="--insecure-no-auth"):
        open_listener(ServiceSettings(host=host, port=0))


def test_open_listener_takes_another_host_when_told() -> None:
    settings = ServiceSettings(host="0.0.0.0", port=0, insecure_no_auth=True)  # noqa: S104
    with open_listener(settings) as listener:
        assert listener.getsockname()[0] == "0.0.0.0"  # noqa: S104


def test_open_listeners_takes_one_address_for_all_workers() -> None:
    with contextlib.ExitStack() as stack:
        settings = ServiceSettings(port=0, workers=3)
        listeners = [stack.enter_context(each) for each in open_listeners(settings)]
        assert len({listener.getsockname() for listener in listeners}) == 1
        assert len(listeners) == 3


def test_open_listeners_shares_no_port_with_another_service() -> None:
    with contextlib.ExitStack() as stack:
        first = [stack.enter_context(e) for e in open_listeners(ServiceSettings(port=0, workers=2))]
        for listener in first:
            listener.listen()
        port = first[0].getsockname()[1]
        with pytest.raises(ConfigError, match=f"127.0.0.1:{port}"):
            open_listeners(ServiceSettings(port=port, workers=2))


def one_line_of(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    try:
        code = main(arguments)
    except SystemExit as leaving:  # argparse leaves this way
        code = int(leaving.code or 0)
    line = capsys.readouterr().err
    assert code == 2
    assert line.startswith("error: ")
    assert line.count("\n") == 1
    return line


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--host", "0.0.0.0"], "--insecure-no-auth"),  # noqa: S104
        (["--host", "a..b"], "no such address"),
        (["--port", "many"], "--port"),
        (["--prot", "1"], "--prot"),
        (["--port", "0", "--model", "no/such/folder"], "no/such/folder"),
    ],
)
def test_main_stops_with_one_line(
    arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert named in one_line_of(arguments, capsys)


def test_main_stops_with_one_line_when_the_port_is_taken(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"127.0.0.1:{port}" in one_line_of(["--port", str(port)], capsys)


def test_main_stops_with_one_line_when_the_bundle_is_another_one(
    bundle_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--port", "0", "--model", str(bundle_folder), "--model-sha256", "0" * 64]
    assert str(bundle_folder) in one_line_of(arguments, capsys)


def test_predict_of_the_command_line_says_what_the_service_says(
    bundle_folder: Path, sample_records: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    classifier = load(bundle_folder)
    texts = [record.text for record in sample_records[:100]]
    judged = zip(texts, classifier.predict(texts, explain=False), strict=True)
    text = next(text for text, prediction in judged if prediction.violating)
    assert cli.main(["predict", "--json", "--model", str(bundle_folder), "--", text]) == 0
    with TestClient(create_app(classifier, ServiceSettings())) as client:
        body = {"posts": [{"text": text}], "explain": True}
        answer = client.post("/v1/predict", json=body).json()
    assert answer["predictions"] == [json.loads(capsys.readouterr().out)]


def test_main_without_the_extra_says_what_to_install() -> None:
    code = "import sys; sys.modules['uvicorn'] = None; import adclassifier_api.main as m; "
    command = [sys.executable, "-c", code + "sys.exit(m.main([]))"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    expected = "error: package 'uvicorn': not installed; pip install 'adclassifier[api]'\n"
    assert done.stderr == expected


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[int]:
    """Run the command on a free port of loopback, and stop it by its id."""
    command = [*COMMAND, "--port", "0", "--model", str(folder)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            seen: list[str] = []
            for line in process.stderr:
                seen.append(line)
                if found := re.search(r"running on http://127\.0\.0\.1:(\d+)", line):
                    yield int(found[1])
                    break
            else:
                pytest.fail("the server did not start:\n" + "".join(seen))
        finally:
            process.terminate()
            process.stderr.read()


def ask(port: int, method: str, path: str, body: object = None) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        content = None if body is None else json.dumps(body).encode()
        connection.request(method, path, content, {"Content-Type": "application/json"})
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


@pytest.mark.slow
def test_command_serves_what_the_library_says_to_many_at_once(bundle_folder: Path) -> None:
    texts = ["Nhận làm bằng lái xe không cần thi", "Hôm nay trời đẹp quá", "Bán thuốc xách tay"]
    body = {"posts": [{"text": text} for text in texts], "explain": True}
    classifier = load(bundle_folder)
    expected = [p.as_row(classifier.model) for p in classifier.predict(texts)]
    with serving(bundle_folder) as port:
        assert ask(port, "GET", "/healthz") == {"status": "ok"}
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: ask(port, "POST", "/v1/predict", body), range(24)))
    assert [answer["predictions"] for answer in answers] == [expected] * 24
