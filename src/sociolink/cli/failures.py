"""What a failure says and with which code it ends; tracebacks only where they were asked for."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from sociolink.errors import NothingToLinkError, SociolinkError

__all__ = ["BAD_INPUT", "CHANGED", "DONE", "INTERNAL", "NOTHING_TO_LINK", "run_guarded"]

DONE = 0
INTERNAL = 1
BAD_INPUT = 2
NOTHING_TO_LINK = 3
CHANGED = 4


def run_guarded(action: Callable[[], object], *, debug: bool = False) -> int:
    """Run something and turn how it ends into an exit code.

    Args:
        action: What is run; it may raise SystemExit.
        debug: Whether to show tracebacks.

    Returns:
        0 done, 1 a mistake in sociolink itself, 2 bad input, 3 nothing to link, or the code of SystemExit.

    Examples:
        >>> run_guarded(lambda: None)
        0
    """
    try:
        action()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else DONE if end.code is None else BAD_INPUT
    except SociolinkError as error:
        _show(str(error), debug=debug)
        return NOTHING_TO_LINK if isinstance(error, NothingToLinkError) else BAD_INPUT
    except MemoryError:
        _show("There is not enough memory. Give --memory-limit, or fewer rows at a time.", debug=debug)
        return BAD_INPUT
    except Exception as error:
        _show(_describe(error), debug=debug)
        return INTERNAL
    return DONE


def _show(message: str, *, debug: bool) -> None:
    if debug:
        traceback.print_exc()
    print(f"sociolink: {message}" if "\n" not in message else f"sociolink:\n{message}", file=sys.stderr)


def _describe(error: Exception) -> str:
    """Class and place only: the message of an unexpected error may hold personal data."""
    frames = traceback.extract_tb(error.__traceback__)
    house = Path(__file__).parents[1]
    own = [frame for frame in frames[1:] if Path(frame.filename).is_relative_to(house)] or frames
    place = f" at {Path(own[-1].filename).name}:{own[-1].lineno}" if own else ""
    return (
        f"a mistake inside sociolink ({type(error).__name__}{place}). Run it again with --debug and report it, please."
    )
