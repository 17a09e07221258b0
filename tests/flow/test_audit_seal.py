"""What a signed document must be before an audit or a sample is made again from it."""

import json

import pytest

from treering.errors import AuditReportUnreadable, LogsIncomplete
from treering.flow.auditing import sampling
from treering.flow.auditing import seal as audit_seal
from treering.flow.auditing.seal import differing, order_of, read


@pytest.mark.parametrize(
    "document",
    [{"format": "another"}, {}, {"format": "treering-audit-1", "contract": "0x"}],
)
def test_a_document_that_is_no_report_gives_no_order(document):
    with pytest.raises(AuditReportUnreadable):
        order_of(document)


@pytest.mark.parametrize("document", [{}, {"differences": [{}]}, {"differences": 7}])
def test_reports_without_their_parts_cannot_be_compared(document):
    with pytest.raises(AuditReportUnreadable, match="missing"):
        differing(document, document)


def test_a_file_without_end_is_no_report(tmp_path, monkeypatch):
    monkeypatch.setattr(audit_seal, "_MOST_BYTES", 3)
    path = tmp_path / "r.json"
    path.write_text(json.dumps({"signature": {}}))

    with pytest.raises(AuditReportUnreadable, match="longer than 3"):
        read(path)


@pytest.mark.parametrize("document", [None, {}, {"format": sampling.ANNOUNCED, "size": "x"}])
def test_an_announcement_without_its_parts_is_none(document):
    with pytest.raises(AuditReportUnreadable, match="missing"):
        sampling._Announcement.read(document)


class Telling:
    """A ledger at a block, whose node tells these logs."""

    def __init__(self, logs):
        self._logs = logs

    def logs(self, _):
        return self._logs


LINE = sampling.BatchLine(1 << 32, 0, 1, b"\1" * 32, 1, 0, b"\2" * 32)


@pytest.mark.parametrize("logs", [[], [{}, {}]])
def test_a_batch_that_is_told_more_or_less_than_once_has_no_holders(logs):
    with pytest.raises(LogsIncomplete, match=f"{len(logs)} logs"):
        sampling._holders(Telling(logs), LINE)
