"""The page of docs/freeze.md, for the picture beside it: python -m tests.commands.freeze_page FILE"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.commands.test_freeze_docs import whole

if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        whole(Path(folder)).say("list", "--page", str(Path(sys.argv[1]).resolve()))
