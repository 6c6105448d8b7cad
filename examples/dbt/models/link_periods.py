"""The life of the links, one row a link and period; from the second run on it continues what is there."""

import datetime

from sociolink.interop.lifecycle import advance_links


def model(dbt, session):
    dbt.config(materialized="incremental", incremental_strategy="delete+insert", unique_key=["link_id", "valid_from"])
    links = dbt.ref("social_links").to_arrow_table()
    known = session.sql(f"select * from {dbt.this}").to_arrow_table() if dbt.is_incremental else None
    day = datetime.date.fromisoformat(str(dbt.config.get("run_date")))
    return advance_links(links, dbt.source("crm", "profiles"), on=day, known=known)
