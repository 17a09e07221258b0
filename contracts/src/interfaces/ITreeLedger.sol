// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title ITreeLedger
/// @notice Redeemed trees, recorded for good. Inspectors say how many units a lot may hold, minters
/// record redeemed units up to that cap, and anybody can recount everything from the events alone.
///
/// A *record* is one 32-byte word: programme (4 bytes), lot number (4), serial (4), holder (20).
/// The *lot id* is the word's first 8 bytes, the *tree id* its first 12. A *batch* is consecutive
/// records of one lot, minted by one call and named by the tree id of its first record.
///
///   leaf = keccak256(word)                    32 bytes hashed
///   node = keccak256(min(a, b) ‖ max(a, b))   64 bytes hashed: a node can never pass for a leaf
///   an odd node moves up unchanged            OpenZeppelin's MerkleProof verifies the proofs
interface ITreeLedger {
    /// @notice What a lot is counted in. Only TREE is ever summed as trees.
    enum Unit {
        NONE,
        TREE,
        PLANT,
        M2
    }

    /// @notice What an inspector states: how many a lot may hold, stand planted, are alive.
    enum Stage {
        NONE,
        ENDORSEMENT,
        ACCEPTANCE,
        SURVEY
    }

    /// @notice Why a record was taken back.
    enum Reason {
        NONE,
        ERROR,
        FRAUD,
        DUPLICATE,
        NOT_PLANTED,
        HOLDER_REQUEST,
        REPLACED
    }

    /// @notice What a lot is, fixed for good when it is opened.
    /// @param site ASCII code of the piece of land or sea, left-aligned: adcode, slash, project, such as "150000/277".
    /// @param species ASCII code, left-aligned, such as "SAXAUL".
    /// @param year Planting year, 1981 to 9998.
    /// @param dossier keccak256 of the lot's published description.
    struct Terms {
        bytes32 site;
        bytes16 species;
        uint16 year;
        Unit unit;
        bytes32 dossier;
    }

    /// @notice An inspector's signed statement (EIP-712, domain "Treering", version "1").
    /// @param inspectedAt Unix seconds of the inspection.
    /// @param report keccak256 of the inspector's report.
    /// @param supersedes Digest of the lot's newest statement of this stage; zero for the first.
    /// @param nonce The inspector's next nonce, from 0 without a gap.
    /// @param deadline Unix seconds after which the statement may no longer be submitted.
    struct Statement {
        uint64 lot;
        Stage stage;
        uint32 count;
        uint64 inspectedAt;
        bytes32 report;
        bytes32 supersedes;
        uint64 nonce;
        uint64 deadline;
    }

    /// @notice All that the contract holds of a lot.
    /// @param isAccepted Whether there is an acceptance; zero may be accepted.
    struct Lot {
        Terms terms;
        uint32 endorsed;
        uint32 accepted;
        uint32 surveyed;
        uint32 minted;
        uint32 revoked;
        bool isAccepted;
        bool isSurveyed;
        bool isClosed;
    }

    /// @notice Units counted over lots. live = minted - revoked.
    struct Totals {
        uint64 minted;
        uint64 revoked;
    }

    /// @notice What the contract holds of one record beside its leaf.
    /// @param replacedBy Tree id of the successor plus one; zero for none.
    /// @param replaces Tree id of the predecessor plus one; zero for none.
    /// @param claim Salted commitment to the fulfilment certificate it was used for; zero for none.
    struct RecordStatus {
        bool isMinted;
        Reason revoked;
        uint96 replacedBy;
        uint96 replaces;
        bytes32 claim;
    }

    /// @notice A key that signs a programme's credentials. `until` is zero while it is not retired.
    struct IssuerKey {
        bytes publicKey;
        uint64 from;
        uint64 until;
    }

    // ------------------------------------------------------------------ events
    // Every change has exactly one event; the events alone rebuild the whole state.

    /// @notice A tenant may open lots from now on.
    event ProgrammeOpened(uint32 indexed programme, bytes32 code);

    /// @notice A lot exists from now on; its terms never change.
    event LotOpened(
        uint64 indexed lot,
        bytes32 indexed site,
        uint16 indexed year,
        bytes16 species,
        Unit unit,
        bytes32 dossier
    );

    /// @notice Nothing more is minted into the lot.
    event LotClosed(uint64 indexed lot);

    /// @notice An inspector's statement was taken in. `id` is its EIP-712 digest.
    event Stated(
        uint64 indexed lot,
        Stage indexed stage,
        address indexed inspector,
        bytes32 id,
        uint32 oldCount,
        uint32 newCount,
        uint64 inspectedAt,
        bytes32 report,
        bytes32 supersedes,
        uint64 nonce
    );

    /// @notice `holders.length / 20` records were minted, from `firstSerial` on.
    event BatchMinted(
        uint64 indexed lot, uint32 indexed firstSerial, bytes32 indexed root, bytes holders
    );

    /// @notice A record left the live count. It stays in the minted count.
    event RecordRevoked(uint96 indexed treeId, Reason reason);

    /// @notice A record was revoked, and its holder holds `newTreeId` instead.
    event RecordReplaced(uint96 indexed oldTreeId, uint96 indexed newTreeId);

    /// @notice A record was used up for a fulfilment certificate.
    event RecordClaimed(uint96 indexed treeId, bytes32 indexed commitment);

    /// @notice A claim was undone: the record may be claimed again.
    event ClaimReleased(uint96 indexed treeId, bytes32 indexed commitment);

    /// @notice A feed's newest tree head.
    event FeedAnchored(
        bytes32 indexed feed, uint64 oldSize, bytes32 oldRoot, uint64 newSize, bytes32 newRoot
    );

    /// @notice A programme's credentials may be signed by this key from `from` (Unix seconds) on.
    event IssuerKeySet(
        uint32 indexed programme, bytes32 indexed keyId, bytes publicKey, uint64 from
    );

    /// @notice Credentials dated at or after `until` (Unix seconds) are not this key's.
    event IssuerKeyRetired(uint32 indexed programme, bytes32 indexed keyId, uint64 until);

    /// @notice The next contract, named once.
    event SuccessorNamed(address indexed successor);

    // ------------------------------------------------------------------ errors

    /// @notice A value that must be given is zero, or a list is empty.
    error ZeroValue();
    error ProgrammeExists(uint32 programme);
    error ProgrammeUnknown(uint32 programme);
    error LotExists(uint64 lot);
    error LotUnknown(uint64 lot);
    error LotIsClosed(uint64 lot);
    error YearOutOfRange(uint16 year);

    /// @notice One address may hold only one of the duties: inspect, register, mint.
    error DutiesConflict(address account);

    /// @notice The role is none of ours, or its programme is not opened.
    error RoleUnknown(bytes32 role);

    error StatementExpired(uint64 deadline);
    error StatementInFuture(uint64 inspectedAt);
    error StatementOutOfSeason(uint64 lot, Stage stage, uint64 inspectedAt);
    error NotEndorsed(uint64 lot);
    error NotAccepted(uint64 lot);
    error UnexpectedNonce(address inspector, uint64 expected, uint64 given);
    error UnexpectedPredecessor(uint64 lot, Stage stage, bytes32 expected, bytes32 given);
    error BadSignature(address inspector);

    error UnexpectedSerial(uint64 lot, uint32 expected, uint32 given);
    error RaggedHolders(uint256 length);
    error BatchSizeOutOfRange(uint256 size, uint256 limit);
    error CapExceeded(uint64 lot, uint32 cap, uint256 wanted);

    error RecordUnknown(uint96 treeId);
    error RecordIsRevoked(uint96 treeId);
    error RecordIsClaimed(uint96 treeId);
    error RecordNotClaimed(uint96 treeId);
    error RecordIsSuccessor(uint96 treeId);

    /// @notice A record is replaced within its programme only.
    error OtherProgramme(uint96 treeId);

    error NotATree(uint96 treeId);
    error ReasonMissing();

    error FeedShrinks(bytes32 feed, uint64 size, uint64 given);
    error FeedRootChanges(bytes32 feed, uint64 size);
    error KeyExists(uint32 programme, bytes32 keyId);
    error KeyUnknown(uint32 programme, bytes32 keyId);
    error KeyIsRetired(uint32 programme, bytes32 keyId);
    error SuccessorExists(address successor);

    // -------------------------------------------------------------------- acts

    /// @notice Admin: let a tenant open lots. Once.
    function openProgramme(uint32 programme, bytes32 code) external;

    /// @notice Registrar of the programme: open a lot. Once, and its terms never change.
    /// @param lot programme << 32 | lot number
    function openLot(uint64 lot, Terms calldata terms) external;

    /// @notice Registrar of the programme: nothing more is minted into the lot.
    function closeLot(uint64 lot) external;

    /// @notice Anybody: submit an inspector's signed statement. An endorsement is dated before the
    /// planting year ends; an acceptance after it begins, and needs an endorsement; a survey needs
    /// an acceptance. An acceptance below what is minted is taken: the lot is then in deficit.
    /// @param signature 65-byte ECDSA, or EIP-1271 where the inspector is a contract
    function state(Statement calldata statement, address inspector, bytes calldata signature)
        external
        returns (bytes32 id);

    /// @notice Minter of the programme: record the lot's next units. The batch's root is rebuilt here.
    /// @param firstSerial the serial that the caller expects to be next: a repeat is refused
    /// @param holders 20 bytes a record, 1 to 6,500 records
    function mint(uint64 lot, uint32 firstSerial, bytes calldata holders)
        external
        returns (bytes32 root);

    /// @notice Revoker of the programme: take records back, for good. A claimed one keeps its claim.
    function revoke(uint96[] calldata treeIds, Reason reason) external;

    /// @notice Revoker of the programme: revoke one record and link it to another of the programme.
    function replace(uint96 oldTreeId, uint96 newTreeId) external;

    /// @notice Registry: use records up for one fulfilment certificate. Only trees, and live ones.
    function claim(bytes32 commitment, uint96[] calldata treeIds) external;

    /// @notice Registry: undo a claim.
    function release(uint96[] calldata treeIds) external;

    /// @notice Mirror: anchor a feed's tree head. A size never shrinks; a root changes only with it.
    function anchor(bytes32 feed, uint64 size, bytes32 root) external;

    /// @notice Registrar of the programme: add a key that may sign credentials from `from` on.
    function setIssuerKey(uint32 programme, bytes32 keyId, bytes calldata publicKey, uint64 from)
        external;

    /// @notice Registrar of the programme: the key signs nothing dated at or after `until`.
    /// That day may be brought forward later, since a key may leak before it; it is never put off.
    function retireIssuerKey(uint32 programme, bytes32 keyId, uint64 until) external;

    /// @notice Admin: name the next contract, once.
    function nameSuccessor(address successor) external;

    /// @notice Pauser: stop minting. Everything else goes on.
    function pause() external;

    /// @notice Pauser: let minting go on.
    function unpause() external;

    // ------------------------------------------------------------------- views

    /// @notice Whether `word` is a record of the batch that `firstSerial` of its lot names.
    /// Says nothing of revocation: see {status}.
    function verify(bytes32 word, uint32 firstSerial, bytes32[] calldata proof)
        external
        view
        returns (bool);

    /// @notice The root of the batch whose first record has this tree id; zero for none.
    function rootOf(uint96 firstTreeId) external view returns (bytes32);

    function status(uint96 treeId) external view returns (RecordStatus memory);
    function lotOf(uint64 lot) external view returns (Lot memory);

    /// @notice How many the lot may hold: accepted once there is an acceptance, else endorsed.
    function capOf(uint64 lot) external view returns (uint32);

    /// @notice By how many the lot's minted records exceed its cap.
    function deficitOf(uint64 lot) external view returns (uint32);

    /// @notice Digest of the lot's newest statement of this stage; zero for none.
    function statementOf(uint64 lot, Stage stage) external view returns (bytes32);
    function nonceOf(address inspector) external view returns (uint64);
    function programmeCode(uint32 programme) external view returns (bytes32);

    function totals(Unit unit) external view returns (Totals memory);
    function totalsOfProgramme(uint32 programme, Unit unit) external view returns (Totals memory);
    function totalsOfSite(bytes32 site, uint16 year, Unit unit)
        external
        view
        returns (Totals memory);
    function totalsOfSpecies(bytes16 species, Unit unit) external view returns (Totals memory);
    function totalsOfYear(uint16 year, Unit unit) external view returns (Totals memory);

    function feedHead(bytes32 feed) external view returns (uint64 size, bytes32 root);
    function issuerKey(uint32 programme, bytes32 keyId) external view returns (IssuerKey memory);
    function predecessor() external view returns (address);
    function successor() external view returns (address);

    // ------------------------------------------------------------------- roles

    /// @notice keccak256(abi.encode("treering/registrar", programme))
    function registrarOf(uint32 programme) external pure returns (bytes32 role);

    /// @notice keccak256(abi.encode("treering/minter", programme))
    function minterOf(uint32 programme) external pure returns (bytes32 role);

    /// @notice keccak256(abi.encode("treering/revoker", programme))
    function revokerOf(uint32 programme) external pure returns (bytes32 role);
}
