// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title ITreeLedgerTypes
/// @notice What the ledger speaks of.
interface ITreeLedgerTypes {
    /// @notice What a lot is counted in. Only TREE is ever summed as trees.
    enum Unit {
        NONE,
        TREE,
        PLANT,
        M2
    }

    /// @notice What an inspector states: how many a lot may hold, stand planted, are alive.
    enum Stage {
        NONE,
        ENDORSEMENT,
        ACCEPTANCE,
        SURVEY
    }

    /// @notice Why a record was taken back.
    enum Reason {
        NONE,
        ERROR,
        FRAUD,
        DUPLICATE,
        NOT_PLANTED,
        HOLDER_REQUEST,
        REPLACED
    }

    /// @notice What a lot is, fixed for good when it is opened.
    /// @param site ASCII code of the piece of land or sea, left-aligned: adcode, slash, project,
    /// such as "150000/277".
    /// @param species ASCII code, left-aligned, such as "SAXAUL".
    /// @param year Planting year, 1981 to 9998, in Asia/Shanghai.
    /// @param unit What the lot is counted in; never NONE.
    /// @param dossier keccak256 of the lot's published description.
    struct Terms {
        bytes32 site;
        bytes16 species;
        uint16 year;
        Unit unit;
        bytes32 dossier;
    }

    /// @notice An inspector's signed statement (EIP-712, domain "Treering", version "1").
    /// @param lot Lot id.
    /// @param stage What is stated; never NONE.
    /// @param count How many, in the lot's unit; zero may be stated.
    /// @param inspectedAt Unix seconds of the inspection.
    /// @param report keccak256 of the inspector's report.
    /// @param supersedes Digest of the lot's newest statement of this stage; zero for the first.
    /// @param nonce The inspector's next nonce, from 0 without a gap.
    /// @param deadline Unix seconds after which the statement may no longer be submitted.
    struct Statement {
        uint64 lot;
        Stage stage;
        uint32 count;
        uint64 inspectedAt;
        bytes32 report;
        bytes32 supersedes;
        uint64 nonce;
        uint64 deadline;
    }

    /// @notice All that the ledger holds of a lot; all zeros while it is not opened.
    /// @param terms What it is.
    /// @param endorsed How many it may hold, by the newest endorsement.
    /// @param accepted How many stand planted, by the newest acceptance.
    /// @param surveyed How many are alive, by the newest survey.
    /// @param minted Records minted, which is the next serial. It only grows.
    /// @param revoked How many of them were taken back. live = minted - revoked.
    /// @param isAccepted Whether there is an acceptance; zero may be accepted.
    /// @param isSurveyed Whether there is a survey; none may be alive.
    /// @param isClosed Whether nothing more is minted into it.
    struct Lot {
        Terms terms;
        uint32 endorsed;
        uint32 accepted;
        uint32 surveyed;
        uint32 minted;
        uint32 revoked;
        bool isAccepted;
        bool isSurveyed;
        bool isClosed;
    }

    /// @notice Units counted over lots. live = minted - revoked.
    /// @param minted Records minted.
    /// @param revoked How many of them were taken back.
    struct Totals {
        uint64 minted;
        uint64 revoked;
    }

    /// @notice What the ledger holds of one record beside its leaf.
    /// @param isMinted Whether there is such a record.
    /// @param revoked Why it was taken back; NONE while it is live.
    /// @param replacedBy Tree id of the successor plus one; zero for none.
    /// @param replaces Tree id of the predecessor plus one; zero for none.
    /// @param claim Salted commitment to the fulfilment certificate it was used for; zero for none.
    struct RecordStatus {
        bool isMinted;
        Reason revoked;
        uint96 replacedBy;
        uint96 replaces;
        bytes32 claim;
    }

    /// @notice A key that signs a programme's credentials; all zeros while it is not set.
    /// @param publicKey Its bytes, as the programme's credentials name it.
    /// @param from Unix seconds from which on it may sign.
    /// @param until Unix seconds from which on it no longer does; zero while it is not retired.
    struct IssuerKey {
        bytes publicKey;
        uint64 from;
        uint64 until;
    }
}
