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

/// @notice Whatever was counted before and however many units are added: each of the lot's five
/// counters grows by them, or all is refused; minting changes no other counter.
contract TalliesSymbolic is Symbolic {
    AnyBook internal book = new AnyBook();

    function setUp() public {
        svm.enableSymbolicStorage(address(book));
    }

    function check_addMinted_addsToAllOfTheUnit(uint32 programme, uint64 units) public {
        _addsMinted(programme, units, 0);
    }

    function check_addMinted_addsToTheProgramme(uint32 programme, uint64 units) public {
        _addsMinted(programme, units, 1);
    }

    function check_addMinted_addsToTheSite(uint32 programme, uint64 units) public {
        _addsMinted(programme, units, 2);
    }

    function check_addMinted_addsToTheSpecies(uint32 programme, uint64 units) public {
        _addsMinted(programme, units, 3);
    }

    function check_addMinted_addsToTheYear(uint32 programme, uint64 units) public {
        _addsMinted(programme, units, 4);
    }

    function check_addRevoked_addsToAllOfTheUnit(uint32 programme, uint64 units) public {
        _addsRevoked(programme, units, 0);
    }

    function check_addRevoked_addsToTheProgramme(uint32 programme, uint64 units) public {
        _addsRevoked(programme, units, 1);
    }

    function check_addRevoked_addsToTheSite(uint32 programme, uint64 units) public {
        _addsRevoked(programme, units, 2);
    }

    function check_addRevoked_addsToTheSpecies(uint32 programme, uint64 units) public {
        _addsRevoked(programme, units, 3);
    }

    function check_addRevoked_addsToTheYear(uint32 programme, uint64 units) public {
        _addsRevoked(programme, units, 4);
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

    /// @notice Of the five counters, in the order of {_keys}, the one at `place`.
    function _addsMinted(uint32 programme, uint64 units, uint256 place) private {
        bytes32 key = _keys(programme)[place];
        ITreeLedgerTypes.Totals memory before = book.totals(key);
        book.addMinted(programme, units);
        ITreeLedgerTypes.Totals memory after_ = book.totals(key);
        assert(after_.minted == uint256(before.minted) + units);
        assert(after_.revoked == before.revoked);
    }

    function _addsRevoked(uint32 programme, uint64 units, uint256 place) private {
        bytes32 key = _keys(programme)[place];
        ITreeLedgerTypes.Totals memory before = book.totals(key);
        book.addRevoked(programme, units);
        ITreeLedgerTypes.Totals memory after_ = book.totals(key);
        assert(after_.revoked == uint256(before.revoked) + units);
        assert(after_.minted == before.minted);
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
