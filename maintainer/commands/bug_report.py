"""What to say when the fault is ours: everything a report needs, nothing secret."""

import platform
import shlex
import traceback
from collections.abc import Mapping, Sequence

from maintainer.config.secrets import masked
from maintainer.version import VERSION


def block(error: BaseException, argv: Sequence[str], environment: Mapping[str, str]) -> str:
    """The report in Markdown, to copy whole into an issue."""
    text = f"""\
This is a bug in maintainer, not in your site: {type(error).__name__}. Nothing more was done.
Please report it with everything below; secrets of the environment are masked, look once more before you send it.

### version information

```
maintainer {VERSION}
python     {platform.python_version()} ({platform.python_implementation()})
system     {platform.platform()}
command    maintainer {shlex.join(argv)}
```

### traceback

```
{"".join(traceback.format_exception(error)).rstrip()}
```"""
    return masked(text, environment)
