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

    function terms() external view returns (ITreeLedgerTypes.Terms memory) {
        return _terms;
    }

    function totals(bytes32 key) external view returns (ITreeLedgerTypes.Totals memory) {
        return _book.totals[key];
    }
}

/// @notice Whatever was counted before and however many units are added: no counter changes but the
/// five of the lot.
contract TalliesSymbolic is Symbolic {
    AnyBook internal book = new AnyBook();

    function setUp() public {
        svm.enableSymbolicStorage(address(book));
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
