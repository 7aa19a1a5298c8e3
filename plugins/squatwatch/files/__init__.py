"""Reading files that people and providers send: lists, CSV, lines, copied bytes. Imports `errors` and `names`."""
