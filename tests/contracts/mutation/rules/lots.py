"""Programmes, lots and their caps."""

from tests.contracts.mutation.mutant import breaking

MUTANTS = breaking(
    "parts/Lots.sol",
    (
        "anybody opens a programme",
        "external onlyRole(DEFAULT_ADMIN_ROLE) {",
        "external {",
    ),
    ("a programme has no code", "if (code == 0) revert ZeroValue();", ""),
    (
        "a programme is opened again",
        "if (programmeCode[programme] != 0) revert ProgrammeExists(programme);",
        "",
    ),
    ("a programme's code is not kept", "programmeCode[programme] = code;", ""),
    ("a programme's roles stay closed", "_openRoles(programme);", ""),
    ("a programme is not told of", "emit ProgrammeOpened(programme, code);", ""),
    (
        "anybody opens a lot",
        "_onlyRegistrarOf(lotId.programmeOf());\n        _checkTerms(terms);",
        "_checkTerms(terms);",
    ),
    ("a lot's terms are unchecked", "_checkTerms(terms);\n        Lot", "Lot"),
    ("a lot is opened again", "if (lot.terms.unit != Unit.NONE) revert LotExists(lotId);", ""),
    ("a lot's terms are not kept whole", "lot.terms = terms;", "lot.terms.unit = terms.unit;"),
    (
        "a lot is told of with another dossier",
        "terms.species, terms.unit, terms.dossier);",
        "terms.species, terms.unit, terms.site);",
    ),
    (
        "an unknown lot is closed",
        "Lot storage lot = _known(lotId);\n        _onlyRegistrarOf",
        "Lot storage lot = _lots[lotId];\n        _onlyRegistrarOf",
    ),
    (
        "anybody closes a lot",
        "_onlyRegistrarOf(lotId.programmeOf());\n        if (lot.isClosed)",
        "if (lot.isClosed)",
    ),
    ("a lot is closed again", "if (lot.isClosed) revert LotIsClosed(lotId);", ""),
    ("closing is not kept", "lot.isClosed = true;", ""),
    ("closing is not told of", "emit LotClosed(lotId);", ""),
    (
        "the cap shown is the endorsed",
        "return _cap(_lots[lotId]);",
        "return _lots[lotId].endorsed;",
    ),
    ("there is never a deficit", "lot.minted > cap ? lot.minted - cap : 0", "0"),
    ("the deficit is all that is minted", "lot.minted - cap : 0", "lot.minted : 0"),
    (
        "a programme not opened has a registrar",
        "if (programmeCode[programme] == 0) revert ProgrammeUnknown(programme);",
        "",
    ),
    ("anybody registers", "_checkRole(registrarOf(programme));", ""),
    ("an unknown lot is known", "if (lot.terms.unit == Unit.NONE) revert LotUnknown(lotId);", ""),
    ("an acceptance changes no cap", "lot.isAccepted ? lot.accepted", "false ? lot.accepted"),
    (
        "accepting none leaves the endorsed cap",
        "lot.isAccepted ? lot.accepted",
        "lot.accepted != 0 ? lot.accepted",
    ),
    (
        "the larger count is the cap",
        "lot.isAccepted ? lot.accepted",
        "lot.accepted > lot.endorsed ? lot.accepted",
    ),
    (
        "a lot has any year",
        "if (!terms.year.isPlantingYear()) revert YearOutOfRange(terms.year);",
        "",
    ),
    ("a lot has no site", "terms.site == 0 || ", ""),
    ("a lot has no species", "terms.species == 0 || ", ""),
    ("a lot has no dossier", " || terms.dossier == 0", ""),
    ("a lot has no unit", "if (terms.unit == Unit.NONE) revert ZeroValue();", ""),
)
