"""`python -m maintainer`."""

import sys

from maintainer.cli import main

if __name__ == "__main__":
    sys.exit(main())
