"""What Virtuoso 7 writes otherwise than it was given, and how to read it.

It keeps an ``xsd:duration`` as seconds and an ``xsd:boolean`` as a bit, and calls blank nodes ``nodeID://b1``. No text
can look like the patterns here, because its quotes would be escaped.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["mend_json", "mend_ntriples"]

_TYPED: Final = rb'("datatype":\s*"http://www\.w3\.org/2001/XMLSchema#%s",\s*"value":\s*")(%s)(")'
_LEXICAL: Final = rb'(")(%s)("\^\^<http://www\.w3\.org/2001/XMLSchema#%s>)'
_BIT: Final = rb"[01]"
_SECONDS: Final = rb"\d+(?:\.\d+)?"
_JSON: Final = (re.compile(_TYPED % (b"boolean", _BIT)), re.compile(_TYPED % (b"duration", _SECONDS)))
_NTRIPLES: Final = (re.compile(_LEXICAL % (_BIT, b"boolean")), re.compile(_LEXICAL % (_SECONDS, b"duration")))
_NODE: Final = re.compile(rb'("type":\s*"bnode",\s*"value":\s*)"nodeID://')


def mend_json(body: bytes) -> bytes:
    """Return SPARQL JSON results with the literals as they were.

    >>> mend_json(b'"datatype": "http://www.w3.org/2001/XMLSchema#boolean", "value": "1"')
    b'"datatype": "http://www.w3.org/2001/XMLSchema#boolean", "value": "true"'
    """
    return _NODE.sub(rb'\1"', _mend(body, *_JSON))


def mend_ntriples(body: bytes) -> bytes:
    """Return N-Triples with the literals as they were.

    >>> mend_ntriples(b'<a> <b> "8100.0"^^<http://www.w3.org/2001/XMLSchema#duration> .')
    b'<a> <b> "PT2H15M"^^<http://www.w3.org/2001/XMLSchema#duration> .'
    """
    return _mend(body, *_NTRIPLES)


def _mend(body: bytes, boolean: re.Pattern[bytes], duration: re.Pattern[bytes]) -> bytes:
    body = boolean.sub(lambda found: found[1] + (b"true" if found[2] == b"1" else b"false") + found[3], body)
    return duration.sub(lambda found: found[1] + _duration(float(found[2])) + found[3], body)


def _duration(seconds: float) -> bytes:
    """Write seconds in the canonical form of XML Schema 1.1, which is how a release states durations."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    days, hours = divmod(hours, 24)
    time = "".join(f"{value:g}{unit}" for value, unit in ((hours, "H"), (minutes, "M"), (rest, "S")) if value)
    text = f"P{days}D" * (days > 0) + f"T{time}" * bool(time)
    return (text if text.startswith("P") else f"P{text or 'T0S'}").encode()
