"""Every refusal, once. The docstring is the title that people read; the code never changes.

One module a room; all others import from here.
"""

from treering.errors.access import *
from treering.errors.audits import *
from treering.errors.base import *
from treering.errors.bundles import *
from treering.errors.certificates import *
from treering.errors.chain import *
from treering.errors.exchange import *
from treering.errors.ground import *
from treering.errors.minting import *
from treering.errors.provenance import *
from treering.errors.reconciliation import *
from treering.errors.redemptions import *
from treering.errors.registry import *
from treering.errors.requests import *
from treering.errors.running import *
