"""The stories, in the order in which a tree goes through them.

redeem    take the next serials of a lot for a holder; admission lets many in together
seal      fix the next records of a lot as batches; a crew of hashers does the hashing
mint      sign, store, send, look: settle writes down what became of the flights, tend sees to
          it that they can be mined, gate asks before launch signs the next; minter is their
          ground. recover holds books and chain against each other first, watch what was final,
          halt stops all when they differ
certify   from a number to the signed credential
printing  from a final certificate to its signed PDF
verify    eight numbered checks; checks, findings and interconnect are its parts,
          bystander makes them without our books
mirror    follow the registry's log: mirror_entries takes it over, accuse keeps what contradicts
          itself, mirror_state answers for any day, mirror_desk holds two sources together,
          mirror_anchor tells the ledger, mirror_drops makes a log of files
exchange  three certificates for one fulfilment certificate
reconcile hold chain, mirror, accepted counts and database together, at one block and one head:
          chain_side and holder_side bring the sides, compare compares, differences shows them
          and export writes them; census counts who fulfilled
audit     recount from the chain alone
bundle    what a verifier asks of the chain, in one signed file; offline checks with it
withdraw  a holder leaves, and every count stays
scrub     read all that was kept once more
lots, counts, service
          what the web shows; publish puts the example there, identity pins the chain,
          parts puts all of it together once a process, from ground, works and shown
"""
