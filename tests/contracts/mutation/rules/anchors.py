"""Feeds and issuer keys."""

from tests.contracts.mutation.mutant import breaking

MUTANTS = breaking(
    "parts/Anchors.sol",
    ("anybody anchors", "external onlyRole(MIRROR)", "external"),
    ("a feed has no name", "feed == 0 || ", ""),
    ("a head has no size", "size == 0 || ", ""),
    ("a head has no root", " || root == 0", ""),
    ("a feed shrinks", "if (size < old.size) revert FeedShrinks(feed, old.size, size);", ""),
    ("a head is not taken again", "if (size < old.size)", "if (size <= old.size)"),
    (
        "a root changes alone",
        "if (size == old.size && root != old.root) revert FeedRootChanges(feed, size);",
        "",
    ),
    ("a head is not kept", "_heads[feed] = Head({ size: size, root: root });", ""),
    (
        "a head is told without the old size",
        "FeedAnchored(feed, old.size, old.root",
        "FeedAnchored(feed, 0, old.root",
    ),
    (
        "a head is told without the old root",
        "FeedAnchored(feed, old.size, old.root",
        "FeedAnchored(feed, old.size, root",
    ),
    (
        "anybody sets an issuer key",
        "_onlyRegistrarOf(programme);\n        if (keyId == 0",
        "if (keyId == 0",
    ),
    ("a key has no name", "keyId == 0 || ", ""),
    ("a key is empty", "publicKey.length == 0 || ", ""),
    ("a key begins at no time", " || from == 0) revert", ") revert"),
    ("a key is set again", "if (key.from != 0) revert KeyExists(programme, keyId);", ""),
    ("a key is not kept", "key.publicKey = publicKey;", ""),
    ("a key's beginning is not kept", "key.from = from;", "key.from = 1;"),
    ("a key is not told of", "emit IssuerKeySet(programme, keyId, publicKey, from);", ""),
    (
        "anybody retires a key",
        "_onlyRegistrarOf(programme);\n        if (until == 0)",
        "if (until == 0)",
    ),
    ("a key is retired at no time", "if (until == 0) revert ZeroValue();", ""),
    ("an unknown key is retired", "if (key.from == 0) revert KeyUnknown(programme, keyId);", ""),
    (
        "retirement is put off",
        "if (key.until != 0 && until >= key.until) revert KeyIsRetired(programme, keyId);",
        "",
    ),
    ("retirement is repeated", "until >= key.until", "until > key.until"),
    (
        "retirement is never brought forward",
        "key.until != 0 && until >= key.until",
        "key.until != 0",
    ),
    ("retirement is not kept", "key.until = until;", ""),
    (
        "the old end is told as the new one",
        "keyId, key.until, until);",
        "keyId, until, until);",
    ),
    (
        "retirement is not told of",
        "emit IssuerKeyRetired(programme, keyId, key.until, until);",
        "",
    ),
    ("a feed's size is not shown", "return (head.size, head.root);", "return (0, head.root);"),
    (
        "every programme has the same keys",
        "return _keys[programme][keyId];",
        "return _keys[1][keyId];",
    ),
)
