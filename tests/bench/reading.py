"""Read every manifest of the repository in the current folder, from a cold start; prints how many dependencies."""

import os
from pathlib import Path

from maintainer import catalog
from maintainer.commands.scan import scan
from maintainer.workspace.checkout import open_checkout

print(len(scan(open_checkout(Path.cwd(), os.environ), catalog.MANAGERS).dependencies))
