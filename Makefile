# The whole life of the project: `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -feuo pipefail -c
.DEFAULT_GOAL := help

# What somebody gives is taken as it is written: make runs no function in it. It is in the environment, so that no
# shell reads it as a command.
override STACK := $(value STACK)
override ENVIRONMENT := $(value ENVIRONMENT)
override PIPELINES := $(value PIPELINES)
override FROM := $(value FROM)
override KEEP := $(value KEEP)
override DEPLOYABLE := $(value DEPLOYABLE)
override SEED := $(value SEED)
override MINUTES := $(value MINUTES)
override AREAS := $(value AREAS)
override ENGINE := $(or $(value ENGINE),cdktf)
ifeq ($(origin PYTHON),undefined)
PYTHON := $(shell command -v python3.11 || command -v python3)
else
override PYTHON := $(value PYTHON)
endif
export STACK ENVIRONMENT PIPELINES FROM PYTHON SEED MINUTES AREAS

PIPENV_VERSION := 2026.10.3
PIPENV := PIPENV_VENV_IN_PROJECT=1 PIPENV_IGNORE_VIRTUALENVS=1 PIPENV_VERBOSITY=-1 .tools/bin/pipenv
RUN := .venv/bin

# What writes and deploys the stacks: cdktf, or CDK Terrain, which has its own packages and the same source.
ifeq ($(ENGINE),cdktf)
ENGINE_RUN := $(RUN)
else ifeq ($(ENGINE),cdktn)
ENGINE_RUN := engines/cdktn/.venv/bin
ENGINE_SYNCED := engines/cdktn/.venv/.synced engines/cdktn/node_modules/.synced
else
$(error ENGINE is cdktf or cdktn: make synth ENGINE=cdktn)
endif

export CHECKPOINT_DISABLE := 1

.PHONY: help
help: ## List every target
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- Set-up ------------------------------------------------------------------------------------------

.PHONY: setup
setup: .venv/.synced node_modules/.synced $(ENGINE_SYNCED) ## Install what the lock files name, into this folder only

.tools/bin/pipenv: pipenv.txt
	@test -n "$$PYTHON" && command -v "$$PYTHON" >/dev/null \
	  || { echo "Python 3.11 is needed, and there is none on PATH: install it and run make again."; exit 1; }
	@"$$PYTHON" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
	  || { echo "Python 3.11 is needed, and $$PYTHON is another one: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	@echo "Installing Pipenv $(PIPENV_VERSION) ..."
	@"$$PYTHON" -m venv .tools
	@.tools/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/.synced: Pipfile Pipfile.lock | .tools/bin/pipenv
# checkov pins packages to older versions than the project has, hence an environment of its own.
tests/policy/.venv/.synced: tests/policy/Pipfile tests/policy/Pipfile.lock | .tools/bin/pipenv
engines/cdktn/.venv/.synced: engines/cdktn/Pipfile engines/cdktn/Pipfile.lock | .tools/bin/pipenv

VENVS := .venv/.synced tests/policy/.venv/.synced engines/cdktn/.venv/.synced
$(VENVS): export PIPENV_PIPFILE = $(CURDIR)/$<
$(VENVS):
	@echo "Installing the Python packages of $<.lock ..."
	@$(PIPENV) verify >/dev/null || { echo "$<.lock does not match $<: run make lock."; exit 1; }
	@$(PIPENV) sync --dev >.tools/sync.log 2>&1 || { cat .tools/sync.log; exit 1; }
	@touch $@

node_modules/.synced: package.json package-lock.json
engines/cdktn/node_modules/.synced: engines/cdktn/package.json engines/cdktn/package-lock.json

node_modules/.synced engines/cdktn/node_modules/.synced:
	@command -v npm >/dev/null \
	  || { echo "Node 20 or newer is needed, and npm is not on PATH: install it and run make again."; exit 1; }
	@echo "Installing the command line of $(<:.json=-lock.json) ..."
	@npm ci --prefix $(<D) --no-audit --no-fund --loglevel=error >.npm.log 2>&1 || { cat .npm.log; rm -f .npm.log; exit 1; }
	@rm -f .npm.log
	@touch $@

# --- Everyday ----------------------------------------------------------------------------------------

.PHONY: synth
synth: setup ## Write the Terraform of every stack to cdktf.out; ENGINE=cdktn: by CDK Terrain
	@$(ENGINE_RUN)/python main.py

.PHONY: validate
validate: setup ## Check the configuration and write nothing
	@$(RUN)/python -m cli validate

.PHONY: library
library: setup ## Show the variable groups as configured: make library, or ENVIRONMENT=dev. DIFF=1: what people changed
	@$(RUN)/python -m cli library $${DIFF:+--diff} $${ENVIRONMENT:+--env "$$ENVIRONMENT"}

.PHONY: pull
pull: setup ## Write what people set in the Library into config/, for a pull request. CHECK=1: only say it
	@$(RUN)/python -m cli pull $${CHECK:+--check} $${ENVIRONMENT:+--env "$$ENVIRONMENT"}

.PHONY: doctor
doctor: setup ## Check pipelines against the configuration: make doctor PIPELINES='azure-pipelines.yml pipelines'
	@test -n "$$PIPELINES" || { echo "Name files or folders: make doctor PIPELINES='azure-pipelines.yml pipelines'"; exit 1; }
	@$(RUN)/python -m cli doctor pipelines $$PIPELINES

.PHONY: doctor-live
doctor-live: setup ## Compare what is live with the configuration: make doctor-live, or ENVIRONMENT=dev
	@$(ENGINE_RUN)/python main.py
	@$(RUN)/python -m cli doctor live $${ENVIRONMENT:+--env "$$ENVIRONMENT"}

.PHONY: adopt recover
adopt: setup ## Find what exists already and write it to config/imports: make adopt STACK=mlops-registry
	@$(ENGINE_RUN)/python -m cli adopt $$STACK

recover: setup ## The same for what a state has lost: make recover STACK=mlops-dev
	@$(ENGINE_RUN)/python -m cli recover $$STACK

.PHONY: report
report: setup ## Write build/report.html: who may deploy what, where, for those who approve. LIVE=1: with the Library's values
	@$(ENGINE_RUN)/python main.py
	@$(RUN)/python -m cli report $${LIVE:+--live}

.PHONY: check
check: setup tests/policy/.venv/.synced ## Check your configuration and its Terraform; DEPLOYABLE=1: no id left to fill in
	@$(ENGINE_RUN)/python main.py
	@$(RUN)/pytest checks -rs $(if $(filter 1,$(DEPLOYABLE)),--deployable)

.PHONY: accept
accept: setup ## Accept the Terraform of your configuration as it is now; make check compares with that
	@$(ENGINE_RUN)/python main.py
	@$(RUN)/python -m checks.accept

.PHONY: diff
diff: setup ## Show what a deployment would change: make diff STACK=mlops-dev
	@test -n "$$STACK" || { echo "Name a stack: make diff STACK=mlops-dev"; exit 1; }
	@$(ENGINE_RUN)/python -m cli diff $$STACK

.PHONY: deploy
deploy: setup ## Deploy stacks in their order: make deploy, or STACK='mlops-registry mlops-dev'
	@$(ENGINE_RUN)/python -m cli deploy $$STACK

.PHONY: destroy
destroy: setup ## Destroy a stack: make destroy STACK=mlops-dev, or all but project, teams and registry
	@$(ENGINE_RUN)/python -m cli destroy $$STACK

.PHONY: bootstrap
bootstrap: setup ## Make the storage of the state and move the state there: docs/state.md. FROM=<id of its container so far>
	@$(ENGINE_RUN)/python -m cli bootstrap $${FROM:+--from "$$FROM"}

# cdktf looks for a Python.
diff deploy destroy: export PATH := $(CURDIR)/$(ENGINE_RUN):$(PATH)

.PHONY: sandbox
sandbox: setup ## Deploy, diff and destroy everything offline: needs terraform, no account. KEEP=1 keeps it
	@$(ENGINE_RUN)/python -m sandbox tour $(if $(KEEP),--keep)

# --- For those who change the project ----------------------------------------------------------------

.PHONY: test
test: setup engines/cdktn/.venv/.synced lint check ## Check style and types, your configuration, and run every test of the project
	@$(RUN)/pytest --numprocesses=auto --dist=loadfile

.PHONY: lint
lint: setup ## Check style and types: ruff, mypy
	@$(RUN)/ruff check .
	@$(RUN)/ruff format --check --quiet .
	@$(RUN)/mypy

.PHONY: format
format: setup ## Put the code into shape
	@$(RUN)/ruff check --fix-only --quiet .
	@$(RUN)/ruff format .

.PHONY: generate
generate: setup ## Write what is generated: JSON Schemas, docs/variables.md, stacks of pipelines, transcripts, snapshots
	@$(RUN)/python -m settings.checking.schema
	@$(RUN)/python -m settings.variables_table
	@$(RUN)/python -m plans.stack_list
	@$(RUN)/python -m tests.transcripts
	@$(RUN)/pytest tests/snapshots tests/unit/settings tests/unit/guard_rails tests/unit/doctor \
	  tests/unit/stacks/test_tables.py --snapshot-update

.PHONY: report-picture
report-picture: setup ## Make docs/report.png, and build/report-*.png to look at: needs chromium
	@$(RUN)/python -m tests.report_picture

.PHONY: fuzz
fuzz: setup ## Give the loader, the guard-rails, the doctor and the sandbox's protocol many new inputs. SEED=7 repeats
	@seed="$${SEED:-$$RANDOM}"; echo "Seed $$seed: make fuzz SEED=$$seed repeats this run."; \
	  FUZZ_TIMES=20 $(RUN)/pytest --numprocesses=auto --hypothesis-seed="$$seed" \
	    tests/unit/settings/test_any_input.py tests/unit/guard_rails/test_unsafe_changes.py \
	    tests/unit/sandbox/test_values.py tests/unit/doctor/test_any_pipeline.py

.PHONY: mutation
mutation: setup ## Break the code in one place at a time; the tests are to notice. SEED=7 MINUTES=30 AREAS='stacks azure'
	@$(RUN)/python -m tests.mutation $${SEED:+--seed "$$SEED"} $${MINUTES:+--minutes "$$MINUTES"} $$AREAS

.PHONY: benchmark
benchmark: setup ## Measure the synthesis against bare cdktf, and the loader by size of the files
	@$(RUN)/python -m tests.benchmarks.synth_speed --check
	@$(RUN)/python -m tests.benchmarks.loader_sizes

.PHONY: lock
lock: .tools/bin/pipenv ## Write the lock files anew, without download addresses
	@for pipfile in Pipfile tests/policy/Pipfile engines/cdktn/Pipfile; do \
	  PIPENV_PIPFILE="$$PWD/$$pipfile" $(PIPENV) lock; \
	  "$$PYTHON" -c 'import json, sys; from pathlib import Path; \
	    path = Path(sys.argv[1]); lock = json.loads(path.read_text()); lock["_meta"]["sources"] = []; \
	    path.write_text(json.dumps(lock, indent=4, sort_keys=True) + "\n")' $$pipfile.lock; \
	done
	@mkdir -p .tools/lock
	@printf '[packages]\npipenv = "==%s"\n\n[requires]\npython_version = "3.11"\n' $(PIPENV_VERSION) >.tools/lock/Pipfile
	@PIPENV_PIPFILE="$$PWD/.tools/lock/Pipfile" $(PIPENV) lock
	@PIPENV_PIPFILE="$$PWD/.tools/lock/Pipfile" $(PIPENV) requirements --hash | sed '/^-i /d' >.tools/lock/pipenv.txt
	@mv .tools/lock/pipenv.txt pipenv.txt
	@for folder in . engines/cdktn; do \
	  npm install --prefix $$folder --package-lock-only --no-audit --no-fund --loglevel=error; \
	done

.PHONY: clean
clean: ## Remove what set-up and synth wrote; Terraform state and what takes down removed environments stay
	@rm -rf .tools .venv tests/policy/.venv engines/cdktn/.venv engines/cdktn/node_modules node_modules build .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@rm -rf cdktf.out/stacks cdktf.out/manifest.json cdktf.out/logs
