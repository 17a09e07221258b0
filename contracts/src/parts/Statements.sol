// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedger } from "../interfaces/ITreeLedger.sol";
import { Season } from "../libraries/Season.sol";
import { Lots } from "./Lots.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { SignatureChecker } from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title Statements
/// @notice What inspectors say of lots, signed by them and brought here by anybody.
abstract contract Statements is Lots, EIP712 {
    bytes32 private constant STATEMENT_TYPEHASH = keccak256(
        "Statement(uint64 lot,uint8 stage,uint32 count,uint64 inspectedAt,bytes32 report,"
        "bytes32 supersedes,uint64 nonce,uint64 deadline)"
    );

    /// @inheritdoc ITreeLedger
    mapping(uint64 lotId => mapping(Stage stage => bytes32 id)) public statementOf;

    /// @inheritdoc ITreeLedger
    mapping(address inspector => uint64 nonce) public nonceOf;

    /// @inheritdoc ITreeLedger
    function state(Statement calldata statement, address inspector, bytes calldata signature)
        external
        returns (bytes32 id)
    {
        Lot storage lot = _known(statement.lot);
        _checkRole(INSPECTOR, inspector);
        _checkDates(statement, lot.terms.year);
        _checkStage(statement);
        _checkOrder(statement, inspector);
        id = _hashTypedDataV4(keccak256(abi.encode(STATEMENT_TYPEHASH, statement)));
        if (!SignatureChecker.isValidSignatureNowCalldata(inspector, id, signature)) {
            revert BadSignature(inspector);
        }

        ++nonceOf[inspector];
        statementOf[statement.lot][statement.stage] = id;
        uint32 oldCount = _replaceCount(lot, statement.stage, statement.count);
        _emitStated(statement, inspector, id, oldCount);
    }

    function _checkDates(Statement calldata statement, uint16 year) private view {
        uint64 date = statement.inspectedAt;
        if (statement.report == 0 || date == 0) revert ZeroValue();
        // forge-lint: disable-start(block-timestamp): seconds do not matter where days do
        if (block.timestamp > statement.deadline) revert StatementExpired(statement.deadline);
        if (date > block.timestamp) revert StatementInFuture(date);
        // forge-lint: disable-end(block-timestamp)
        bool inSeason = statement.stage == Stage.ENDORSEMENT
            ? date < Season.endOf(year)
            : date >= Season.startOf(year);
        if (!inSeason) revert StatementOutOfSeason(statement.lot, statement.stage, date);
    }

    function _checkStage(Statement calldata statement) private view {
        mapping(Stage => bytes32) storage newest = statementOf[statement.lot];
        if (statement.stage == Stage.NONE) revert ZeroValue();
        if (statement.stage == Stage.ACCEPTANCE && newest[Stage.ENDORSEMENT] == 0) {
            revert NotEndorsed(statement.lot);
        }
        if (statement.stage == Stage.SURVEY && newest[Stage.ACCEPTANCE] == 0) {
            revert NotAccepted(statement.lot);
        }
    }

    function _checkOrder(Statement calldata statement, address inspector) private view {
        bytes32 newest = statementOf[statement.lot][statement.stage];
        if (statement.supersedes != newest) {
            revert UnexpectedPredecessor(
                statement.lot, statement.stage, newest, statement.supersedes
            );
        }
        uint64 nonce = nonceOf[inspector];
        if (statement.nonce != nonce) revert UnexpectedNonce(inspector, nonce, statement.nonce);
    }

    function _replaceCount(Lot storage lot, Stage stage, uint32 count)
        private
        returns (uint32 oldCount)
    {
        if (stage == Stage.ENDORSEMENT) {
            (oldCount, lot.endorsed) = (lot.endorsed, count);
        } else if (stage == Stage.ACCEPTANCE) {
            (oldCount, lot.accepted, lot.isAccepted) = (lot.accepted, count, true);
        } else {
            (oldCount, lot.surveyed, lot.isSurveyed) = (lot.surveyed, count, true);
        }
    }

    function _emitStated(
        Statement calldata statement,
        address inspector,
        bytes32 id,
        uint32 oldCount
    ) private {
        emit Stated(
            statement.lot,
            statement.stage,
            inspector,
            id,
            oldCount,
            statement.count,
            statement.inspectedAt,
            statement.report,
            statement.supersedes,
            statement.nonce
        );
    }
}
