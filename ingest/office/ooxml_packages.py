"""Packages of Word and PowerPoint (OPC) that their libraries refuse though they are sound, rewritten in memory as these expect them."""

from __future__ import annotations

import io
import zipfile

import regex

_STRICT_TAG = regex.compile(rb"<[^<>]*http://purl\.oclc\.org/ooxml/[^<>]*>")
_STRICT = regex.compile(rb"(=\s*[\"'])http://purl\.oclc\.org/ooxml/(\w+)/")
_TRANSITIONAL = rb"\1http://schemas.openxmlformats.org/\2/2006/"
_RENAMED = (
    (b"/2006/relationships/extendedProperties", b"/2006/relationships/extended-properties"),
    (b"/2006/relationships/customProperties", b"/2006/relationships/custom-properties"),
)
_PLACE = regex.compile(rb"<Relationship\b(?=[^>]*\bTarget\s*=\s*[\"']#)(?![^>]*\bTargetMode\b)")


def plain_package(data: bytes) -> bytes:
    """The package, strict OOXML (ISO/IEC 29500-1) as the transitional one (29500-4), and links to a place in itself as links.

    The two kinds differ in the names of namespaces and relations, which stand in tags; text that speaks of them stays. A relation
    without ``TargetMode`` is one to a part, and there is no part called ``#place``; office programs read it as a link all the same.
    The package must have been inspected.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        relations = {name: old.read(name) for name in old.namelist() if name.endswith(".rels")}
        strict = any(_STRICT.search(part) for part in relations.values())
        if not strict and not any(_PLACE.search(part) for part in relations.values()):
            return data
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
            for name in dict.fromkeys(old.namelist()):
                part = relations.get(name) or old.read(name)
                if strict and name.endswith((".xml", ".rels")):
                    part = _STRICT_TAG.sub(lambda tag: _STRICT.sub(_TRANSITIONAL, tag[0]), part)
                if name in relations:
                    for written, expected in _RENAMED:
                        part = part.replace(written, expected)
                    part = _PLACE.sub(rb'<Relationship TargetMode="External"', part)
                new.writestr(name, part)
    return out.getvalue()
