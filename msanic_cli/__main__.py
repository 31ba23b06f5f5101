"""Run the tool as `python -m msanic_cli`."""

import sys

from msanic_cli.cli import main

if __name__ == "__main__":
    sys.exit(main())
