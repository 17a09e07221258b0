// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedgerTypes } from "../interfaces/ITreeLedgerTypes.sol";

/// @title Tallies
/// @notice The counters that an auditor compares with his own recount. Each sums one unit only, so
/// square metres never count as trees.
library Tallies {
    /// @dev What a counter counts by; the kind keeps the keys of different counters apart.
    enum Kind {
        ALL,
        PROGRAMME,
        SITE,
        SPECIES,
        YEAR
    }

    struct Book {
        mapping(bytes32 key => ITreeLedgerTypes.Totals) totals;
    }

    function ofUnit(ITreeLedgerTypes.Unit unit) internal pure returns (bytes32) {
        return keccak256(abi.encode(Kind.ALL, unit));
    }

    function ofProgramme(uint32 programme, ITreeLedgerTypes.Unit unit)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(Kind.PROGRAMME, programme, unit));
    }

    function ofSite(bytes32 site, uint16 year, ITreeLedgerTypes.Unit unit)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(Kind.SITE, site, year, unit));
    }

    function ofSpecies(bytes16 species, ITreeLedgerTypes.Unit unit)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(Kind.SPECIES, species, unit));
    }

    function ofYear(uint16 year, ITreeLedgerTypes.Unit unit) internal pure returns (bytes32) {
        return keccak256(abi.encode(Kind.YEAR, year, unit));
    }

    /// @notice Count `units` more as minted, in each counter of a lot with these terms.
    function addMinted(
        Book storage book,
        uint32 programme,
        ITreeLedgerTypes.Terms storage terms,
        uint64 units
    ) internal {
        bytes32[5] memory keys = _keys(programme, terms);
        for (uint256 i = 0; i < keys.length; ++i) {
            book.totals[keys[i]].minted += units;
        }
    }

    /// @notice Count `units` more as revoked, in each counter of a lot with these terms.
    function addRevoked(
        Book storage book,
        uint32 programme,
        ITreeLedgerTypes.Terms storage terms,
        uint64 units
    ) internal {
        bytes32[5] memory keys = _keys(programme, terms);
        for (uint256 i = 0; i < keys.length; ++i) {
            book.totals[keys[i]].revoked += units;
        }
    }

    function _keys(uint32 programme, ITreeLedgerTypes.Terms storage terms)
        private
        view
        returns (bytes32[5] memory)
    {
        ITreeLedgerTypes.Unit unit = terms.unit;
        return [
            ofUnit(unit),
            ofProgramme(programme, unit),
            ofSite(terms.site, terms.year, unit),
            ofSpecies(terms.species, unit),
            ofYear(terms.year, unit)
        ];
    }
}
