"""Look at the pages without a database or a chain: python -m tests.fakes.preview [port].

Prints the address of a page in each state. For whoever designs pages; no part of the product.
"""

import json
import sys

import uvicorn

from tests.fakes.example import ANT_FOREST
from tests.fakes.services import FakeServices
from treering.domain.number import parse
from treering.domain.redemption import Wish
from treering.web.app import create_app


def furnished(base_url: str) -> tuple[FakeServices, dict[str, str]]:
    """Services with a certificate in each state that a number can have, by a name for it."""
    services = FakeServices(base_url)
    books = services.books
    wanted = (
        ("final", "ANT_FOREST-277", "张三丰"),
        ("revoked", "ANT_FOREST-277", "欧阳娜娜"),
        ("replaced", "ANT_FOREST-805", "John Smith"),
        ("area", "ANT_FOREST-100001", "阿依古丽·买买提"),
        ("seagrass", "ANT_FOREST-100002", "王伟"),
        ("pine", "ANT_FOREST-805", "司马光"),
    )
    numbers = {name: _redeem(services, name, lot, holder) for name, lot, holder in wanted}
    books.settle()
    books.revoked.add(parse(numbers["revoked"]).tree)
    books.replaced[parse(numbers["replaced"]).tree] = parse(numbers["pine"]).tree
    numbers["mined"] = _redeem(services, "mined", "ANT_FOREST-464", "王伟")
    books.seal()
    books.mine()
    numbers["pending"] = _redeem(services, "pending", "ANT_FOREST-464", "王伟")
    return services, numbers


def documents(services: FakeServices, numbers: dict[str, str]) -> dict[str, str]:
    """Credentials in the states that only a document can have."""
    altered = services.credential(numbers["final"])
    altered["credentialSubject"]["holderName"] = "李*"
    foreign = services.signed(numbers["final"], chain_id=11155111)
    return {"altered": json.dumps(altered), "wrong network": json.dumps(foreign)}


def _redeem(services: FakeServices, key: str, lot: str, name: str) -> str:
    wish = Wish(lot=lot, holder=f"user-{key}", name=name)
    return services.redeem_now(ANT_FOREST, key, wish).numbers[0]


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8099
    address = f"http://127.0.0.1:{port}"
    fake, found = furnished(address)
    sys.stdout.writelines(f"{name:10} {address}/c/{it}\n" for name, it in found.items())
    sys.stdout.flush()
    uvicorn.run(create_app(fake, base_url=address), port=port, log_level="warning")
