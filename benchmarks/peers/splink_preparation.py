"""Customers and profiles as tables for the Splink model, prepared in DuckDB: names, readings, blocking keys.

Everything is SQL on columns; only distinct values that are not ASCII pass through `anyascii`. Keys of customers that no
profile has are dropped before they are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

__all__ = ["prepare"]

_AFFIXES = (
    "official", "senator", "governor", "congresswoman", "congressman", "congress", "representative", "delegate",
    "assemblymember", "assembly", "house", "senate", "mayor", "council", "vote", "elect", "team", "real", "hello",
    "iam", "its", "the", "rep", "sen", "gov", "del", "mrs", "mr", "ms", "dr", "hq",
)  # fmt: skip
_COMMON = {"name": 2000, "initial": 250, "prefix": 100, "family": 100, "given": 10, "alias": 20, "contact": 20}
"""Customers who may share a key of this kind; a key that more share is no blocking key."""

_CUSTOMER_TEXTS = ("given_name", "middle_name", "family_name", "full_name", "nickname", "city", "region", "country")
_PROFILE_TEXTS = ("handle", "display_name", "location")

_MACROS = """
CREATE MACRO fold(t) AS nullif(trim(regexp_replace(lower(t), '[^a-z0-9]+', ' ', 'g')), '');
CREATE MACRO squash(t) AS nullif(regexp_replace(lower(t), '[^a-z0-9]+', '', 'g'), '');
CREATE MACRO site(t) AS nullif(rtrim(regexp_replace(lower(t), '^(https?://)?(www\\.)?', ''), '/'), '');
CREATE MACRO digits(t) AS nullif(right(regexp_replace(t, '[^0-9]', '', 'g'), 9), '');
CREATE MACRO known(l) AS list_filter(list_distinct(l), lambda x: x IS NOT NULL AND x <> '');
CREATE MACRO without_start(t) AS
    CASE WHEN length(regexp_replace(t, '^({affixes})+', '')) < 4 THEN t ELSE regexp_replace(t, '^({affixes})+', '') END;
CREATE MACRO without_end(t) AS
    CASE WHEN length(regexp_replace(t, '({affixes})+$', '')) < 4 THEN t ELSE regexp_replace(t, '({affixes})+$', '') END;
"""

_CUSTOMERS = """
CREATE TEMP TABLE customer AS
WITH person AS (
    SELECT row AS id, coalesce(squash(given_name), split_part(fold(full_name), ' ', 1)) AS given,
        coalesce(squash(family_name),
            CASE WHEN fold(full_name) LIKE '% %' THEN split_part(fold(full_name), ' ', -1) END) AS family,
        fold(given_name) AS given_words, fold(family_name) AS family_words, squash(middle_name) AS middle,
        squash(nickname) AS nickname, fold(city) AS city, fold(region) AS region, fold(country) AS country,
        {email} AS emails, {phone} AS phones, {website} AS sites, {handles} AS handles
    FROM source)
SELECT id, nullif(given, '') AS given, family, middle, city, region, country,
    known([given, nickname, CASE WHEN given_words LIKE '% %' THEN split_part(given_words, ' ', 1) END]) AS own,
    CASE WHEN family_words LIKE '% %'
        THEN known([family] || list_filter(family_words.split(' '), lambda x: length(x) > 3))
        ELSE known([family]) END AS families,
    emails, list_transform(phones, lambda x: digits(x)) AS phones, list_transform(sites, lambda x: site(x)) AS sites,
    known(list_transform(emails, lambda x: squash(split_part(x, '@', 1)))
        || list_transform(sites, lambda x: squash(split_part(site(x), '.', 1)))
        || list_transform(handles, lambda x: squash(regexp_extract(rtrim(x, '/'), '[^:/@]+$')))) AS aliases
FROM person;

-- What customers may call themselves, each with the names in the CRM that it may stand for.
CREATE TEMP TABLE called AS
WITH name AS (SELECT DISTINCT unnest(own) AS name FROM customer),
    pair AS (SELECT name, name AS called FROM name UNION SELECT name, other FROM name JOIN nicknames USING (name))
SELECT called, list(name) AS names FROM pair GROUP BY called;
CREATE TEMP TABLE family_name AS SELECT DISTINCT unnest(families) AS name FROM customer;
"""

_PROFILES = """
CREATE TEMP TABLE account AS
SELECT row AS id, without_end(without_start(regexp_replace(squash(handle), '[0-9]+', '', 'g'))) AS core,
    squash(handle) AS whole, fold(display_name).split(' ') AS shown,
    fold(split_part(location, ',', 1)) AS first_place, fold(split_part(location, ',', -1)) AS last_place,
    {email} AS emails, list_transform({phone}, lambda x: digits(x)) AS phones,
    list_transform({url}, lambda x: site(x)) AS sites
FROM source;

-- Customers' names inside handles; a short one counts only at an edge.
CREATE TEMP TABLE found AS
WITH core AS (SELECT DISTINCT core FROM account WHERE length(core) > 2),
    start AS (SELECT core, unnest(range(1, length(core))) AS place FROM core),
    piece AS (SELECT core, place, unnest(range(2, least(length(core) - place + 2, 16))) AS size FROM start),
    name AS (SELECT core, place, size, core[place:place + size - 1] AS name FROM piece
        WHERE size > 3 OR place = 1 OR place + size = length(core) + 1)
SELECT core, place, size, name, family.name IS NOT NULL AS is_family, called.called IS NOT NULL AS is_given
FROM name LEFT JOIN family_name family USING (name) LEFT JOIN called ON called.called = name
WHERE is_family OR is_given;

-- Readings: a given and a family name, or an initial, or the start of a given name, beside a family name.
CREATE TEMP TABLE pair AS
SELECT g.core, g.name AS given, f.name AS family, g.size + f.size AS letters
FROM found f JOIN found g ON f.core = g.core AND (g.place + g.size <= f.place OR f.place + f.size <= g.place)
WHERE f.is_family AND g.is_given AND f.size > 2;
CREATE TEMP TABLE beside AS
SELECT core, family, letters, unnest(known([rest[1], core[1], CASE WHEN place > 1 THEN core[place - 1] END])) AS letter,
    rest[:3] AS prefix
FROM (SELECT core, place, name AS family, size + 1 AS letters,
        CASE WHEN place > 1 THEN core[:place - 1] ELSE core[place + size:] END AS rest
    FROM found WHERE is_family AND size > 2) WHERE rest <> '';
CREATE TEMP TABLE reading AS
SELECT core, arg_max(given, letters) AS given, arg_max(family, letters) AS family FROM (
    SELECT core, given, family, letters + 0.5 AS letters FROM pair
    UNION ALL SELECT core, letter, family, letters FROM beside
    UNION ALL SELECT core, NULL, name, size FROM found WHERE is_family AND size > 3) GROUP BY core;
CREATE TEMP TABLE profile AS
SELECT account.*, CASE WHEN len(shown) > 1 THEN shown[1] ELSE reading.given END AS given,
    CASE WHEN len(shown) > 1 THEN shown[-1] ELSE reading.family END AS family,
    reading.given AS read_given, reading.family AS read_family
FROM account LEFT JOIN reading USING (core);
"""

_KEYS = """
CREATE TEMP TABLE profile_key AS
WITH shown AS (SELECT id, shown, unnest(shown) AS one FROM profile WHERE len(shown) BETWEEN 2 AND 5),
    named AS (
    SELECT id, pair.given, pair.family FROM profile JOIN pair USING (core)
    UNION SELECT id, one, unnest(shown) FROM shown),
    key AS (
    SELECT id, 'alias' AS kind, unnest(known([core, whole])) AS one, NULL AS two FROM profile
    UNION ALL SELECT id, 'name', unnest(called.names), family FROM named JOIN called ON called.called = given
    UNION ALL SELECT id, 'initial', letter, beside.family FROM profile JOIN beside USING (core)
    UNION ALL SELECT id, 'prefix', prefix, beside.family FROM profile JOIN beside USING (core) WHERE length(prefix) > 1
    UNION ALL SELECT id, 'family', NULL, name FROM profile JOIN found USING (core) WHERE is_family AND size > 3
    UNION ALL SELECT id, 'given', unnest(called.names), NULL
        FROM profile JOIN found USING (core) JOIN called ON called.called = found.name WHERE size > 3
    UNION ALL SELECT id, 'initial', shown[1][1], shown[-1] FROM profile WHERE len(shown) > 1
    UNION ALL SELECT id, 'initial', shown[-1][1], shown[1] FROM profile WHERE len(shown) > 1
    UNION ALL SELECT id, 'family', NULL, one FROM shown
    UNION ALL SELECT id, 'contact', unnest(known(emails || phones || sites)), NULL FROM profile)
SELECT DISTINCT id, hash(kind, one, two) AS key FROM key;

CREATE TEMP TABLE customer_key AS
WITH wanted AS (SELECT DISTINCT key FROM profile_key),
    family AS (SELECT id, unnest(families) AS family, own FROM customer),
    named AS (SELECT id, family, unnest(own) AS name FROM family),
    initial AS (SELECT name, list_distinct(list(called[1])) AS letters
        FROM (SELECT called, unnest(names) AS name FROM called) GROUP BY name),
    key AS (
    SELECT id, 'name' AS kind, name AS one, family AS two FROM named
    UNION ALL SELECT id, 'initial', unnest(letters), family FROM named JOIN initial USING (name)
    UNION ALL SELECT id, 'prefix', unnest([name[:2], name[:3]]), family FROM named
    UNION ALL SELECT id, 'family', NULL, family FROM family
    UNION ALL SELECT id, 'given', unnest(own), NULL FROM customer
    UNION ALL SELECT id, 'alias', unnest(aliases), NULL FROM customer
    UNION ALL SELECT id, 'contact', unnest(known(emails || phones || sites)), NULL FROM customer),
    hit AS (SELECT id, kind, hash(kind, one, two) AS key FROM key WHERE hash(kind, one, two) IN (FROM wanted)),
    rare AS (SELECT key FROM hit GROUP BY key HAVING count(*) <= CASE any_value(kind) {caps} END)
SELECT DISTINCT id, key FROM hit SEMI JOIN rare USING (key);
"""

_TABLES = """
CREATE MACRO hashed(l) AS CASE WHEN len(known(l)) > 0 THEN list_transform(known(l), lambda x: hash(x)) END;
CREATE TABLE b AS
SELECT id AS unique_id, keys, given, family, hashed(own) AS variants, hashed(families) AS families,
    NULL::VARCHAR AS core, hashed(aliases) AS aliases,
    hashed([given || family, family || given, given || middle || family, given || middle[1] || family]) AS whole,
    hashed([given[1] || family, family || given[1], given || family[1], given[1] || middle[1] || family]) AS shortened,
    city, region, country,
    hashed(emails) AS email, hashed(phones) AS phone, hashed(sites) AS website
FROM customer LEFT JOIN (SELECT id, list(key) AS keys FROM customer_key GROUP BY id) USING (id);

CREATE TABLE a AS
SELECT id AS unique_id, keys, given, family,
    hashed(coalesce(one.names, []) || coalesce(two.names, [])) AS variants,
    hashed([family, read_family]) AS families, core, hashed([core, whole]) AS aliases,
    NULL::UBIGINT[] AS whole, NULL::UBIGINT[] AS shortened, place.city, region.region, country.country,
    hashed(emails) AS email, hashed(phones) AS phone, hashed(sites) AS website
FROM profile LEFT JOIN (SELECT id, list(key) AS keys FROM profile_key SEMI JOIN customer_key USING (key) GROUP BY id)
    USING (id)
LEFT JOIN called one ON one.called = given LEFT JOIN called two ON two.called = read_given
LEFT JOIN (SELECT DISTINCT city FROM customer) place ON place.city = profile.first_place
LEFT JOIN (SELECT DISTINCT region FROM customer) region ON region.region = profile.last_place
LEFT JOIN (SELECT DISTINCT country FROM customer) country ON country.country = profile.last_place;
"""


def prepare(connection: Any, folder: Path) -> None:
    """Make the tables `a` (profiles) and `b` (customers), of one schema, with row numbers as ids.

    Args:
        connection: A DuckDB connection.
        folder: Holds `profiles.parquet` and `customers.parquet`.
    """
    import pyarrow as pa
    from nicknames import name_triplets

    pairs = {(one.name1, one.name2) for one in name_triplets()}
    name, other = zip(*sorted(pairs | {(b, a) for a, b in pairs}), strict=True)
    connection.register("nicknames", pa.table({"name": name, "other": other}))
    connection.execute(_MACROS.replace("{affixes}", "|".join(_AFFIXES)))
    _read(connection, folder / "customers.parquet", _CUSTOMER_TEXTS)
    connection.execute(_contacts(connection, _CUSTOMERS, ("email", "phone", "website", "handles")))
    _read(connection, folder / "profiles.parquet", _PROFILE_TEXTS)
    connection.execute(_contacts(connection, _PROFILES, ("email", "phone", "url")))
    caps = " ".join(f"WHEN '{kind}' THEN {most}" for kind, most in _COMMON.items())
    connection.execute(_KEYS.replace("{caps}", caps))
    connection.execute(_TABLES)


def _read(connection: Any, file: Path, texts: Sequence[str]) -> None:
    """The file as the view `source`, with these columns in ASCII; absent ones are null."""
    import pyarrow as pa
    from anyascii import anyascii

    rows = f"read_parquet('{file}', file_row_number=true)"
    there = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {rows}").fetchall()}
    held = [one for one in texts if one in there]
    foreign = " UNION ".join(f"SELECT {one} FROM {rows} WHERE strlen({one}) <> length({one})" for one in held)
    values = [row[0] for row in connection.execute(foreign).fetchall()]
    plain = pa.table({"value": pa.array(values, pa.string()), "plain": pa.array(map(anyascii, values), pa.string())})
    connection.register("plain", plain)
    ascii_texts = ", ".join(f"coalesce(p_{one}.plain, s.{one}::VARCHAR) AS {one}" for one in held)
    absent = "".join(f", NULL::VARCHAR AS {one}" for one in texts if one not in there)
    joins = " ".join(f"LEFT JOIN plain p_{one} ON p_{one}.value = s.{one}" for one in held)
    rest = f"s.* EXCLUDE (file_row_number, {', '.join(held)})"
    select = f"SELECT s.file_row_number AS row, {rest}, {ascii_texts}{absent} FROM {rows} s {joins}"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE source AS {select}")


def _contacts(connection: Any, script: str, columns: Sequence[str]) -> str:
    """The script with its contacts, which may be lists, single values or absent."""
    types = {row[0]: row[1] for row in connection.execute("DESCRIBE source").fetchall()}
    for column in columns:
        kind = types.get(column, "")
        text = f"{column}::VARCHAR[]" if kind.endswith("[]") else f"[{column}::VARCHAR]" if kind else "NULL::VARCHAR[]"
        script = script.replace(f"{{{column}}}", text)
    return script
