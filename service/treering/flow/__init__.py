"""The stories, one package each, in the order in which a tree goes through them.

redeeming    the next serials of a lot for a holder: admission lets many in together, load takes
             files, halt refuses all while books and chain differ
minting      seal fixes the next records as batches; mint signs, stores, sends, looks; settle,
             tend, gate and launch are its steps; recover and watch hold books and chain together
certifying   from a number to the signed credential, its PDF, badge and own copy
verifying    eight numbered checks, with our books, as a bystander, or offline with a bundle
remembering  what visitors are shown again until the books or the chain say otherwise
mirroring    the registry's log, verified before any of it is kept; what contradicts itself
exchanging   three certificates for one fulfilment certificate, by rules that are data
reconciling  chain, mirror, accepted counts and database, at one block and one head
auditing     everything counted again from the chain alone, sampled, signed, repeated
tracing      from a certificate to the ground and back, over all records
inspecting   land, evidence, and what inspectors sign of them
caring       what holders may ask of us, and how they leave
admitting    who may what, and the log of what was done
overseeing   the doctor, what an operator sees at one look, what is read once more
showing      what pages say of lots, counts and the auditor's figures

parts puts all of it together once a process, from ground, works and shown; service is what the
web asks; publish puts the example there.
"""
