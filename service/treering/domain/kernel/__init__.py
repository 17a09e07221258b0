"""Keccak-256 over many records at once, in WebAssembly: the same hashes at a third of the price.

A call from Python to hash 32 bytes costs more than the hash. Here one call hashes a batch, two
hashes at a time in the halves of each vector. What is run stands in text: `permutation` is
Keccak-f, `program` what is hashed with it, `engine` how Python speaks to it.

Everything here is computed a second way, in Python alone (`domain/merkle`, `domain/holder`), which
is what hashes small batches, all batches of a process that sees few, and where there is no
WebAssembly; tests hold the two together.
"""
