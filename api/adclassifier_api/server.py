"""Read the settings, load one bundle, listen."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import copy
import logging
import socket
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NoReturn

import uvicorn
import uvicorn.config

from adclassifier import __version__, load
from adclassifier.errors import AdClassifierError
from adclassifier_api.app import create_app
from adclassifier_api.exits import DONE, FAILED, fail
from adclassifier_api.judging import SWITCH_INTERVAL_S
from adclassifier_api.listeners import open_listeners
from adclassifier_api.settings import ServiceSettings, read_settings
from adclassifier_api.warming import settle, warm_up
from adclassifier_api.workers import Signs, Supervisor, check_workers

#: Seconds that requests under way have left when the service is told to stop.
_SHUTDOWN_S = 10

logger = logging.getLogger(__name__)


def serve(arguments: Sequence[str] | None) -> int:
    """Serve until stopped.

    Parameters
    ----------
    arguments : sequence of str or None
        Of the command line; None for the process's own.

    Returns
    -------
    int
        0 done; 2 could not, after one line on stderr.
    """
    options = vars(_parser().parse_args(arguments))
    try:
        return _run(read_settings(options))
    except AdClassifierError as error:
        return fail(error)


def _run(settings: ServiceSettings) -> int:
    check_workers(settings.workers)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    with contextlib.ExitStack() as stack:
        listeners = [stack.enter_context(each) for each in open_listeners(settings)]
        classifier = load(settings.model, sha256=settings.model_sha256)
        config = uvicorn.Config(
            create_app(classifier, settings),
            log_config=log_settings(),
            access_log=False,  # it writes the query string; `guard` logs what may be logged
            server_header=False,
            proxy_headers=False,
            ws="none",
            timeout_graceful_shutdown=_SHUTDOWN_S,
        )
        # before a worker is copied, so that what this makes is shared as well
        warm_up(classifier)
        settle()
        announce = partial(_announce, listeners)
        if settings.workers == 1:
            started = _serve_alone(config, listeners[0], announce)
        else:
            serve_one = partial(_serve_as_worker, config, listeners)
            grace_s = _SHUTDOWN_S + 2.0  # after uvicorn's own, so that it says what it cancels
            started = Supervisor(serve_one, settings.workers, grace_s).run(announce)
    return DONE if started else FAILED


def _serve_alone(
    config: uvicorn.Config, listener: socket.socket, announce: Callable[[], None]
) -> bool:
    server = _Server(config, announce)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    return server.started


def _serve_as_worker(
    config: uvicorn.Config, listeners: Sequence[socket.socket], number: int, signs: Signs
) -> bool:
    def begin() -> None:
        asyncio.get_running_loop().add_reader(signs.alive, end)
        signs.say_ready()

    def end() -> None:
        asyncio.get_running_loop().remove_reader(signs.alive)
        server.should_exit = True

    server = _Server(config, begin)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listeners[number]])
    return server.started


class _Server(uvicorn.Server):
    """A server that says when it answers: uvicorn does not, of a socket that it is handed."""

    def __init__(self, config: uvicorn.Config, on_start: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_start = on_start

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            self._on_start()


def _announce(listeners: Sequence[socket.socket]) -> None:
    """Name the address."""
    host, port = listeners[0].getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    several = f", {len(listeners)} workers" if len(listeners) > 1 else ""
    logger.info("running on http://%s:%d (documented at /docs)%s", shown, port, several)


class _OneLineParser(argparse.ArgumentParser):
    """A parser that complains as the rest of the project does."""

    def error(self, message: str) -> NoReturn:
        """Write one line and leave."""
        self.exit(FAILED, f"error: {self.prog}: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _OneLineParser(
        prog="adclassifier-api",
        description="Serve the classifier over HTTP; see /docs on the address it prints.",
        epilog="Each option may also stand in the environment, as ADCLASSIFIER_PORT.",
        allow_abbrev=False,
    )
    parser.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", help="port, 0 for a free one (default: 8000)")
    parser.add_argument("--model", help="bundle's folder (default: the one in the package)")
    parser.add_argument("--model-sha256", help="content hash that the bundle must have")
    parser.add_argument("--workers", help="processes, sharing one model in memory (default: 1)")
    parser.add_argument("--max-threads", help="requests a worker judges at a time (default: cores)")
    parser.add_argument(
        "--insecure-no-auth",
        action="store_true",
        default=None,
        help="serve other machines too: there are no keys yet, so whoever reaches it may ask",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    return parser


def log_settings() -> dict[str, Any]:
    """Give uvicorn's log settings, with the service's own logger beside its."""
    settings = copy.deepcopy(uvicorn.config.LOGGING_CONFIG)
    settings["loggers"]["adclassifier_api"] = {
        "handlers": ["default"],
        "level": "INFO",
        "propagate": False,
    }
    return settings
