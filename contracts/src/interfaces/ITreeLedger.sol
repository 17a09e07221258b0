// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedgerErrors } from "./ITreeLedgerErrors.sol";
import { ITreeLedgerEvents } from "./ITreeLedgerEvents.sol";

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
interface ITreeLedger is ITreeLedgerEvents, ITreeLedgerErrors {
    // -------------------------------------------------------------------- acts

    /// @notice Admin: let a tenant open lots. Once.
    /// @param programme Its number, as in lot ids.
    /// @param code Its ASCII code, left-aligned.
    function openProgramme(uint32 programme, bytes32 code) external;

    /// @notice Registrar of the programme: open a lot. Once, and its terms never change.
    /// @param lot programme << 32 | lot number
    /// @param terms What it is.
    function openLot(uint64 lot, Terms calldata terms) external;

    /// @notice Registrar of the programme: nothing more is minted into the lot.
    /// @param lot Lot id.
    function closeLot(uint64 lot) external;

    /// @notice Anybody: submit an inspector's signed statement. An endorsement is dated before the
    /// planting year ends; an acceptance after it begins, and needs an endorsement; a survey needs
    /// an acceptance. An acceptance below what is minted is taken: the lot is then in deficit.
    /// @param statement What was signed.
    /// @param inspector Who signed it: an address, or a contract that signs by EIP-1271.
    /// @param signature 65-byte ECDSA, or what the inspector's contract asks for.
    /// @return id The statement's EIP-712 digest.
    function state(Statement calldata statement, address inspector, bytes calldata signature)
        external
        returns (bytes32 id);

    /// @notice Minter of the programme: record the lot's next units. The batch's root is rebuilt here.
    /// @param lot Lot id.
    /// @param firstSerial The serial that the caller expects to be next: a repeat is refused.
    /// @param holders 20 bytes a record, 1 to 6,500 records.
    /// @return root The batch's Merkle root.
    function mint(uint64 lot, uint32 firstSerial, bytes calldata holders)
        external
        returns (bytes32 root);

    /// @notice Revoker of the programme: take records back, for good. A claimed one keeps its claim.
    /// @param treeIds The records: all are taken back or none is. Neighbours cost least.
    /// @param reason Why; neither NONE nor REPLACED.
    function revoke(uint96[] calldata treeIds, Reason reason) external;

    /// @notice Revoker of the programme: revoke one record and link it to another of the programme.
    /// @param oldTreeId The one revoked.
    /// @param newTreeId A live record that replaces no other.
    function replace(uint96 oldTreeId, uint96 newTreeId) external;

    /// @notice Registry: use records up for one fulfilment certificate. Only trees, and live ones.
    /// @param commitment Salted commitment to the certificate.
    /// @param treeIds The records: all are used up or none is.
    function claim(bytes32 commitment, uint96[] calldata treeIds) external;

    /// @notice Registry: undo claims.
    /// @param treeIds The records: all are released or none is.
    function release(uint96[] calldata treeIds) external;

    /// @notice Mirror: anchor a feed's tree head. A size never shrinks; a root changes only with it.
    /// @param feed Its name.
    /// @param size Entries in the feed.
    /// @param root Root over them.
    function anchor(bytes32 feed, uint64 size, bytes32 root) external;

    /// @notice Registrar of the programme: add a key that may sign credentials from `from` on.
    /// @param programme Its number.
    /// @param keyId The key's name in the programme: never used twice.
    /// @param publicKey Its bytes.
    /// @param from Unix seconds; may lie in the past.
    function setIssuerKey(uint32 programme, bytes32 keyId, bytes calldata publicKey, uint64 from)
        external;

    /// @notice Registrar of the programme: the key signs nothing dated at or after `until`.
    /// That day may be brought forward later, since a key may leak before it; it is never put off.
    /// @param programme Its number.
    /// @param keyId The key's name.
    /// @param until Unix seconds.
    function retireIssuerKey(uint32 programme, bytes32 keyId, uint64 until) external;

    /// @notice Admin: name the next contract, once.
    /// @param next Its address.
    function nameSuccessor(address next) external;

    /// @notice Pauser: stop minting. Everything else goes on.
    function pause() external;

    /// @notice Pauser: let minting go on.
    function unpause() external;

    // ------------------------------------------------------------------- views

    /// @notice Whether `word` is a record of the batch that `firstSerial` of its lot names.
    /// Says nothing of revocation: see {status}.
    /// @param word The record.
    /// @param firstSerial Serial of the batch's first record.
    /// @param proof The siblings from the record's leaf up to the root, the lowest first.
    /// @return Whether the proof leads to the batch's root; false where there is no such batch.
    function verify(bytes32 word, uint32 firstSerial, bytes32[] calldata proof)
        external
        view
        returns (bool);

    /// @notice A batch's root.
    /// @param firstTreeId Tree id of its first record.
    /// @return The root; zero where no batch begins there.
    function rootOf(uint96 firstTreeId) external view returns (bytes32);

    /// @notice What has happened to a record.
    /// @param treeId Its name: programme << 64 | lot number << 32 | serial.
    /// @return All zeros where it was never minted.
    function status(uint96 treeId) external view returns (RecordStatus memory);

    /// @notice All that is held of a lot.
    /// @param lot Lot id.
    /// @return All zeros where it is not opened.
    function lotOf(uint64 lot) external view returns (Lot memory);

    /// @notice How many the lot may hold: accepted once there is an acceptance, else endorsed.
    /// @param lot Lot id.
    /// @return In the lot's unit.
    function capOf(uint64 lot) external view returns (uint32);

    /// @notice By how many the lot's minted records exceed its cap.
    /// @param lot Lot id.
    /// @return In the lot's unit; zero where they do not.
    function deficitOf(uint64 lot) external view returns (uint32);

    /// @notice A lot's newest statement of a stage. The older ones are found by what each supersedes.
    /// @param lot Lot id.
    /// @param stage What is stated.
    /// @return Its EIP-712 digest; zero for none.
    function statementOf(uint64 lot, Stage stage) external view returns (bytes32);

    /// @notice The nonce of an inspector's next statement.
    /// @param inspector Who signs.
    /// @return How many of his statements were taken in.
    function nonceOf(address inspector) external view returns (uint64);

    /// @notice A programme's code.
    /// @param programme Its number.
    /// @return ASCII, left-aligned; zero where it is not opened.
    function programmeCode(uint32 programme) external view returns (bytes32);

    /// @notice Everything ever counted in a unit.
    /// @param unit What is counted.
    /// @return Minted and revoked.
    function totals(Unit unit) external view returns (Totals memory);

    /// @notice Everything of a programme that is counted in a unit.
    /// @param programme Its number.
    /// @param unit What is counted.
    /// @return Minted and revoked.
    function totalsOfProgramme(uint32 programme, Unit unit) external view returns (Totals memory);

    /// @notice Everything of a site and planting year that is counted in a unit.
    /// @param site Its code, as in the lots' terms.
    /// @param year Planting year.
    /// @param unit What is counted.
    /// @return Minted and revoked.
    function totalsOfSite(bytes32 site, uint16 year, Unit unit)
        external
        view
        returns (Totals memory);

    /// @notice Everything of a species that is counted in a unit.
    /// @param species Its code, as in the lots' terms.
    /// @param unit What is counted.
    /// @return Minted and revoked.
    function totalsOfSpecies(bytes16 species, Unit unit) external view returns (Totals memory);

    /// @notice Everything of a planting year that is counted in a unit.
    /// @param year Planting year.
    /// @param unit What is counted.
    /// @return Minted and revoked.
    function totalsOfYear(uint16 year, Unit unit) external view returns (Totals memory);

    /// @notice A feed's newest head.
    /// @param feed Its name.
    /// @return size Entries; zero for none.
    /// @return root Root over them; zero for none.
    function feedHead(bytes32 feed) external view returns (uint64 size, bytes32 root);

    /// @notice A key that signs or signed a programme's credentials.
    /// @param programme Its number.
    /// @param keyId The key's name.
    /// @return All zeros where it is not set.
    function issuerKey(uint32 programme, bytes32 keyId) external view returns (IssuerKey memory);

    /// @notice The contract before this one.
    /// @return Its address; zero for the first.
    function predecessor() external view returns (address);

    /// @notice The contract after this one.
    /// @return Its address; zero while it is not named.
    function successor() external view returns (address);

    // ------------------------------------------------------------------- roles

    /// @notice Who opens a programme's lots: keccak256(abi.encode("treering/registrar", programme)).
    /// @param programme Its number.
    /// @return role For OpenZeppelin's AccessControl.
    function registrarOf(uint32 programme) external pure returns (bytes32 role);

    /// @notice Who mints into a programme's lots: keccak256(abi.encode("treering/minter", programme)).
    /// @param programme Its number.
    /// @return role For OpenZeppelin's AccessControl.
    function minterOf(uint32 programme) external pure returns (bytes32 role);

    /// @notice Who takes a programme's records back: keccak256(abi.encode("treering/revoker", programme)).
    /// @param programme Its number.
    /// @return role For OpenZeppelin's AccessControl.
    function revokerOf(uint32 programme) external pure returns (bytes32 role);
}
