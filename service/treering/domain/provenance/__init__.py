"""Provenance: where a certificate comes from, as a graph of W3C PROV whose hashes are checked.

`graph` has the words, `chain` draws the graph from what was found, `hashes` checks, `written`
turns it into PROV-JSON and PROV-JSONLD. A missing piece is named, never left out in silence.
"""
