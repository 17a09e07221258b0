"""The auditor's recount: TreeLedger's events → books → what the contract must answer.

Read in this order: events (what is told), books (what is kept), the rules in lots,
statements, batches, records and anchors, replay (event by event), totals, expectations.
"""
