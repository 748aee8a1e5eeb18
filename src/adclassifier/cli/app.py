"""The program: its commands, and how it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from io import TextIOWrapper
from typing import Annotated

import typer

from adclassifier.cli import exits
from adclassifier.cli.collecting import collect_all
from adclassifier.cli.corpus import app as corpus_app
from adclassifier.cli.evaluate import evaluate
from adclassifier.cli.explain import explain
from adclassifier.cli.labels import labels
from adclassifier.cli.predict import predict
from adclassifier.cli.score import score
from adclassifier.cli.termination import Terminated, terminable
from adclassifier.cli.train import train
from adclassifier.errors import AdClassifierError

PROGRAM = "adclassifier"

#: Wrong usage. typer brings its own copy of click, so the class is taken from a public child.
_UsageError: type[Exception] = typer.BadParameter.__mro__[1]

app = typer.Typer(
    name=PROGRAM,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _command in (train, evaluate, predict, score, explain, labels):
    app.command()(_command)
app.add_typer(corpus_app, name="corpus")


def _show_version(asked: bool) -> None:
    """Print the version and stop."""
    if asked:
        typer.echo(f"{PROGRAM} {version(PROGRAM)}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    show_version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Find signs of illegal advertising in Vietnamese posts; a human decides."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the process.

    Returns
    -------
    int
        One of `adclassifier.cli.exits`.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal of another encoding must not stop us
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        # typer gives the code of `typer.Exit` back, and None where a command just returns
        with terminable():
            code = app(args=arguments, prog_name=PROGRAM, standalone_mode=False)
            sys.stdout.flush()
    except AdClassifierError as error:
        return _fail(str(error))
    except _UsageError as error:
        return _fail(_describe_usage(error))
    except BrokenPipeError:  # the reader of our output has seen enough, as in `| head`
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 (the interpreter flushes it at its end)
        return exits.DONE
    except (KeyboardInterrupt, typer.Abort):
        return exits.INTERRUPTED
    except Terminated:
        return exits.TERMINATED
    finally:
        collect_all()
    return code if isinstance(code, int) else exits.DONE


def _fail(message: str) -> int:
    """Print one line, and give the exit code."""
    # names of files and columns are strangers' words: none may break the line or steer the terminal
    line = "".join(sign if sign.isprintable() else "\ufffd" for sign in " ".join(message.split()))
    print(f"error: {line}", file=sys.stderr)
    return exits.FAILED


def _describe_usage(error: Exception) -> str:
    """Say where, what was found, and what would be right."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else PROGRAM
    found = getattr(error, "format_message", error.__str__)().rstrip(".")
    return f"{path}: {found[:1].lower()}{found[1:]}; see `{path} --help`"
