# Treering. `make demo` and `make test` set everything up themselves.

.PHONY: demo test clean

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

clean:
	@[ ! -e .treering/postgres.folder ] || rm -rf "$$(cat .treering/postgres.folder)"
	rm -rf .venv contracts/node_modules tests/independent/node_modules contracts/out contracts/cache .treering
