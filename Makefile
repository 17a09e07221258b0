# Treering. `make demo` and `make test` set everything up themselves.

.PHONY: demo test storm bench clean

demo:
	@sh deploy/setup.sh run
	@.venv/bin/treering demo $(ARGS)

test:
	@sh deploy/setup.sh test
	.venv/bin/ruff check service tests bench
	.venv/bin/ruff format --check service tests bench
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/pytest --cov --cov-report=term $(ARGS)

# The faults of tests/faults/node in many more interleavings than `make test` has time for.
storm:
	@sh deploy/setup.sh test
	STORM_SEEDS=$${STORM_SEEDS:-200} STORM_EXAMPLES=$${STORM_EXAMPLES:-200} .venv/bin/pytest \
		tests/faults/node/test_storm.py tests/faults/node/test_pipeline.py --timeout=36000 $(ARGS)

# What was promised in figures, measured against this machine's own limits in the same run.
bench:
	@sh deploy/setup.sh test
	@.venv/bin/python -m bench $(ARGS)

clean:
	@[ ! -e .treering/postgres.folder ] || rm -rf "$$(cat .treering/postgres.folder)"
	rm -rf .venv contracts/node_modules tests/independent/node_modules contracts/out contracts/cache .treering
