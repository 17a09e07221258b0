# Treering. `make demo` and `make test` set everything up themselves.

.PHONY: demo test bench-gas prove mutate clean

demo:
	@sh deploy/setup.sh run
	@.venv/bin/treering demo $(ARGS)

test:
	@sh deploy/setup.sh test
	.venv/bin/ruff check service tests
	.venv/bin/ruff format --check service tests
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/pytest --cov --cov-report=term $(ARGS)

# What follows takes minutes, and writes what it found into docs/contract-proofs.md.

# Gas of TreeLedger and of its peers; ARGS=--write takes the numbers over.
bench-gas:
	@sh deploy/setup.sh test
	npm ci --prefix contracts/bench --ignore-scripts --no-audit --no-fund
	.venv/bin/python -m tests.contracts.bench $(ARGS)

# halmos and slither, in an environment of their own.
prove:
	@sh deploy/setup.sh test
	[ -x .venv-proofs/bin/python ] || .venv/bin/python -m venv .venv-proofs
	.venv-proofs/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-proofs.txt
	.venv/bin/python -m tests.contracts.proofs

# Each rule of the contract broken in turn; ARGS="cap role" those with one of the words alone.
mutate:
	@sh deploy/setup.sh test
	.venv/bin/python -m tests.contracts.mutation $(ARGS)

clean:
	@[ ! -e .treering/postgres.folder ] || rm -rf "$$(cat .treering/postgres.folder)"
	rm -rf .venv .venv-proofs contracts/node_modules contracts/bench/node_modules contracts/out contracts/cache .treering
