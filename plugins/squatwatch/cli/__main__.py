"""`python -m squatwatch.cli`, the same as `squatwatch`."""

from squatwatch.cli import main

main()
