// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedger } from "../interfaces/ITreeLedger.sol";
import { Season } from "../libraries/Season.sol";
import { TreeId } from "../libraries/TreeId.sol";
import { Duties } from "./Duties.sol";

/// @title Lots
/// @notice Programmes and their lots: opened once, and their terms never change.
abstract contract Lots is Duties {
    using TreeId for uint64;
    using Season for uint16;

    /// @inheritdoc ITreeLedger
    mapping(uint32 programme => bytes32 code) public programmeCode;

    mapping(uint64 lotId => Lot lot) internal _lots;

    /// @inheritdoc ITreeLedger
    function openProgramme(uint32 programme, bytes32 code) external onlyRole(DEFAULT_ADMIN_ROLE) {
        if (code == 0) revert ZeroValue();
        if (programmeCode[programme] != 0) revert ProgrammeExists(programme);
        programmeCode[programme] = code;
        _openRoles(programme);
        emit ProgrammeOpened(programme, code);
    }

    /// @inheritdoc ITreeLedger
    function openLot(uint64 lotId, Terms calldata terms) external {
        _onlyRegistrarOf(lotId.programmeOf());
        _checkTerms(terms);
        Lot storage lot = _lots[lotId];
        if (lot.terms.unit != Unit.NONE) revert LotExists(lotId);
        lot.terms = terms;
        emit LotOpened(lotId, terms.site, terms.year, terms.species, terms.unit, terms.dossier);
    }

    /// @inheritdoc ITreeLedger
    function closeLot(uint64 lotId) external {
        Lot storage lot = _known(lotId);
        _onlyRegistrarOf(lotId.programmeOf());
        if (lot.isClosed) revert LotIsClosed(lotId);
        lot.isClosed = true;
        emit LotClosed(lotId);
    }

    /// @inheritdoc ITreeLedger
    function lotOf(uint64 lotId) external view returns (Lot memory) {
        return _lots[lotId];
    }

    /// @inheritdoc ITreeLedger
    function capOf(uint64 lotId) external view returns (uint32) {
        return _cap(_lots[lotId]);
    }

    /// @inheritdoc ITreeLedger
    function deficitOf(uint64 lotId) external view returns (uint32) {
        Lot storage lot = _lots[lotId];
        uint32 cap = _cap(lot);
        return lot.minted > cap ? lot.minted - cap : 0;
    }

    function _onlyRegistrarOf(uint32 programme) internal view {
        if (programmeCode[programme] == 0) revert ProgrammeUnknown(programme);
        _checkRole(registrarOf(programme));
    }

    function _known(uint64 lotId) internal view returns (Lot storage lot) {
        lot = _lots[lotId];
        if (lot.terms.unit == Unit.NONE) revert LotUnknown(lotId);
    }

    function _cap(Lot storage lot) internal view returns (uint32) {
        return lot.isAccepted ? lot.accepted : lot.endorsed;
    }

    function _checkTerms(Terms calldata terms) private pure {
        if (!terms.year.isPlantingYear()) revert YearOutOfRange(terms.year);
        if (terms.site == 0 || terms.species == 0 || terms.dossier == 0) revert ZeroValue();
        if (terms.unit == Unit.NONE) revert ZeroValue();
    }
}
