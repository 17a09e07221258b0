// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ITreeLedger } from "../../src/interfaces/ITreeLedger.sol";
import { ITreeLedgerTypes } from "../../src/interfaces/ITreeLedgerTypes.sol";

/// @notice EIP-712 said a second time, field by field, so that the tests do not trust the source.
library Statements {
    function digest(
        ITreeLedgerTypes.Statement memory statement,
        uint256 chainId,
        address verifyingContract
    ) internal pure returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256("Treering"),
                keccak256("1"),
                chainId,
                verifyingContract
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, _structHash(statement)));
    }

    function _structHash(ITreeLedgerTypes.Statement memory statement)
        private
        pure
        returns (bytes32)
    {
        return keccak256(
            abi.encode(
                keccak256(
                    "Statement(uint64 lot,uint8 stage,uint32 count,uint64 inspectedAt,bytes32 report,bytes32 supersedes,uint64 nonce,uint64 deadline)"
                ),
                statement.lot,
                statement.stage,
                statement.count,
                statement.inspectedAt,
                statement.report,
                statement.supersedes,
                statement.nonce,
                statement.deadline
            )
        );
    }
}

/// @notice An institute that signs with two keys together: one signature after the other.
contract Institute {
    address private immutable FIRST;
    address private immutable SECOND;

    constructor(address first, address second) {
        (FIRST, SECOND) = (first, second);
    }

    function isValidSignature(bytes32 hash, bytes calldata signatures)
        external
        view
        returns (bytes4)
    {
        bool areBoth = signatures.length == 130 && _signer(hash, signatures[:65]) == FIRST
            && _signer(hash, signatures[65:]) == SECOND;
        return areBoth ? bytes4(0x1626ba7e) : bytes4(0xffffffff);
    }

    function _signer(bytes32 hash, bytes calldata signature) private pure returns (address) {
        (bytes32 r, bytes32 s) = abi.decode(signature[:64], (bytes32, bytes32));
        return ecrecover(hash, uint8(signature[64]), r, s);
    }
}

/// @notice A contract that answers anything with the word for yes, and tries to write on the way.
contract Reentrant {
    ITreeLedger private immutable LEDGER;

    constructor(ITreeLedger ledger) {
        LEDGER = ledger;
    }

    function isValidSignature(bytes32, bytes calldata) external returns (bytes4) {
        LEDGER.pause();
        return bytes4(0x1626ba7e);
    }
}
