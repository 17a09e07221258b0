// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedger } from "./interfaces/ITreeLedger.sol";
import { Tallies } from "./libraries/Tallies.sol";
import { Anchors } from "./parts/Anchors.sol";
import { Duties } from "./parts/Duties.sol";
import { Records } from "./parts/Records.sol";
import { Statements } from "./parts/Statements.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// @title TreeLedger
/// @notice See {ITreeLedger}. Nothing here can be upgraded, erased or paid; only minting pauses.
contract TreeLedger is Statements, Records, Anchors {
    address private immutable PREDECESSOR;

    /// @inheritdoc ITreeLedger
    address public successor;

    /// @param adminDelay seconds between naming a new admin and his taking over
    /// @param previous the contract before this one; zero for the first
    constructor(uint48 adminDelay, address admin, address previous)
        Duties(adminDelay, admin)
        EIP712("Treering", "1")
    {
        PREDECESSOR = previous;
    }

    /// @inheritdoc ITreeLedger
    function nameSuccessor(address next) external onlyRole(DEFAULT_ADMIN_ROLE) {
        if (next == address(0)) revert ZeroValue();
        if (successor != address(0)) revert SuccessorExists(successor);
        successor = next;
        emit SuccessorNamed(next);
    }

    /// @inheritdoc ITreeLedger
    function pause() external onlyRole(PAUSER) {
        _pause();
    }

    /// @inheritdoc ITreeLedger
    function unpause() external onlyRole(PAUSER) {
        _unpause();
    }

    /// @inheritdoc ITreeLedger
    function predecessor() external view returns (address) {
        return PREDECESSOR;
    }

    /// @inheritdoc ITreeLedger
    function totals(Unit unit) external view returns (Totals memory) {
        return _tallies.totals[Tallies.ofUnit(unit)];
    }

    /// @inheritdoc ITreeLedger
    function totalsOfProgramme(uint32 programme, Unit unit) external view returns (Totals memory) {
        return _tallies.totals[Tallies.ofProgramme(programme, unit)];
    }

    /// @inheritdoc ITreeLedger
    function totalsOfSite(bytes32 site, uint16 year, Unit unit)
        external
        view
        returns (Totals memory)
    {
        return _tallies.totals[Tallies.ofSite(site, year, unit)];
    }

    /// @inheritdoc ITreeLedger
    function totalsOfSpecies(bytes16 species, Unit unit) external view returns (Totals memory) {
        return _tallies.totals[Tallies.ofSpecies(species, unit)];
    }

    /// @inheritdoc ITreeLedger
    function totalsOfYear(uint16 year, Unit unit) external view returns (Totals memory) {
        return _tallies.totals[Tallies.ofYear(year, unit)];
    }
}
