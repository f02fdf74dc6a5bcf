"""What is kept between runs: JSON in files that are whole or not there.

A path that is not UTF-8 has lone surrogates in the model; JSON's escapes can carry them, its UTF-8 can't.
"""

import json
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter

from maintainer import errors

_Item = TypeVar("_Item")


def write(path: Path, data: bytes) -> None:
    """Put `data` into the file, all or nothing, its folders made. Raises `errors.OutsideError` where it can't be."""
    beside = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as error:
        raise refused(path, error) from None


def refused(path: Path, error: OSError) -> errors.OutsideError:
    """What to say where a file of ours can't be written."""
    return errors.OutsideError(
        f"{path} can't be written: {error.strerror}. maintainer keeps its proposals there: "
        "check the folder's owner and that the disk is neither full nor read-only, then run again."
    )


def dump(kind: TypeAdapter[_Item], item: _Item) -> bytes:
    """As JSON, in ASCII."""
    return json.dumps(kind.dump_python(item, mode="json"), indent=1).encode("ascii")


def load(kind: TypeAdapter[_Item], data: bytes) -> _Item:
    """What `dump` was given. Raises ValueError for anything else."""
    try:
        return kind.validate_python(json.loads(data))
    except RecursionError:
        raise ValueError("nested absurdly") from None
