"""Settings of brands, allowlist, popularity and feed health, and where what people decide is stored."""

from __future__ import annotations

from pydantic import BaseModel, Field, SecretStr

from squatwatch.settings.values import HomePath


class ListSettings(BaseModel):
    """Brands, allowlist, popularity lists, rules of feed health, the database."""

    brands_file: HomePath | None = Field(
        None,
        description="brands.csv to look for (columns brand, brand_domain, alarm_budget, about), or `packaged`; by "
        "default the list that the data root was last given with --brands, else the packaged one.",
    )
    allowlist_file: HomePath | None = Field(
        None,
        description="allowlist.csv (columns domain, reason, expires_on); by default the data root's, else the seed.",
    )
    suffixes_file: HomePath | None = Field(
        None,
        description="A newer Public Suffix List than the packaged one, a copy of "
        "https://publicsuffix.org/list/public_suffix_list.dat.",
    )
    popular_rank: int = Field(
        10_000, ge=0, description="A domain ranked this high in a popularity list is allowlisted."
    )
    tranco_url: str = Field(
        "https://tranco-list.eu/top-1m.csv.zip", description="`refresh_popularity`: the Tranco list."
    )
    umbrella_url: str = Field(
        "https://s3-us-west-1.amazonaws.com/umbrella-static/top-1m.csv.zip",
        description="`refresh_popularity`: the Umbrella list.",
    )
    feed_health_file: HomePath | None = Field(
        None, description="feed_health.yml to use instead of the shipped rules of feed health."
    )
    database_url: SecretStr | None = Field(
        None,
        description="SQLAlchemy URL of the database of labels, alerts and lookups; by default SQLite in the data root.",
    )
