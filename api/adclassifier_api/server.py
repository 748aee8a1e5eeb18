"""Read the settings, load one bundle, listen."""

from __future__ import annotations

import argparse
import contextlib
import copy
import ipaddress
import logging
import socket
from collections.abc import Sequence
from typing import Any, NoReturn

import uvicorn
import uvicorn.config

from adclassifier import __version__, load
from adclassifier.errors import AdClassifierError, ConfigError
from adclassifier_api.app import create_app
from adclassifier_api.exits import DONE, FAILED, fail
from adclassifier_api.settings import ServiceSettings, read_settings

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
    with open_listener(settings) as listener:
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
        server = _Server(config)
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listener])
    return DONE if server.started else FAILED


class _Server(uvicorn.Server):
    """A server that says where it listens: uvicorn does not, of a socket that it is handed."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then name every address."""
        await super().startup(sockets)
        for listener in (sockets or ()) if self.started else ():
            host, port = listener.getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            logger.info("running on http://%s:%d (documented at /docs)", shown, port)


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
    parser.add_argument("--max-threads", help="requests judged at a time (default: cores)")
    parser.add_argument(
        "--insecure-no-auth",
        action="store_true",
        default=None,
        help="serve other machines too: there are no keys yet, so whoever reaches it may ask",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    return parser


def open_listener(settings: ServiceSettings) -> socket.socket:
    """Take the address, before anything slow is done.

    Parameters
    ----------
    settings : ServiceSettings

    Returns
    -------
    socket
        Bound, not yet listening.

    Raises
    ------
    ConfigError
        If other machines could reach it and nobody said that they may, or if it cannot be had.
    """
    where = f"{settings.host}:{settings.port}"
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ConfigError(where, f"no such address ({error})", "try --host 127.0.0.1") from error
    family, kind, protocol, _, address = found[0]
    loopback = ipaddress.ip_address(str(address[0]).partition("%")[0]).is_loopback
    if not (loopback or settings.insecure_no_auth):
        raise ConfigError(
            where,
            "other machines could reach it, and there are no keys yet",
            "--host 127.0.0.1, or --insecure-no-auth",
        )
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise ConfigError(where, str(error.strerror), "choose another --port") from error
    return listener


def log_settings() -> dict[str, Any]:
    """Give uvicorn's log settings, with the service's own logger beside its."""
    settings = copy.deepcopy(uvicorn.config.LOGGING_CONFIG)
    settings["loggers"]["adclassifier_api"] = {
        "handlers": ["default"],
        "level": "INFO",
        "propagate": False,
    }
    return settings
