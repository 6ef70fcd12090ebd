# `make` synthesises every environment into dist/; `make test` proves it. npm scripts run under the Node 24 of node_modules.

.PHONY: all install test soak

all: install
	@npm run --silent synth

install: node_modules/.package-lock.json

node_modules/.package-lock.json: package-lock.json package.json
	@echo 'Installing packages'
	@npm ci --loglevel=error
	@touch $@

test: install
	@npm test --silent

# What `make test` has a sample of: the memory service killed a hundred times while it is written to, on one SQLite file and on four
# databases; the bootstrap from nothing to nothing on a Google Cloud of the test bed, with every fault at every step, and killed after
# every write request. An hour for the memory service, some more for the rest.
soak: install
	@PATH="$(CURDIR)/node_modules/.bin:$$PATH" node memory/soak/cli.ts
	@PATH="$(CURDIR)/node_modules/.bin:$$PATH" vitest run --config vitest.rehearsal.config.ts
	@PATH="$(CURDIR)/node_modules/.bin:$$PATH" node gcp-bootstrap/soak/cli.ts
