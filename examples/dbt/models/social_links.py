"""The best answer for each profile: whose it is, how likely, how likely nobody's, and what was decided."""

import sociolink as sl


def model(dbt, session):
    dbt.config(materialized="table")
    policy = sl.Policy.support(who=dbt.config.get("who"), lawful_basis=dbt.config.get("lawful_basis"))
    links = sl.link(dbt.source("crm", "profiles"), dbt.source("crm", "customers"), policy=policy)
    decided = links.decide(
        max_false=dbt.config.get("max_false"),
        min_probability=dbt.config.get("min_probability"),
        review_budget=dbt.config.get("review_budget"),
    )
    return decided.best()
