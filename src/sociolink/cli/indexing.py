"""What the commands `sociolink index ...` do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sociolink.cli.screen import Screen
from sociolink.errors import InputError, Problem
from sociolink.governance.policy import Policy
from sociolink.linking.customer_index import CustomerIndex
from sociolink.linking.index_changes import IndexChange
from sociolink.linking.index_info import IndexInfo

__all__ = ["run_build", "run_compact", "run_erase", "run_find", "run_info", "run_renew", "run_upsert"]


def _policy(given: tuple[str, str, str]) -> Policy:
    name, who, lawful_basis = given
    return Policy.from_name(name, who=who, lawful_basis=lawful_basis)


def _tell(info: IndexInfo, *, as_json: bool, change: IndexChange | None = None) -> None:
    screen = Screen()
    if as_json:
        changed = {} if change is None else {"change": {name: getattr(change, name) for name in change.__slots__}}
        screen.data({**changed, "index": info.to_dict()})
        return
    if change is not None:
        screen.say(f"{str(change).capitalize()}.", style="bold")
    screen.show(info.grid())


def run_build(
    customers: Path,
    model: Path,
    index: Path,
    *,
    policy: tuple[str, str, str],
    events: Path | None = None,
    map_file: Path | None = None,
    memory_limit: str | None = None,
    as_json: bool = False,
) -> None:
    """Build an index and say what it holds."""
    built = CustomerIndex.build(
        customers,
        model=model,
        policy=_policy(policy),
        path=index,
        events=events,
        mapping=map_file,
        memory_limit=memory_limit,
    )
    _tell(built.info(), as_json=as_json)


def run_upsert(
    index: Path,
    customers: Path | None,
    *,
    events: Path | None = None,
    map_file: Path | None = None,
    as_json: bool = False,
) -> None:
    """Add or replace customers, put events on record, and say what changed."""
    opened = CustomerIndex.open(index)
    change = opened.upsert(customers, events=events, mapping=map_file)
    _tell(opened.info(), as_json=as_json, change=change)


def run_erase(index: Path, named: Sequence[str], listed: Path | None, *, as_json: bool = False) -> None:
    """Erase customers and say how many there were."""
    wanted = list(named)
    if listed is not None:
        try:
            lines = listed.read_text("utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                Problem("ids", f"{listed.name} cannot be read", "Give a text file, one id a line.")
            ) from error
        wanted += [line.strip() for line in lines if line.strip()]
    if not wanted:
        raise InputError(Problem("ids", "name nobody", "Give --id or --ids."))
    opened = CustomerIndex.open(index)
    change = opened.erase(wanted)
    _tell(opened.info(), as_json=as_json, change=change)


def run_compact(index: Path, *, memory_limit: str | None = None, as_json: bool = False) -> None:
    """Count everything anew and say what the index holds."""
    opened = CustomerIndex.open(index)
    opened.compact(memory_limit=memory_limit)
    _tell(opened.info(), as_json=as_json)


def run_renew(index: Path, *, memory_limit: str | None = None, as_json: bool = False) -> None:
    """Bring an index up to date and say what it holds."""
    _tell(CustomerIndex.renew(index, memory_limit=memory_limit).info(), as_json=as_json)


def run_find(
    index: Path,
    profile: Mapping[str, str | None],
    *,
    policy: tuple[str, str, str],
    top: int = 3,
    as_json: bool = False,
) -> None:
    """Find whose profile it may be and show it."""
    opened = CustomerIndex.open(index, policy=_policy(policy))
    found = opened.find_many([{name: value for name, value in profile.items() if value is not None}], top=top)[0]
    screen = Screen()
    if as_json:
        screen.data(found.to_dict())
        return
    answer = found.answer
    screen.say(answer.sentence)
    screen.title("Answers")
    screen.show(answer.grid())
    screen.title("Evidence")
    screen.show(answer.explanation.grid())


def run_info(index: Path, *, verify: bool = False, as_json: bool = False) -> None:
    """Say what an index holds."""
    _tell(CustomerIndex.open(index).info(verify=verify), as_json=as_json)
