// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedgerTypes } from "./ITreeLedgerTypes.sol";

/// @title ITreeLedgerErrors
/// @notice Why an act is refused. Beside these: OpenZeppelin's of roles, admin and pause.
interface ITreeLedgerErrors is ITreeLedgerTypes {
    /// @notice A value that must be given is zero, or a list is empty.
    error ZeroValue();

    /// @notice A programme is opened once.
    /// @param programme Its number.
    error ProgrammeExists(uint32 programme);

    /// @notice The programme is not opened.
    /// @param programme Its number.
    error ProgrammeUnknown(uint32 programme);

    /// @notice A lot is opened once.
    /// @param lot Lot id.
    error LotExists(uint64 lot);

    /// @notice The lot is not opened.
    /// @param lot Lot id.
    error LotUnknown(uint64 lot);

    /// @notice The lot is closed.
    /// @param lot Lot id.
    error LotIsClosed(uint64 lot);

    /// @notice A planting year is 1981 to 9998.
    /// @param year The one given.
    error YearOutOfRange(uint16 year);

    /// @notice One address may hold only one of the duties: inspect, register, mint.
    /// @param account Who holds another one.
    error DutiesConflict(address account);

    /// @notice The role is none of ours, or its programme is not opened.
    /// @param role The one given.
    error RoleUnknown(bytes32 role);

    /// @notice The statement came too late.
    /// @param deadline Unix seconds until which it could be submitted.
    error StatementExpired(uint64 deadline);

    /// @notice The inspection is dated after this block.
    /// @param inspectedAt Unix seconds of it.
    error StatementInFuture(uint64 inspectedAt);

    /// @notice An endorsement is dated before the planting year ends, the others after it begins.
    /// @param lot Lot id.
    /// @param stage What is stated.
    /// @param inspectedAt Unix seconds of the inspection.
    error StatementOutOfSeason(uint64 lot, Stage stage, uint64 inspectedAt);

    /// @notice An acceptance needs an endorsement.
    /// @param lot Lot id.
    error NotEndorsed(uint64 lot);

    /// @notice A survey needs an acceptance.
    /// @param lot Lot id.
    error NotAccepted(uint64 lot);

    /// @notice The statement is a repeat, or one before it is missing.
    /// @param inspector Who signed it.
    /// @param expected His next nonce.
    /// @param given The one in the statement.
    error UnexpectedNonce(address inspector, uint64 expected, uint64 given);

    /// @notice The statement does not follow the lot's newest of its stage.
    /// @param lot Lot id.
    /// @param stage What is stated.
    /// @param expected Digest of the newest statement; zero for none.
    /// @param given The one in the statement.
    error UnexpectedPredecessor(uint64 lot, Stage stage, bytes32 expected, bytes32 given);

    /// @notice The signature is not the inspector's, or not of this statement, chain and contract.
    /// @param inspector Whose it was said to be.
    error BadSignature(address inspector);

    /// @notice The batch is a repeat, or one before it is missing.
    /// @param lot Lot id.
    /// @param expected The lot's next serial.
    /// @param given The one in the call.
    error UnexpectedSerial(uint64 lot, uint32 expected, uint32 given);

    /// @notice Holders have 20 bytes each.
    /// @param length Bytes given.
    error RaggedHolders(uint256 length);

    /// @notice A batch has 1 to `limit` records.
    /// @param size How many were given.
    /// @param limit How many there may be.
    error BatchSizeOutOfRange(uint256 size, uint256 limit);

    /// @notice The lot may not hold so many.
    /// @param lot Lot id.
    /// @param cap How many it may hold.
    /// @param wanted How many it would hold.
    error CapExceeded(uint64 lot, uint32 cap, uint256 wanted);

    /// @notice The record was never minted.
    /// @param treeId The one given.
    error RecordUnknown(uint96 treeId);

    /// @notice The record was taken back or replaced before.
    /// @param treeId The one given.
    error RecordIsRevoked(uint96 treeId);

    /// @notice The record was used up before.
    /// @param treeId The one given.
    error RecordIsClaimed(uint96 treeId);

    /// @notice There is no claim to release.
    /// @param treeId The one given.
    error RecordNotClaimed(uint96 treeId);

    /// @notice A record replaces one other at most.
    /// @param treeId The one that replaces another already.
    error RecordIsSuccessor(uint96 treeId);

    /// @notice A record is replaced within its programme only.
    /// @param treeId The one of another programme.
    error OtherProgramme(uint96 treeId);

    /// @notice Only trees are claimed.
    /// @param treeId A record of another unit.
    error NotATree(uint96 treeId);

    /// @notice Revoking needs a reason, and one other than REPLACED.
    error ReasonMissing();

    /// @notice A feed never shrinks.
    /// @param feed Its name.
    /// @param size Entries in its newest head.
    /// @param given Entries in the call.
    error FeedShrinks(bytes32 feed, uint64 size, uint64 given);

    /// @notice A feed's root changes only with its size.
    /// @param feed Its name.
    /// @param size Entries in its newest head.
    error FeedRootChanges(bytes32 feed, uint64 size);

    /// @notice A key is set once; a new one needs a name of its own.
    /// @param programme Its number.
    /// @param keyId The key's name.
    error KeyExists(uint32 programme, bytes32 keyId);

    /// @notice The key is not set.
    /// @param programme Its number.
    /// @param keyId The key's name.
    error KeyUnknown(uint32 programme, bytes32 keyId);

    /// @notice A key's end is only ever brought forward.
    /// @param programme Its number.
    /// @param keyId The key's name.
    error KeyIsRetired(uint32 programme, bytes32 keyId);

    /// @notice The next contract is named once.
    /// @param successor The one named.
    error SuccessorExists(address successor);
}
