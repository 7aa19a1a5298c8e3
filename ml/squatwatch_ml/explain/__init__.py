"""Why a name resembles a brand: technique and reason. Imports `pair` and `text`."""
