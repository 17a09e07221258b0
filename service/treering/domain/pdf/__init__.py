"""The PDF's own seal, and what can be read of a PDF that a stranger brings.

der       the few forms of DER that the next two are written in
identity  the X.509 certificate of a programme's PDF key, issued by its credential key
envelope  the signature (CMS, PAdES baseline B), in the one form that we write and accept
file      from the bytes of a file to its credential and to whether it is as it was signed

No PDF is parsed here. A file of ours is one that our key signed from its first byte to its
last; whatever else is in it, is not looked at.
"""
