"""Every command, put together from its parts, in the order in which help tells them."""

from treering.commands import anybody, office, registry, running

VERBS = {**running.VERBS, **office.VERBS, **anybody.VERBS, **registry.VERBS}
