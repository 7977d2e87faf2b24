# Two commands for a fresh machine: `make demo` and `make test`. Needs Python 3.11 to 3.14, git and make.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# What is installed waits for the network.
MAKEFLAGS += --jobs=3

.PHONY: demo test test-aws lint benchmark constraints clean

demo: .venv/installed-tool
	$(BIN)/python examples/demo.py

test: .venv/installed-tests
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

test-aws: .venv/installed-tests  ## On your own AWS account; some cents, and nothing is left.
	$(BIN)/python -m pytest --aws tests/aws

lint: .venv/installed-tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell

benchmark: .venv/installed-tests
	@echo "installing keras-image-helper, the usual way to prepare pictures, into .venv"
	$(PIP) install -c constraints.txt --group bench
	$(BIN)/python benchmarks/cold_start.py src/tulle/model/builtin/samples/pants.jpg
	$(BIN)/python benchmarks/invoke.py

constraints:  ## Pin what a fresh installation of everything gives today.
	rm -rf .venv-constraints
	$(PYTHON) -m venv .venv-constraints
	.venv-constraints/bin/python -m pip --quiet install --upgrade pip setuptools
	.venv-constraints/bin/python -m pip --quiet install .[keras] --group test --group lint --group bench
	.venv-constraints/bin/python -m pip --quiet install --no-deps aws-sam-cli
	.venv-constraints/bin/python -m pip freeze --all --exclude tulle > constraints.txt
	$(PYTHON) -m venv --clear .venv-constraints
	.venv-constraints/bin/python -m pip --quiet install checkov
	.venv-constraints/bin/python -m pip freeze > tools/checkov.txt
	rm -rf .venv-constraints

clean:
	rm -rf .venv

.venv/created:
	@sh tools/make_venv.sh "$(PYTHON)"
	@touch $@

.venv/newest-pip: .venv/created
	$(PIP) install -c constraints.txt --upgrade pip
	@touch $@

.venv/installed-tool: .venv/newest-pip pyproject.toml constraints.txt
	@echo "installing tulle with its few dependencies (about 200 MB) into .venv"
	$(PIP) install -c constraints.txt -e .
	@touch $@

.venv/installed-tests: .venv/installed-packages .venv/rie/installed .venv/checkov/installed .venv/axe/installed
	@touch .venv/installed-tool $@

# The tool with its extras in one go: whoever runs the tests first need not install it without them before.
.venv/installed-packages: .venv/newest-pip pyproject.toml constraints.txt
	@echo "installing tulle, TensorFlow, the test tools and the linters (about 2.2 GB) into .venv"
	$(PIP) install -c constraints.txt -e .[keras] --group test --group lint
	@touch $@

.venv/rie/installed: .venv/newest-pip constraints.txt
	@echo "installing AWS's Runtime Interface Emulator, a file of aws-sam-cli (8 MB), into .venv/rie"
	$(PIP) install -c constraints.txt --upgrade --no-deps --target .venv/rie aws-sam-cli
	@touch $@

.venv/checkov/installed: .venv/created tools/checkov.txt
	@echo "installing checkov, which looks for insecure settings in templates (290 MB), into .venv/checkov"
	$(BIN)/python -m venv --clear .venv/checkov
	.venv/checkov/bin/python -m pip --quiet --disable-pip-version-check install -r tools/checkov.txt
	@touch $@

.venv/axe/installed: .venv/created tools/install_axe.sh
	@mkdir -p .venv/axe
	@sh tools/install_axe.sh .venv/axe
	@touch $@
