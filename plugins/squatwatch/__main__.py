"""The program `squatwatch`: an interrupt leaves no traceback, not even while it still loads."""

from __future__ import annotations

import sys

INTERRUPTED = 130  # the status that shells give a program ended by SIGINT


def main() -> None:
    """Run the command line. Exits with status 130 where it is interrupted."""
    try:
        from squatwatch.cli import main as command_line

        command_line()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
