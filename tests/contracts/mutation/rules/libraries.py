"""The hashing loop, reasons, seasons, counters and names."""

from tests.contracts.mutation.mutant import Mutant, breaking

_HASHING = breaking(
    "libraries/BatchRoot.sol",
    (
        "ragged holders are taken",
        "if (holders.length % HOLDER_BYTES != 0)",
        "if (false)",
    ),
    ("no holders are taken", "size == 0 || ", ""),
    ("any number of holders is taken", " || size > LIMIT", ""),
    ("one holder above the limit is taken", "LIMIT = 6500;", "LIMIT = 6501;"),
    ("the largest batch is refused", "size > LIMIT", "size >= LIMIT"),
    ("the larger leaf comes first", "shl(5, gt(a, b)) // the", "shl(5, lt(a, b)) // the"),
    ("the larger node comes first", "shl(5, gt(a, b))\n", "shl(5, lt(a, b))\n"),
    ("leaves are not sorted", "shl(5, gt(a, b)) // the", "0 // the"),
    (
        "two records have one serial",
        "let a := keccak256(0x00, 0x20)\n                word := add(word, shl(160, 1))",
        "let a := keccak256(0x00, 0x20)",
    ),
    ("the second holder is the first", "calldataload(add(holder, 20))", "calldataload(holder)"),
    ("holders are read again", "holder := add(holder, 40)", "holder := add(holder, 20)"),
    ("the last odd record is left out", "if and(size, 1) {", "if 0 {"),
    ("an odd node is left out", "if lt(from, end) {", "if 0 {"),
    (
        "an odd node is hashed with itself",
        "mstore(to, mload(from)) // an odd node moves up unchanged",
        "mstore(0x00, mload(from)) mstore(0x20, mload(from)) mstore(to, keccak256(0x00, 0x40))",
    ),
    (
        "a node is hashed as a leaf",
        "mstore(to, keccak256(0x00, 0x40))\n                holder",
        "mstore(to, keccak256(0x00, 0x20))\n                holder",
    ),
    ("memory in use is overwritten", "let nodes := mload(0x40)", "let nodes := 0x80"),
)

_NAMES = [
    *breaking(
        "libraries/TreeId.sol",
        ("every serial has one name", "<< 32 | serial", "<< 32"),
        ("the lot is cut from the wrong place", "uint64(treeId >> 32)", "uint64(treeId >> 31)"),
        ("the serial is cut from the wrong place", "uint32(treeId);", "uint32(treeId >> 1);"),
        ("the programme is the lot number", "uint32(lot >> 32)", "uint32(lot)"),
    ),
    *breaking(
        "libraries/ReasonMap.sol",
        ("two neighbours have one reason", "(treeId & 63) * 4", "(treeId & 62) * 4"),
        ("far neighbours share a slot", "buckets[treeId >> 6] >>", "buckets[treeId >> 7] >>"),
        ("reasons are written elsewhere", "buckets[treeId >> 6] |=", "buckets[treeId >> 7] |="),
        ("a revocation clears its neighbours", "|= uint256", "= uint256"),
        ("reasons have two bits", "& 0xf", "& 0x3"),
    ),
    Mutant(
        "reasons have three bits",
        "libraries/ReasonMap.sol",
        "& 0xf",
        "& 0x7",
        same="there are six reasons, and the fourth bit is never set",
    ),
]

_SEASONS = breaking(
    "libraries/Season.sol",
    ("1980 is a planting year", "FIRST_YEAR = 1981", "FIRST_YEAR = 1980"),
    ("1981 is no planting year", "year >= FIRST_YEAR", "year > FIRST_YEAR"),
    ("9999 is a planting year", "LAST_YEAR = 9998", "LAST_YEAR = 9999"),
    ("9998 is no planting year", "year <= LAST_YEAR", "year < LAST_YEAR"),
    ("years begin in London", "* 1 days - 8 hours", "* 1 days"),
    ("leap years come a year late", "(year - 1969) / 4", "(year - 1970) / 4"),
    ("2100 is a leap year", " - (year - 1901) / 100", ""),
    ("2400 is no leap year", " + (year - 1601) / 400", ""),
    ("a year ends when it begins", "startOf(year + 1)", "startOf(year)"),
)

_MINTED = "for (uint256 i = {}; i < keys.length; ++i) {{\n            book.totals[keys[i]].minted"
_REVOKED = _MINTED.replace("minted", "revoked")

_COUNTERS = breaking(
    "libraries/Tallies.sol",
    ("all units are summed", "abi.encode(Kind.ALL, unit)", "abi.encode(Kind.ALL)"),
    (
        "a programme's units are summed",
        "(Kind.PROGRAMME, programme, unit)",
        "(Kind.PROGRAMME, programme)",
    ),
    ("all programmes are summed", "(Kind.PROGRAMME, programme, unit)", "(Kind.PROGRAMME, unit)"),
    ("a site's units are summed", "(Kind.SITE, site, year, unit)", "(Kind.SITE, site, year)"),
    ("a site's years are summed", "(Kind.SITE, site, year, unit)", "(Kind.SITE, site, unit)"),
    ("a year's sites are summed", "(Kind.SITE, site, year, unit)", "(Kind.SITE, year, unit)"),
    ("a species' units are summed", "(Kind.SPECIES, species, unit)", "(Kind.SPECIES, species)"),
    ("all species are summed", "(Kind.SPECIES, species, unit)", "(Kind.SPECIES, unit)"),
    ("a year's units are summed", "(Kind.YEAR, year, unit)", "(Kind.YEAR, year)"),
    ("all years are summed", "(Kind.YEAR, year, unit)", "(Kind.YEAR, unit)"),
    ("year 2025 is programme 2025", "(Kind.YEAR, year, unit)", "(Kind.PROGRAMME, year, unit)"),
    ("a counter of minted ones stands still", _MINTED.format(0), _MINTED.format(1)),
    ("batches are counted as minted", ".minted += units", ".minted += 1"),
    ("the last batch is the minted count", ".minted += units", ".minted = units"),
    ("a counter of revoked ones stands still", _REVOKED.format(0), _REVOKED.format(1)),
    ("calls are counted as revoked", ".revoked += units", ".revoked += 1"),
    ("the last call is the revoked count", ".revoked += units", ".revoked = units"),
    ("the site counted is the dossier", "ofSite(terms.site,", "ofSite(terms.dossier,"),
)

MUTANTS = [*_HASHING, *_NAMES, *_SEASONS, *_COUNTERS]
