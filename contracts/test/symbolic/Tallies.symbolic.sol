// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedgerTypes } from "../../src/interfaces/ITreeLedgerTypes.sol";
import { Tallies } from "../../src/libraries/Tallies.sol";
import { Symbolic } from "./Symbolic.sol";

/// @notice Counters and a lot of which nothing is known.
contract AnyBook {
    using Tallies for Tallies.Book;

    Tallies.Book internal _book;
    ITreeLedgerTypes.Terms internal _terms;

    function addMinted(uint32 programme, uint64 units) external {
        _book.addMinted(programme, _terms, units);
    }

    function addRevoked(uint32 programme, uint64 units) external {
        _book.addRevoked(programme, _terms, units);
    }

    function terms() external view returns (ITreeLedgerTypes.Terms memory) {
        return _terms;
    }

    function totals(bytes32 key) external view returns (ITreeLedgerTypes.Totals memory) {
        return _book.totals[key];
    }
}

/// @notice Whatever was counted before: the five counters of the lot grow by what is added or all is
/// refused, for every number of units; no other counter changes, and none wraps around.
contract TalliesSymbolic is Symbolic {
    AnyBook internal book = new AnyBook();

    function setUp() public {
        svm.enableSymbolicStorage(address(book));
    }

    function check_addMinted_addsToEachCounterOfTheLot(uint32 programme, uint64 units, uint8 which)
        public
    {
        bytes32 key = _keyAt(programme, which);
        ITreeLedgerTypes.Totals memory before = book.totals(key);
        book.addMinted(programme, units);
        ITreeLedgerTypes.Totals memory after_ = book.totals(key);
        assert(after_.minted == uint256(before.minted) + units);
        assert(after_.revoked == before.revoked);
    }

    function check_addRevoked_addsToEachCounterOfTheLot(
        uint32 programme,
        uint64 units,
        uint8 which
    ) public {
        bytes32 key = _keyAt(programme, which);
        ITreeLedgerTypes.Totals memory before = book.totals(key);
        book.addRevoked(programme, units);
        ITreeLedgerTypes.Totals memory after_ = book.totals(key);
        assert(after_.revoked == uint256(before.revoked) + units);
        assert(after_.minted == before.minted);
    }

    function check_addMinted_changesNoOtherCounter(uint32 programme, uint64 units, bytes32 other)
        public
    {
        bytes32[5] memory keys = _keys(programme);
        for (uint256 i = 0; i < 5; ++i) {
            vm.assume(keys[i] != other);
        }
        bytes32 before = keccak256(abi.encode(book.totals(other)));
        book.addMinted(programme, units);
        assert(keccak256(abi.encode(book.totals(other))) == before);
    }

    /// @notice One path for each: a place in a list must be known.
    function _keyAt(uint32 programme, uint8 which) private view returns (bytes32 key) {
        vm.assume(which < 5);
        bytes32[5] memory keys = _keys(programme);
        for (uint256 i = 0; i < 5; ++i) {
            if (i == which) key = keys[i];
        }
    }

    function _keys(uint32 programme) private view returns (bytes32[5] memory) {
        ITreeLedgerTypes.Terms memory terms = book.terms();
        return [
            Tallies.ofUnit(terms.unit),
            Tallies.ofProgramme(programme, terms.unit),
            Tallies.ofSite(terms.site, terms.year, terms.unit),
            Tallies.ofSpecies(terms.species, terms.unit),
            Tallies.ofYear(terms.year, terms.unit)
        ];
    }
}
