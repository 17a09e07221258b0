"""The stories, in the order in which a tree goes through them.

redeem    take the next serials of a lot for a holder
seal      fix the next records of a lot as one batch
mint      sign, store, send, look; recover holds books and chain against each other first
certify   from a number to the signed credential
verify    eight numbered checks; checks, findings and interconnect are its parts,
          bystander makes them without our books
mirror    follow the registry's log
exchange  three certificates for one fulfilment certificate
audit     recount from the chain alone
lots, counts, service
          what the web shows; publish puts the example there, identity pins the chain,
          parts puts all of it together once a process
"""
