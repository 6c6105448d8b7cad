"""The steps of `daily_links.py` as a DAG for Airflow 3: put both files into the DAG folder. See docs/pipelines.md."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable

from airflow.sdk import chain, dag, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from daily_links import STEPS, LimitPassedError

from sociolink.errors import InputError, NothingToLinkError


def as_task(step: Callable[[str], dict[str, int]]) -> Callable[[str], object]:
    """A step as a task: nothing to link skips the rest of the day, and what no retry mends fails at once."""

    @task(task_id=step.__name__)
    @functools.wraps(step)
    def run(day: str) -> dict[str, int]:
        try:
            return step(day)
        except NothingToLinkError as nothing:
            raise AirflowSkipException(str(nothing)) from None
        except (LimitPassedError, InputError) as reason:
            raise AirflowFailException(str(reason)) from None

    return run


@dag(
    schedule="@daily",
    start_date=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
    catchup=False,
    max_active_runs=1,  # a run continues from the day before
    default_args={"retries": 2},
    tags=["sociolink"],
)
def daily_links() -> None:
    """From new profiles to rows for the CRM; one task a step, one after the other."""
    chain(*[as_task(step)("{{ ds }}") for step in STEPS])


daily_links()
