import polars as pl

from squatwatch.lists.excuses import Excuses

SCHEMA = {
    "run_date": pl.Date,
    "domain": pl.String,
    "allowlist_kind": pl.String,
    "allowlist_reason": pl.String,
}


def model(dbt, session):
    """Return names that an analyst's entry or a brand's ownership excuses, by the rule of squatwatch.lists.excuses."""
    excuses = Excuses(dbt.ref("stg_allowlist").pl(), dbt.ref("stg_brands").pl())
    names = dbt.ref("int_domains").select("run_date, domain").pl()
    found = ((run_date, domain, excuses.of(domain, run_date)) for run_date, domain in names.iter_rows())
    rows = [(run_date, domain, excuse.kind, excuse.words) for run_date, domain, excuse in found if excuse]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")
