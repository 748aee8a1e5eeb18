"""Take the address that the service listens on: on this machine, unless somebody said otherwise."""

from __future__ import annotations

import ipaddress
import socket

from adclassifier.errors import ConfigError
from adclassifier_api.settings import ServiceSettings


def open_listeners(settings: ServiceSettings) -> list[socket.socket]:
    """Take the address, before anything slow is done, once for each worker.

    With one socket among them, whichever worker looks first takes all connections of a client,
    and keeps them. With one each, the system deals connections out; those that wait at the socket
    of a worker that ends are served by the one that takes its place.

    Parameters
    ----------
    settings : ServiceSettings

    Returns
    -------
    list of socket
        Bound, not yet listening: the same address for all.

    Raises
    ------
    ConfigError
        See `open_listener`.
    """
    first = open_listener(settings)
    if settings.workers == 1:
        return [first]
    # only now: set before, it would let this service share a port that another one has
    first.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    return [first, *(_beside(first) for _ in range(settings.workers - 1))]


def _beside(first: socket.socket) -> socket.socket:
    other = socket.socket(first.family, first.type, first.proto)
    other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    other.bind(first.getsockname())
    return other


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
