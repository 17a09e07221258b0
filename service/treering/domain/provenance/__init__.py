"""Provenance: where a certificate comes from, as a graph of W3C PROV whose hashes are checked.

`graph` has the words, `chain` and `branches` draw the graph from `clues`, `hashes` checks,
`prov_json` and `prov_jsonld` write it. A missing piece is named, never left out in silence.
"""
