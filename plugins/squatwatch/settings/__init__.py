"""Settings: `SQUATWATCH_…` environment variables, with defaults that need no configuration.

`SQUATWATCH_HOME=/srv/squatwatch` sets `home`, and so on. A variable that is empty counts as not set; in paths `~` is
the home folder. Settings that may carry a secret (a paid feed has its credentials in the URL) are `SecretStr`: they
print as stars, and may stand in a file that `SQUATWATCH_…_FILE` names.

Imports `errors`, `names`.
"""

from squatwatch.settings.environment import Settings, read_settings, settings, unknown_variables
from squatwatch.settings.of_lookups import address_and_port
from squatwatch.settings.of_sources import SOURCE_NAMES, SourceName
from squatwatch.settings.secret_files import read_secret, secret_settings
from squatwatch.settings.values import HomePath, in_home

__all__ = [
    "SOURCE_NAMES",
    "HomePath",
    "Settings",
    "SourceName",
    "address_and_port",
    "in_home",
    "read_secret",
    "read_settings",
    "secret_settings",
    "settings",
    "unknown_variables",
]
