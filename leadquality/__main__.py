"""`python -m leadquality` is the command line."""

import sys

from leadquality.cli import main

if __name__ == "__main__":
    sys.exit(main())
