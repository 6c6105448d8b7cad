"""The stage of work that takes a while, shown where somebody looks: a terminal, or a notebook."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from html import escape
from typing import Any, ParamSpec, TypeVar

from sociolink.rendering.numbers import say_duration

__all__ = ["Progress", "show_progress", "shows_progress"]

Progress = Callable[[str], None]

P = ParamSpec("P")
R = TypeVar("R")

_PATIENCE_SECONDS = 1.0


def shows_progress(work: Callable[P, R]) -> Callable[P, R]:
    """Let `progress=True` of a function show its stages: the function gets what it is to tell them to, or None.

    Args:
        work: A function with a keyword `progress`.

    Examples:
        >>> @shows_progress
        ... def work(*, progress=None):
        ...     return progress
        >>> work(progress=True) is None, work(progress=False) is None, work(progress=print) is print
        (True, True, True)
    """

    @wraps(work)
    def watched(*args: P.args, **kwargs: P.kwargs) -> R:
        if not isinstance(kwargs.get("progress"), bool):
            return work(*args, **kwargs)
        with show_progress(wanted=bool(kwargs["progress"])) as tell:
            kwargs["progress"] = tell
            return work(*args, **kwargs)

    return watched


@contextmanager
def show_progress(*, wanted: bool = True) -> Iterator[Progress | None]:
    """Show the stage of work: as a line in a notebook, or on standard error if that is a terminal.

    On a terminal only work of more than a second is shown, and the line goes when it is done.

    Args:
        wanted: False shows nothing.

    Yields:
        What is to be called with the name of each stage; None where nobody looks.
    """
    if wanted and _in_notebook():
        with _on_page() as tell:
            yield tell
    elif wanted:
        with _on_terminal() as tell:
            yield tell
    else:
        yield None


def _in_notebook() -> bool:
    """Whether this runs in a kernel, whose outputs are shown on a page."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return getattr(shell, "kernel", None) is not None


@contextmanager
def _on_page() -> Iterator[Progress]:
    from importlib import import_module

    display = import_module("IPython.display").display
    begun = time.perf_counter()

    def said(text: str) -> dict[str, Any]:
        return {"text/plain": text, "text/html": f"<p role='status'>{escape(text)}</p>"}

    line = display(said("starting …"), raw=True, display_id=True)

    def tell(stage: str) -> None:
        line.update(said(f"{stage} …"), raw=True)

    try:
        yield tell
    except BaseException:
        line.update(said("Stopped."), raw=True)
        raise
    line.update(said(f"Done in {say_duration(time.perf_counter() - begun)}."), raw=True)


@contextmanager
def _on_terminal() -> Iterator[Progress | None]:
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    from rich.progress import Progress as Display
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    display = Display(*columns, console=console, transient=True)
    task = display.add_task("starting", total=None)
    timer = threading.Timer(_PATIENCE_SECONDS, display.start)
    timer.daemon = True
    timer.start()

    def tell(stage: str) -> None:
        display.update(task, description=stage)

    try:
        yield tell
    finally:
        timer.cancel()
        timer.join()
        display.stop()
