// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedgerTypes } from "./ITreeLedgerTypes.sol";

/// @title ITreeLedgerEvents
/// @notice Every change has exactly one event, with the old value where there was one; together
/// with OpenZeppelin's of roles, admin and pause they alone rebuild the whole state.
interface ITreeLedgerEvents is ITreeLedgerTypes {
    /// @notice A tenant may open lots from now on.
    /// @param programme Its number.
    /// @param code Its ASCII code, left-aligned.
    event ProgrammeOpened(uint32 indexed programme, bytes32 code);

    /// @notice A lot exists from now on; its terms never change.
    /// @param lot Lot id.
    /// @param site See {ITreeLedgerTypes-Terms}, as for the rest.
    /// @param year Planting year.
    /// @param species Its code.
    /// @param unit What it is counted in.
    /// @param dossier keccak256 of its published description.
    event LotOpened(
        uint64 indexed lot,
        bytes32 indexed site,
        uint16 indexed year,
        bytes16 species,
        Unit unit,
        bytes32 dossier
    );

    /// @notice Nothing more is minted into the lot.
    /// @param lot Lot id.
    event LotClosed(uint64 indexed lot);

    /// @notice An inspector's statement was taken in.
    /// @param lot Lot id.
    /// @param stage What is stated.
    /// @param inspector Who signed it.
    /// @param id Its EIP-712 digest.
    /// @param oldCount What the lot's newest statement of this stage said before; zero for the first.
    /// @param newCount What it says now.
    /// @param inspectedAt Unix seconds of the inspection.
    /// @param report keccak256 of the inspector's report.
    /// @param supersedes Digest of the statement before it; zero for the first.
    /// @param nonce The inspector's number of it.
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
    /// @param lot Lot id.
    /// @param firstSerial The first one's serial: how many the lot held before.
    /// @param root The batch's Merkle root, rebuilt from the holders.
    /// @param holders 20 bytes a record, in the order of the serials.
    event BatchMinted(
        uint64 indexed lot, uint32 indexed firstSerial, bytes32 indexed root, bytes holders
    );

    /// @notice A record left the live count. It stays in the minted count.
    /// @param treeId The record's name.
    /// @param reason Why; before it was NONE.
    event RecordRevoked(uint96 indexed treeId, Reason reason);

    /// @notice A record was revoked, and its holder holds another instead.
    /// @param oldTreeId The one revoked.
    /// @param newTreeId The one that replaces it.
    event RecordReplaced(uint96 indexed oldTreeId, uint96 indexed newTreeId);

    /// @notice A record was used up for a fulfilment certificate.
    /// @param treeId The record's name.
    /// @param commitment Salted commitment to the certificate.
    event RecordClaimed(uint96 indexed treeId, bytes32 indexed commitment);

    /// @notice A claim was undone: the record may be claimed again.
    /// @param treeId The record's name.
    /// @param commitment The claim that stood.
    event ClaimReleased(uint96 indexed treeId, bytes32 indexed commitment);

    /// @notice A feed has a new tree head.
    /// @param feed Its name.
    /// @param oldSize Entries before; zero for the first head.
    /// @param oldRoot Root before; zero for the first head.
    /// @param newSize Entries now.
    /// @param newRoot Root now.
    event FeedAnchored(
        bytes32 indexed feed, uint64 oldSize, bytes32 oldRoot, uint64 newSize, bytes32 newRoot
    );

    /// @notice A programme's credentials may be signed by this key.
    /// @param programme Its number.
    /// @param keyId The key's name in the programme.
    /// @param publicKey Its bytes.
    /// @param from Unix seconds from which on it may sign.
    event IssuerKeySet(
        uint32 indexed programme, bytes32 indexed keyId, bytes publicKey, uint64 from
    );

    /// @notice Credentials dated at or after `newUntil` are not this key's.
    /// @param programme Its number.
    /// @param keyId The key's name in the programme.
    /// @param oldUntil Unix seconds of the end that was planned before; zero for none.
    /// @param newUntil Unix seconds of its end.
    event IssuerKeyRetired(
        uint32 indexed programme, bytes32 indexed keyId, uint64 oldUntil, uint64 newUntil
    );

    /// @notice The next contract, named once.
    /// @param successor Its address.
    event SuccessorNamed(address indexed successor);
}
