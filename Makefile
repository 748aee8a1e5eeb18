# Every task of this repository. A Python from 3.11 to 3.14, make and a package index are all that it needs.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
BASE := $(VENV)/.stamp-base
API := $(VENV)/.stamp-api
DEV := $(VENV)/.stamp-dev
UV := $(shell command -v uv 2>/dev/null)
PIP := $(if $(UV),uv pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install -qq --disable-pip-version-check)
SETTINGS := pyproject.toml constraints.txt
WHEELHOUSE := wheelhouse
SIZES ?= 10000 100000 1000000
TRAIN := $(BIN)/adclassifier train --corpus data/corpus --annotations data/annotations
REAL_TEXTS := $(ADCLASSIFIER_DATA)/real_posts
# the texts that data/annotations are about: given labelled, and taken out of the unlabelled ones
TEXTS := --texts "$(REAL_TEXTS)/train.jsonl" --texts "$(REAL_TEXTS)/pool.jsonl"

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help install format lint test notebooks golden check hooks demo train evaluate release-model readme serve \
	wheelhouse corpus-card public bench bench-peers bench-training kernels spark spark-cluster spark-cluster-stop clean real-texts final \
	label-audit

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ---- the two commands of the README

demo: $(BASE)  ## Score the sample posts with the shipped model: highlights, hits and misses, demo/report.html
	@mkdir -p demo
	$(BIN)/adclassifier evaluate data/samples/labels.jsonl --texts data/samples/posts.csv --texts data/samples/posts.jsonl --misses
	$(BIN)/adclassifier score data/samples/posts.jsonl --output demo/posts.jsonl --overwrite
	FORCE_COLOR=1 $(BIN)/adclassifier score data/samples/posts.csv --output demo/posts.csv --overwrite \
		--show 5 --report demo/report.html
	@echo "open demo/report.html; scored posts: demo/posts.csv demo/posts.jsonl"

test: $(DEV)  ## Run every test: unit tests, doctests, README, the built wheel
	@$(BIN)/python -m pytest

# ---- develop

install: $(DEV)  ## Install the package (editable), every extra that tests need, and the developer tools

format: $(DEV)  ## Let ruff repair what it can
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

lint: $(DEV)  ## Check style, types and layers
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

notebooks: $(DEV)  ## Run every notebook
	@$(BIN)/python -m pytest --quiet --nbmake notebooks

golden: $(DEV)  ## Rewrite the golden files; read the difference like code
	@ADCLASSIFIER_GOLDEN=write $(BIN)/python -m pytest --quiet -k golden tests

check: lint notebooks test  ## All that CI runs

hooks: $(DEV)  ## Run format and lint before each commit
	@$(BIN)/pre-commit install

readme: $(BASE)  ## Write the README's tables anew from benchmarks/results
	@$(BIN)/python benchmarks/readme.py

# ---- the model

train: $(BASE)  ## Train on the authored texts, to models/local
	@$(BIN)/adclassifier train --corpus data/corpus --output models/local --overwrite

release-model: $(BASE) real-texts  ## Train on authored and public texts (ADCLASSIFIER_DATA), to models/default
	@$(TRAIN) $(TEXTS) --output models/default --overwrite

evaluate: $(BASE) real-texts train  ## Measure every figure of the README anew (ADCLASSIFIER_DATA; an hour or more)
	@$(BIN)/python benchmarks/measure.py dev_shipped "$(REAL_TEXTS)/dev.jsonl"
	@$(BIN)/python benchmarks/measure.py dev_authored "$(REAL_TEXTS)/dev.jsonl" --model models/local
	@$(BIN)/python benchmarks/authored.py --annotations data/annotations $(TEXTS)
	@$(BIN)/python benchmarks/robustness.py "$(REAL_TEXTS)/dev.jsonl"
	@$(BIN)/python benchmarks/evasion.py "$(REAL_TEXTS)/dev.jsonl"
	@ADCLASSIFIER_DATA="$(ADCLASSIFIER_DATA)" $(BIN)/python benchmarks/evaded_real.py --out-of-fold
	@ADCLASSIFIER_DATA="$(ADCLASSIFIER_DATA)" $(BIN)/python benchmarks/sources.py
	@ADCLASSIFIER_DATA="$(ADCLASSIFIER_DATA)" $(BIN)/python benchmarks/sources.py \
		--set features.cue_weight=0 --set features.pair_weight=0 --output benchmarks/results/sources_without_cues.json
	@ADCLASSIFIER_DATA="$(ADCLASSIFIER_DATA)" $(BIN)/python benchmarks/ablations.py
	@ADCLASSIFIER_DATA="$(ADCLASSIFIER_DATA)" $(BIN)/python benchmarks/learning_curve.py
	@$(BIN)/python benchmarks/normalisation.py "$(ADCLASSIFIER_DATA)/normalisation/vilexnorm_dev.csv"
	@$(BIN)/python benchmarks/readme.py

final: $(BASE) real-texts  ## Judge the shipped model on the final test set; once a release (ADCLASSIFIER_DATA)
	@$(BIN)/adclassifier corpus hydrate --annotations data/final --from "$(REAL_TEXTS)/pool.jsonl" \
		--output data/hydrated/final.jsonl --overwrite
	@$(BIN)/python benchmarks/measure.py final data/hydrated/final.jsonl
	@$(BIN)/python benchmarks/measure.py final_unseen_by_lexicon data/hydrated/final.jsonl \
		--without data/final/seen_by_lexicon.txt

label-audit: $(BASE) real-texts  ## Rank our labels of public texts by how doubtful they look (ADCLASSIFIER_DATA)
	@$(PIP) --constraint constraints.txt --editable '.[audit]'
	@$(BIN)/python benchmarks/label_audit.py "$(REAL_TEXTS)"

public: $(BASE) real-texts  ## Compare with other libraries on public data sets (ADCLASSIFIER_DATA; minutes)
	@$(BIN)/python benchmarks/public.py "$(ADCLASSIFIER_DATA)/benchmarks"

corpus-card: $(BASE)  ## Count the labelled data as tables for the data card
	@$(BIN)/adclassifier corpus card

bench: $(BASE) real-texts  ## Measure speed beside others (ADCLASSIFIER_DATA, SIZES; after bench-peers; long)
	@ADCLASSIFIER_DATA="$(ADCLASSIFIER_DATA)" $(BIN)/python benchmarks/throughput.py --budget 600 --sizes $(SIZES)

bench-peers: $(BASE)  ## Install what bench compares with
	@$(PIP) --constraint constraints.txt --editable '.[tracking,spark]'
	@mkdir -p benchmarks/.peers && echo '*' > benchmarks/.peers/.gitignore
	@$(BIN)/python -m venv benchmarks/.peers/fasttext
	@benchmarks/.peers/fasttext/bin/python -m pip install -qq --disable-pip-version-check \
		'numpy<2' 'pyarrow<22' fasttext-wheel==0.9.2

bench-training: $(BASE) real-texts  ## Train on a million resampled texts: time, memory, accuracy beside the exact solver
	@ADCLASSIFIER_DATA="$(ADCLASSIFIER_DATA)" $(BIN)/python benchmarks/training_scale.py --texts 1000000 --compare

kernels: $(BASE)  ## Compile the kernels now (a minute or two), not when they are first used
	@$(BIN)/python -c 'from adclassifier import load; load().warm()'

# ---- a cluster on this machine

spark: $(BASE)  ## Install the Spark extra; Java 17 or newer must be in JAVA_HOME or on the PATH
	@$(PIP) --constraint constraints.txt --editable '.[spark]'
	@test -n "$(JAVA_HOME)" || command -v java >/dev/null || echo "note: Java 17 or newer is needed" >&2

spark-cluster: spark  ## Start a Spark cluster on loopback: master on :7077, two workers of one core
	@$(BIN)/python deploy/spark/cluster.py start .spark

spark-cluster-stop:  ## End the processes of that cluster, and no others
	@$(BIN)/python deploy/spark/cluster.py stop .spark

# ---- use

serve: $(API)  ## Serve the model over HTTP on this machine (PORT=8000)
	@$(BIN)/adclassifier-api --port $(PORT)

wheelhouse: $(DEV)  ## Make the folder from which an office without internet installs and runs
	@rm -rf $(WHEELHOUSE)
	@$(BIN)/python -m build --wheel --no-isolation --outdir $(WHEELHOUSE)
	@$(BIN)/python -m pip wheel --quiet --wheel-dir $(WHEELHOUSE) --constraint constraints.txt \
		"$$(ls $(WHEELHOUSE)/adclassifier-*.whl)[api]" build editables hatchling
	@cp constraints.txt LICENSE NOTICE deploy/wheelhouse/* $(WHEELHOUSE)/
	@echo "$(WHEELHOUSE): $$(ls $(WHEELHOUSE)/*.whl | wc -l) wheels, $$(du -sh $(WHEELHOUSE) | cut -f1)"

clean:  ## Remove caches and what was built; never data, models or the environment
	@rm -rf build dist demo $(WHEELHOUSE) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find src api tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# ---- what the targets stand on

# A model that says it knows both data parts must have seen both: a missing part stops here, before training.
real-texts:
	@test -n "$(ADCLASSIFIER_DATA)" || { echo "ADCLASSIFIER_DATA: unset; the folder that holds real_posts/" >&2; exit 2; }
	@test -d "$(REAL_TEXTS)" || { echo "$(REAL_TEXTS): no such folder; the public texts" >&2; exit 2; }

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' || \
		{ echo "$(PYTHON): $$($(PYTHON) --version 2>&1); Python 3.11 to 3.14, as in: make PYTHON=python3.12" >&2; exit 2; }
	@$(if $(UV),uv venv --quiet --seed --python $(PYTHON) $(VENV),$(PYTHON) -m venv $(VENV))

$(BASE): $(SETTINGS) | $(BIN)/python
	@echo "installing adclassifier into $(VENV)"
	@$(PIP) --constraint constraints.txt --editable .
	@touch $@

$(API): $(SETTINGS) | $(BIN)/python
	@echo "installing adclassifier with its service into $(VENV)"
	@$(PIP) --constraint constraints.txt --editable '.[api]'
	@touch $(BASE) $@

$(DEV): $(SETTINGS) | $(BIN)/python
	@echo "installing adclassifier with its tools into $(VENV)"
	@$(PIP) --constraint constraints.txt --editable '.[api,tracking,dev]'
	@touch $(BASE) $(API) $@
