"""Release notes for programs: every line with its pieces and its sources (docs/schemas/notes.schema.json)."""

import json
from typing import Any

from maintainer.changes import Source
from maintainer.writers.notes_pieces import Document, Line, Piece

SCHEMA = 1


def machine(document: Document) -> str:
    """One JSON object, indented."""
    found = {
        "schema": SCHEMA,
        "language": document.language,
        "tone": document.tone,
        "title": _line(document.title),
        "about": _line(document.about),
        "sections": [
            {
                "key": section.key,
                "level": section.level,
                "heading": section.heading,
                "folded": section.folded,
                "lines": [_line(line) for line in section.lines],
            }
            for section in document.sections
        ],
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _line(line: Line) -> dict[str, Any]:
    return {
        "text": line.text,
        "pieces": [_piece(piece) for piece in line.pieces],
        "sources": [_source(source) for source in line.sources],
        "below": [_line(one) for one in line.below],
    }


def _piece(piece: Piece) -> dict[str, Any]:
    """Its text, and of the rest what it has."""
    said: dict[str, Any] = {"text": piece.text}
    if piece.url:
        said["url"] = piece.url
    if piece.strong:
        said["strong"] = True
    if piece.code:
        said["code"] = True
    if piece.mark:
        said["mark"] = piece.mark
    return said


def _source(source: Source) -> dict[str, str]:
    return {"kind": source.kind, "id": source.id, "url": source.url}
