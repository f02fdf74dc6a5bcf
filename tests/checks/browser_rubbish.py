"""A program that answers nothing that can be read."""

import json
import sys
from pathlib import Path

job = json.load(sys.stdin)
if job["left"] != "none":
    Path(job["answer"]).write_text({"rubbish": "{", "list": "[]"}[job["left"]])
