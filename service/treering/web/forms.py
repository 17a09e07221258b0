"""Fields of a plain HTML form, as browsers send them: one value a name, texts only."""

import re
from urllib.parse import parse_qsl

from treering.errors import RequestMalformed

_MAX_FIELDS = 10  # our own forms have three


def fields(content_type: str, body: bytes) -> dict[str, bytes]:
    """Values by name; RequestMalformed if this is no form."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        return _urlencoded(body)
    boundary = re.search(r'boundary="?([^";,\s]{1,70})', content_type)
    if kind == "multipart/form-data" and boundary:
        return _multipart(body, b"\r\n--" + boundary[1].encode("latin-1"))
    raise RequestMalformed("this is not a form", "Content-Type")


def _urlencoded(body: bytes) -> dict[str, bytes]:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError as error:
        raise RequestMalformed("the form cannot be read") from error
    return {name: value.encode("utf-8", "replace") for name, value in pairs}


def _multipart(body: bytes, delimiter: bytes) -> dict[str, bytes]:
    """RFC 7578 as browsers write it: delimiter, headers, empty line, value."""
    found = {}
    for part in (b"\r\n" + body).split(delimiter, _MAX_FIELDS + 1)[1:-1]:
        head, _, value = part.partition(b"\r\n\r\n")
        name = re.search(rb'[;\s]name="([^"]*)"', head)
        if name:
            found[name[1].decode("utf-8", "replace")] = value
    return found
