"""What this process tells of itself: events that were logged, requests, the state of the work.

events      every message that was logged, counted
requests    what the web answered, how soon, and what of it were redemptions
steps       what came of the worker's steps
standing    the five numbers, the queue, chain and mirror, as one snapshot
alarms      what was warned of, on its way to the operator's page
traces      a span a request, to an OpenTelemetry collector where one is named
snapshot    a slow reading, kept for a while and never waited for long
"""
