# Durable Quantum Jobs. Each command first brings what it needs: only git, make and a python3 (3.8 or later) must be there.
READY = @python3 -m local.setup && exec .venv/bin/python -m
.DEFAULT_GOAL := help
.PHONY: help demo test start emulator chaos check bench bench-scale bench-rivals conformance next package lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 21
demo: ## start here: real quantum programs in through HTTP, a blob and a queue; counts and answers out
	$(READY) local.demo
start: ## the app, storage and a quantum workspace on this machine, until Ctrl-C; state is kept in .local/ (QUIET=1)
	$(READY) local.stack start $(if $(QUIET),--quiet)
emulator: ## the quantum workspace alone, for anybody's azure-quantum SDK, until Ctrl-C
	$(READY) local.stack emulator $(if $(QUIET),--quiet)
test: ## every check that can run here; says what it skipped and why, and what it left to chaos
	$(READY) local.checks --all
chaos: ## the whole crash matrix, the soak and the faults of the services: about half an hour
	$(READY) local.checks --chaos
check: ## formatting, lint, spelling, types and house tests, in under a minute
	$(READY) local.checks
bench: ## what the design promises about speed and size, measured beside an older revision: ten minutes
	$(READY) benchmarks
bench-scale: ## the same with thousands of jobs, waiting, faulty and in lists: some hours
	$(READY) benchmarks --suite scale
bench-rivals: ## the same burst by the SDK alone and by DBOS on PostgreSQL; says so where PostgreSQL is missing
	@python3 -m local.setup rivals
	$(READY) benchmarks --suite rivals
conformance: ## what other libraries export, against their own simulators (COUNT=200, SEED=1): docs/programs.md
	$(READY) tests.conformance
next: ## histories and orchestrator on the next major version of the durable SDK: docs/decisions/0013
	$(READY) tests.replay.on_next_version
package: ## what is deployed: dist/app.zip, with its packages, for Python 3.13 on Azure's Linux
	$(READY) local.package
lock: ## pin all dependencies anew with hashes (make lock UPGRADE=1 takes newer versions)
	@UPGRADE=$(UPGRADE) python3 -m local.setup lock
clean: ## remove what was made: .venv, node_modules, .local, caches
	@python3 -m local.setup clean
