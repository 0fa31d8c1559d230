"""`python -m kept`."""

import sys

from kept.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
