# Treering. `make demo` and `make test` set everything up themselves.

.PHONY: demo test storm bench bench-scale bench-gas proofs mutants clean

demo:
	@sh deploy/setup.sh run
	@.venv/bin/treering demo $(ARGS)

test:
	@sh deploy/setup.sh test
	.venv/bin/ruff check service tests bench
	.venv/bin/ruff format --check service tests bench
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/pytest --numprocesses 3 --dist loadfile --cov --cov-report=term $(ARGS)

# The faults of tests/faults in many more interleavings than `make test` has time for: processes
# killed for STORM_SECONDS, then seeds and interleavings within one process.
storm:
	@sh deploy/setup.sh test
	STORM_SECONDS=$${STORM_SECONDS:-600} STORM_SEEDS=$${STORM_SEEDS:-200} STORM_EXAMPLES=$${STORM_EXAMPLES:-200} \
		.venv/bin/pytest tests/faults/test_storm.py tests/faults/node/test_storm.py \
		tests/faults/node/test_pipeline.py --timeout=36000 $(ARGS)

# What was promised in figures, measured against this machine's own limits in the same run.
bench:
	@sh deploy/setup.sh test
	@.venv/bin/python -m bench $(ARGS)

# The same books up to 10 million redemptions, or to ARGS: some ten minutes.
bench-scale:
	@sh deploy/setup.sh test
	@.venv/bin/python -m bench.scale $(ARGS)

# What follows takes minutes to an hour, and writes what it found into contracts/snapshots and
# docs/contract-proofs.md; `make test` checks that they are of these sources.

# Gas of TreeLedger and of its peers; ARGS=--write takes the numbers over.
bench-gas:
	@sh deploy/setup.sh test gas
	.venv/bin/python -m tests.contracts.bench $(ARGS)

# halmos and slither, in an environment of their own: what was not proven of these sources;
# ARGS=--all everything, ARGS=Mint that alone.
proofs:
	@sh deploy/setup.sh test proofs
	.venv/bin/python -m tests.contracts.proofs $(ARGS)

# Each rule of the contract broken in turn: those not tried on these sources; ARGS=--all every one,
# ARGS="cap role" those with one of the words.
mutants:
	@sh deploy/setup.sh test
	.venv/bin/python -m tests.contracts.mutation $(ARGS)

clean:
	@[ ! -e .treering/postgres.folder ] || rm -rf "$$(cat .treering/postgres.folder)"
	rm -rf .venv .venv-proofs contracts/node_modules contracts/bench/node_modules service/assets/node_modules tests/independent/node_modules tests/provider/node_modules tests/recount/node_modules contracts/out contracts/cache .treering
