"""The step publish: the warehouse made anew over all whole dates. Imports the stores whose tables it holds."""
