"""The bundle: all that a verifier asks of the chain, at one final block, in one signed file.

`contents` is what it says, `form` how it is written (docs/bundle.md says it to strangers).
"""
